"""The search box: as you type, by keyboard, in both languages, and without a script."""

import json

import pytest
from playwright.sync_api import expect

HITS = ".kb-dialog [role=option]"


@pytest.fixture
def ask(visit):
    """Open the box on a page and type: `page = ask("电瓶车", **PHONE)`."""

    def type_in(words, path="/zh/", **options):
        page = visit(path, **options)
        page.locator(".kb-find-button").click()
        page.keyboard.insert_text(words)
        page.locator(f"{HITS}, .kb-dialog .kb-empty").first.wait_for()
        return page

    return type_in


@pytest.mark.parametrize(
    ("path", "words", "first"),
    [
        ("/zh/", "窗户拉线充电", "/zh/problems/ebike-flying-wire/"),
        ("/zh/cases/", "插座 棚", "/zh/cases/shed-before-ban/"),
        ("/en/", "cables hanging from windows", "/en/problems/ebike-flying-wire/"),
        ("/en/glossary/", "locks came back", "/en/cases/locks-came-back/"),
    ],
)
def test_results_come_as_you_type(ask, device, path, words, first):
    page = ask(words, path, **device)
    found = page.locator(HITS).first
    assert found.get_attribute("href").split("#")[0] == first
    assert page.locator(".kb-dialog mark").count() > 0
    assert page.locator(".kb-dialog__status").inner_text()


def test_a_result_leads_to_its_passage(ask, phone):
    page = ask("没有雨檐", **phone)
    option = page.locator(HITS).first
    assert option.get_attribute("href").endswith("/cases/shed-before-ban/#pitfalls")
    option.click()
    page.wait_for_url("**/zh/cases/shed-before-ban/#pitfalls")
    heading = page.locator("#pitfalls")
    top = heading.evaluate("(e) => e.getBoundingClientRect().top")
    header = page.locator(".kb-header").bounding_box()["height"]
    assert header <= top < 844


def test_the_box_opens_with_a_slash_and_closes_with_escape(visit, desktop):
    page = visit("/zh/", **desktop)
    page.keyboard.press("/")
    field = page.locator("input[role=combobox]")
    assert field.evaluate("(e) => e === document.activeElement")
    page.keyboard.press("Escape")
    assert page.locator(".kb-dialog").is_hidden()
    focused = page.evaluate("document.activeElement.className")
    assert "kb-find-button" in focused or focused == ""


def test_arrows_choose_and_enter_opens(ask, desktop):
    page = ask("充电", **desktop)
    field = page.locator("input[role=combobox]")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "kb-hit-0"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    chosen = page.locator('[role=option][aria-selected="true"]')
    assert chosen.get_attribute("id") == "kb-hit-0"
    address = chosen.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_arrows_go_round_by_way_of_the_field(ask, desktop):
    page = ask("充电", **desktop)
    page.keyboard.press("ArrowUp")
    last = page.locator(HITS).count() - 1
    field = page.locator("input[role=combobox]")
    assert field.get_attribute("aria-activedescendant") == f"kb-hit-{last}"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") is None


def test_enter_without_a_choice_goes_to_the_page_of_results(ask, desktop):
    page = ask("充电", **desktop)
    page.keyboard.press("Enter")
    page.wait_for_url("**/zh/search?q=*")
    assert "kind=" not in page.url
    assert page.locator(".kb-result").count() > 0


def test_one_kind_can_be_asked_for(ask, desktop):
    page = ask("充电", **desktop)
    page.locator(".kb-dialog").get_by_role("radio", name="案例").check()
    other = page.locator(f'{HITS}:not([href*="/cases/"])')
    expect(other).to_have_count(0)
    assert page.locator(HITS).count() > 0


def test_a_danger_to_life_is_answered_with_a_number_to_call(ask, phone):
    page = ask("着火了", **phone)
    banner = page.locator(".kb-dialog .kb-emergency")
    assert banner.get_attribute("role") == "alert"
    assert banner.locator("a").first.get_attribute("href").startswith("tel:1")
    box = banner.locator("a").first.bounding_box()
    assert box["height"] >= 44


def test_what_the_library_says_stands_above_the_results(ask, phone):
    page = ask("飞线充电怎么办", **phone)
    answer = page.locator(".kb-dialog .kb-answer")
    assert answer.locator("blockquote").inner_text()
    assert answer.locator("a").first.get_attribute("href").startswith("/zh/")
    top = answer.bounding_box()["y"]
    assert top < page.locator(HITS).first.bounding_box()["y"]


def test_what_is_not_in_the_library_is_said_so(ask, phone):
    page = ask("xyzzyplugh", **phone)
    assert page.get_by_text("库里还没有这一条").is_visible()


def test_a_service_that_is_away_is_said_to_be(visit, phone):
    page = visit("/zh/", **phone)
    page.route("**/api/v1/**", lambda route: route.fulfill(status=200, body="{"))
    page.locator(".kb-find-button").click()
    page.keyboard.insert_text("充电")
    page.get_by_text("现在连不上服务").wait_for()


def test_words_from_the_service_never_become_markup(visit, phone):
    page = visit("/zh/", **phone)
    evil = "<img src=x onerror=alert(1)>"
    hit = {
        "id": "a", "kind": "case", "lang": "zh", "title": evil, "lesson": evil,
        "url": "javascript:alert(1)", "section": "", "score": 1, "problems": [],
        "snippet": f"{evil} &lt;b&gt; <mark>a&amp;b</mark> <mark>{evil}</mark>",
        "evidence": "once", "relapsed": True, "checked_on": "2026-11-20", "stale": True,
    }  # fmt: skip
    found = {
        "query": "x", "lang": "zh", "total": 9, "corrected": {"query": evil}, "hits": [hit],
        "emergency": {"matched": [], "call": ["119"], "message": evil}, "facets": {},
    }  # fmt: skip
    page.route("**/api/v1/search?**", lambda route: route.fulfill(body=json.dumps(found)))
    page.route("**/api/v1/answer?**", lambda route: route.fulfill(body="{}"))
    page.route("**/api/v1/suggest?**", lambda route: route.fulfill(body='{"suggestions": []}'))
    page.locator(".kb-find-button").click()
    page.keyboard.insert_text("x")
    page.locator(HITS).wait_for()
    assert page.locator(".kb-dialog img").count() == 0
    assert page.locator(f"{HITS} mark").first.inner_text() == "a&b"
    assert "<b>" in page.locator(".kb-result__snippet").inner_text()
    assert page.locator(HITS).get_attribute("href") == "/"
    assert page.locator(".kb-evidence--relapsed").is_visible()
    assert page.get_by_text("看全部9条结果").is_visible()


def test_a_correction_can_be_refused(visit, desktop):
    page = visit("/en/", **desktop)
    asked = []

    def answer(route):
        asked.append(route.request.url)
        literal = "literal=1" in route.request.url
        found = {
            "total": 0, "hits": [], "emergency": None, "facets": {},
            "corrected": None if literal else {"query": "locks"},
        }  # fmt: skip
        route.fulfill(body=json.dumps(found))

    page.route("**/api/v1/search?**", answer)
    page.locator(".kb-find-button").click()
    page.keyboard.insert_text("lokcs")
    page.get_by_text("Showing results for “locks”.").wait_for()
    page.get_by_role("button", name="Search for “lokcs” as typed").click()
    expect(page.locator(".kb-dialog .kb-corrected")).to_be_empty()
    assert "literal=1" in asked[-1]


def test_letters_of_an_unfinished_chinese_word_are_not_searched(visit, desktop):
    page = visit("/zh/", **desktop)
    asked = []
    page.on("request", lambda request: "/api/" in request.url and asked.append(request.url))
    page.locator(".kb-find-button").click()
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "chong", "selectionStart": 5, "selectionEnd": 5}
    )
    page.wait_for_timeout(400)
    assert asked == []
    session.send("Input.insertText", {"text": "充电"})
    page.locator(HITS).first.wait_for()


def test_the_large_field_of_the_first_page_opens_the_box(visit, phone):
    page = visit("/zh/", **phone)
    page.locator("#kb-home-q").click()
    assert page.locator("input[role=combobox]").is_visible()


@pytest.mark.parametrize(
    ("lang", "words", "wanted"),
    [("zh", "拉线充电", "飞线"), ("en", "charging cable", "able")],
)
def test_the_form_is_answered_by_the_service_without_a_script(visit, device, lang, words, wanted):
    page = visit(f"/{lang}/", **device, java_script_enabled=False)
    page.locator("#kb-home-q").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{lang}/search?q=*")
    assert wanted in page.locator(".kb-results").inner_text()


def test_the_header_has_a_way_to_search_without_a_script(visit, device):
    page = visit("/zh/cases/", **device, java_script_enabled=False)
    link, field = page.locator(".kb-find-link"), page.locator(".kb-find input")
    if link.is_visible():
        link.click()
        page.wait_for_url("**/zh/search")
    else:
        field.fill("地锁")
        page.keyboard.press("Enter")
        page.wait_for_url("**/zh/search?q=*")


def test_a_page_that_is_not_there_says_so_in_the_sites_clothes(browser, service_url, phone):
    context = browser.new_context(base_url=service_url, **phone)
    page = context.new_page()
    assert page.goto("/zh/cases/nothing-here/").status == 404
    assert page.locator(".kb-header").is_visible()
    assert page.locator("form[role=search]:visible").count() >= 1
    context.close()


def test_results_can_be_narrowed_to_one_problem(ask, phone):
    page = ask("充电 地锁", **phone)
    problems = page.get_by_label("只看哪个问题")
    assert problems.input_value() == ""
    before = page.locator(HITS).count()
    problems.select_option("parking-lock")
    expect(page.locator(HITS)).not_to_have_count(before)
    assert page.locator(HITS).count() >= 1
    for facts in page.locator(f"{HITS} .kb-result__facts").all_inner_texts():
        assert "私装地锁" in facts or facts.startswith("问题")
    problems.select_option("")
    expect(page.locator(HITS)).to_have_count(before)


def test_that_a_result_was_opened_is_told_without_saying_by_whom(ask, desktop):
    page = ask("没有雨檐", **desktop)
    with page.expect_request("**/api/v1/opened") as told:
        page.locator(HITS).first.click()
    sent = told.value
    assert json.loads(sent.post_data) == {"page": "shed-before-ban", "query": "没有雨檐"}


def test_the_page_of_results_narrows_to_one_problem_without_a_script(visit):
    page = visit("/zh/search?q=充电 地锁", java_script_enabled=False)
    narrowed = page.locator(".kb-filters a", has_text="私装地锁")
    narrowed.click()
    assert "problem=parking-lock" in page.url
    assert page.locator(".kb-filters a[aria-current]", has_text="私装地锁").count() == 1
