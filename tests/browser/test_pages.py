"""Every template, as it is drawn."""

import re

import pytest

TEMPLATES = (
    "",
    "problems/",
    "problems/ebike-corridor/",
    "groups/ebikes-fire/",
    "groups/duties/",
    "cases/",
    "cases/shed-before-ban/",
    "cases/locks-came-back/",
    "guides/",
    "guides/daily-patrol/",
    "sessions/",
    "sessions/charging-hour/",
    "plans/plan-2027/",
    "about/",
    "about/how-this-is-made/",
    "glossary/",
    "search",
    "search?q=119",
)
ZH_CARD = ("看" * 30, ["做" * 27] * 3, "谁" * 28, "据" * 31, "别" * 30)
EN_CARD = (
    "Look up after dark for cables hanging from any window or stair.",
    [
        "Ask the household to unplug and take it in.",
        "Measure how far and dear the nearest socket.",
        "Add or cheapen sockets where the bikes really stand.",
    ],
    "Property and community; fire supervision when they refuse.",
    "Beijing fire regulations article 97, since 1 May 2025.",
    "Never cut a live cable; post no photos of households.",
)
FILL_CARD = """([title, look, steps, who, basis, dont]) => {
    document.querySelector("h1").textContent = title;
    const row = (key) => document.querySelector(`#${key} dd`);
    row("look").textContent = look;
    row("who").textContent = who;
    row("basis").textContent = basis;
    row("dont").textContent = dont;
    row("do").firstElementChild.replaceChildren(...steps.map((step) => {
        const item = document.createElement("li");
        item.textContent = step;
        return item;
    }));
    return document.querySelector(".kb-card").getBoundingClientRect().bottom;
}"""
TOO_WIDE = """() => {
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
        const style = getComputedStyle(element);
        const clipped = element.closest(".kb-jumps, .kb-letters, .kb-hidden, .kb-skip, thead");
        return style.position !== "fixed" && !clipped
            && element.getBoundingClientRect().right > innerWidth + 1;
    });
    return [document.documentElement.scrollWidth - innerWidth, wide.map((e) => e.className)];
}"""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", TEMPLATES)
def test_a_page_fits_the_smallest_phone(visit, small_phone, lang, path):
    page = visit(f"/{lang}/{path}", **small_phone)
    over, wide = page.evaluate(TOO_WIDE)
    assert over <= 0
    assert wide == []
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", TEMPLATES)
def test_a_page_is_drawn_without_complaint(visit, desktop, scheme, path):
    page = visit(f"/zh/{path}", **desktop, color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(251, 249, 245)", "dark": "rgb(23, 26, 30)"}[scheme]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_without_script_follows_the_systems_colours(visit, phone, scheme):
    page = visit("/en/", **phone, color_scheme=scheme, java_script_enabled=False)
    assert page.locator("body").is_visible()
    assert page.locator(".kb-scheme").is_hidden()


@pytest.mark.parametrize(("lang", "card"), [("zh", ZH_CARD), ("en", EN_CARD)])
def test_the_longest_lawful_street_card_fits_one_screen(visit, small_phone, lang, card):
    size = len if lang == "zh" else lambda words: len(words.split())
    rows = [card[0], *card[1], *card[2:]]
    assert sum(map(size, rows)) == {"zh": 200, "en": 65}[lang]
    page = visit(f"/{lang}/problems/ebike-corridor/", **small_phone)
    title = {"zh": "盲道和无障碍设施被占", "en": "Blocked tactile paving and ramps"}[lang]
    assert page.evaluate(FILL_CARD, [title, *card]) <= 640


def test_the_first_action_is_large(visit, small_phone):
    page = visit("/zh/problems/ebike-corridor/", **small_phone)
    size = page.locator("#do li").first.evaluate("(e) => getComputedStyle(e).fontSize")
    assert size == "20px"
    text = page.locator(".kb-article > p").first
    assert text.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") >= 14
    body = page.locator("body").evaluate("(e) => getComputedStyle(e).fontSize")
    assert body == "17px"


def test_what_is_tapped_is_large_enough(visit, phone):
    page = visit("/zh/", **phone)
    for name in (".kb-menu summary", ".kb-find-button", ".kb-twin", ".kb-scheme", ".kb-brand"):
        box = page.locator(name).bounding_box()
        assert box["height"] >= 44, name
        assert box["width"] >= 44, name


def test_the_menu_leads_on_and_closes_again(visit, phone):
    page = visit("/zh/", **phone)
    page.locator(".kb-menu summary").click()
    assert page.get_by_role("link", name="停车与车辆").first.is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".kb-menu__panel").is_hidden()
    page.locator(".kb-menu summary").click()
    page.locator(".kb-menu__panel").get_by_role("link", name="案例").click()
    page.wait_for_url("**/zh/cases/")


def test_a_table_of_many_columns_is_cards_on_a_phone_and_a_table_elsewhere(visit, phone, desktop):
    def shape(options: dict[str, object]) -> str:
        page = visit("/zh/guides/daily-patrol/", **options)
        cell = page.locator(".kb-table--cards td").nth(1)
        label = cell.evaluate("(e) => getComputedStyle(e, '::before').content")
        return f"{cell.evaluate('(e) => getComputedStyle(e).display')} {label}"

    assert shape(phone) == 'grid "牵头"'
    assert shape(desktop) == "table-cell none"


def test_cases_can_be_chosen_by_outcome_without_a_script(visit, desktop):
    page = visit("/zh/cases/", **desktop, java_script_enabled=False)
    before = page.locator(".kb-result:visible").count()
    page.get_by_role("radio", name="没成").check()
    shown = page.locator(".kb-result:visible")
    assert 0 < shown.count() < before
    assert page.get_by_role("link", name="拆了四十个地锁").is_visible()


def test_the_glossary_shows_what_is_typed(visit, phone):
    page = visit("/zh/glossary/", **phone)
    page.locator("#kb-filter").fill("街道")
    assert (
        page.locator(".kb-term:visible").count()
        == page.locator(".kb-term:visible", has_text="街道").count()
    )
    page.locator("#kb-filter").fill("鹦鹉螺")
    assert page.locator(".kb-filter__none").is_visible()


def test_the_choice_of_dark_or_light_is_kept_in_both_languages(visit, desktop):
    page = visit("/zh/", **desktop, color_scheme="light")
    page.locator(".kb-scheme").click()
    dark = "rgb(23, 26, 30)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.goto("/en/cases/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_the_season_is_the_readers(visit, phone):
    page = visit("/zh/", **phone)
    page.clock.set_fixed_time("2027-07-05")
    page.reload()
    shown = page.locator(".kb-season__item:visible")
    months = [item.get_attribute("data-months").split() for item in shown.all()]
    assert all("7" in each for each in months)
    if page.locator(".kb-season:visible").count():
        assert page.locator(".kb-season h2").inner_text() == "7月常见"


def test_the_list_of_parts_marks_the_one_that_is_read(visit, desktop):
    page = visit("/zh/cases/shed-before-ban/#pitfalls", **desktop)
    page.wait_for_timeout(200)
    assert page.locator(".kb-toc a[aria-current]").count() == 1


def test_an_answer_is_shown_when_it_is_asked_for(visit, phone):
    page = visit("/zh/cases/shed-before-ban/", **phone)
    done = page.get_by_text("先装插座,给两周期限。")
    assert done.is_hidden()
    page.get_by_text("看当时怎么做的").click()
    assert done.is_visible()


def test_paper_is_black_on_white_without_the_frame(visit, desktop):
    page = visit("/zh/problems/ebike-corridor/", **desktop)
    page.emulate_media(media="print")
    for name in (".kb-header", ".kb-aside", ".kb-crumbs"):
        assert page.locator(name).is_hidden(), name
    assert page.locator(".kb-print-date").is_visible()
    assert page.locator(".kb-card").is_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)"


def test_the_sheet_for_the_board_is_one_page_even_with_the_longest_card(visit, desktop):
    for lang, card in (("zh", ZH_CARD), ("en", EN_CARD)):
        page = visit(f"/{lang}/problems/ebike-corridor/", **desktop)
        title = {"zh": "盲道和无障碍设施被占", "en": "Blocked tactile paving and ramps"}[lang]
        page.evaluate(FILL_CARD, [title, *card])
        page.evaluate("document.documentElement.dataset.print = 'board'")
        page.emulate_media(media="print")
        assert page.locator(".kb-card").is_visible()
        assert page.locator("#responses").is_hidden()
        sheet = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type /Page\b(?!s)", sheet)) == 1


def test_the_board_is_printed_when_it_is_asked_for_and_the_page_is_whole_again(visit, phone):
    page = visit("/zh/problems/ebike-corridor/", **phone)
    page.evaluate(
        "window.print = () => { window.printed = document.documentElement.dataset.print }"
    )
    page.locator(".kb-share summary").click()
    page.get_by_role("button", name="打印公告栏版").click()
    assert page.evaluate("window.printed") == "board"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.print") is None


def test_only_a_page_with_a_card_offers_the_board(visit, phone):
    page = visit("/en/cases/shed-before-ban/", **phone)
    page.locator(".kb-share summary").click()
    assert page.locator("[data-share]").is_visible()
    assert page.locator("[data-board]").count() == 0


def test_a_link_is_copied_where_the_system_cannot_share(visit, desktop):
    allowed = ["clipboard-read", "clipboard-write"]
    page = visit("/en/cases/shed-before-ban/#result", **desktop, permissions=allowed)
    page.evaluate("Object.defineProperty(navigator, 'share', { value: undefined })")
    page.locator(".kb-share summary").click()
    page.locator("[data-share]").click()
    page.get_by_role("button", name="Link copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/en/cases/shed-before-ban/")


def test_a_link_is_copied_without_the_right_to_the_clipboard(visit, desktop):
    page = visit("/en/cases/shed-before-ban/", **desktop, permissions=["clipboard-read"])
    page.evaluate("Object.defineProperty(navigator, 'share', { value: undefined })")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("addEventListener('copy', () => { window.taken = String(getSelection()) })")
    page.locator(".kb-share summary").click()
    page.locator("[data-share]").click()
    page.get_by_role("button", name="Link copied").wait_for()
    assert page.locator("textarea").count() == 0
    assert "taken" in page.evaluate("Object.keys(window)")


def test_what_shares_a_page_is_large_enough_to_tap_and_hidden_without_script(visit, phone):
    page = visit("/zh/problems/ebike-corridor/", **phone)
    assert page.locator(".kb-share summary").bounding_box()["height"] >= 44
    page.locator(".kb-share summary").click()
    for button in page.locator(".kb-share button").all():
        assert button.bounding_box()["height"] >= 44
    bare = visit("/zh/problems/ebike-corridor/", **phone, java_script_enabled=False)
    bare.locator(".kb-share summary").click()
    assert bare.locator(".kb-share button").first.is_hidden()


def test_the_browser_accepts_the_manifest(visit, phone):
    page = visit("/zh/", **phone)
    found = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/zh/manifest.webmanifest")


def test_a_printed_shape_is_not_left_out_with_the_grounds(visit, desktop):
    page = visit("/zh/cases/", **desktop)
    page.emulate_media(media="print")
    shape = page.locator(".kb-evidence").first
    assert shape.evaluate("(e) => getComputedStyle(e, '::before').printColorAdjust") == "exact"
