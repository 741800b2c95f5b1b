"""From a search that found nothing to a question that is settled, on phones, with and without."""

import re
import sqlite3
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb_app.accounts import Role
from kb_app.keeping import open_kept
from kb_app.questions import Answering, Asked
from kb_app.settings import Settings

SECRET = "not a secret"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NUMBER = ".kb-ask__slip dd >> nth=0"
CODE = ".kb-ask__slip dd >> nth=1"
SEARCHED = {"zh": "飞碟降落在胡同口", "en": "saucer landed on the roof"}
ASKED = {"zh": "飞碟降落在胡同口，找谁挪走", "en": "A saucer landed on the roof, who moves it?"}
SAID = {
    "zh": {
        "link": "没找到？向办公室提问",
        "next": "下一步",
        "send": "送出提问",
        "see": "看看办得怎么样",
        "answered": "有答复了，有用吗？",
        "yes": "有用",
        "settled": "谢谢，已经办结。",
        "waits": "已存在这部手机上",
    },
    "en": {
        "link": "Not found? Ask the office.",
        "next": "Continue",
        "send": "Send the question",
        "see": "See what becomes of it",
        "answered": "There is an answer. Did it help?",
        "yes": "Yes, it helped",
        "settled": "Thank you. It is settled.",
        "waits": "Kept on this phone.",
    },
}


@pytest.fixture
def own(built, tmp_path):
    """Settings of the small library with a database of its own."""
    return Settings(
        content_dir=built.content_dir,
        build_dir=built.build_dir,
        data_dir=tmp_path / "var",
        secret_key=SECRET,
        log_requests=True,
    )


def values(settings, **more):
    return {
        "content_dir": settings.content_dir,
        "build_dir": settings.build_dir,
        "data_dir": settings.data_dir,
        "secret_key": SECRET,
        **more,
    }


@pytest.fixture
def enter(browser, watched_of):
    """A page on somebody's phone: `enter(url, **options)`; nothing may go wrong on it."""
    watched = []
    with ExitStack() as stack:

        def go(url, *, careful=True, **options):
            context = browser.new_context(base_url=url, **options)
            stack.callback(context.close)
            page = context.new_page()
            if careful:
                watched.append(watched_of(urlsplit(url).netloc))
                watched[-1].watch(page)
            return page

        yield go
    assert [each.complaints for each in watched if each.complaints] == []


def answer(settings, number, words):
    """An editor answers, in another process than the service."""
    kept = open_kept(settings, SECRET)
    try:
        editor = kept.accounts.add("li", Role.EDITOR, "a long password").id
        seen = kept.questions.record(number).life.position
        kept.questions.answer(
            number, Answering(["bins-moved"], words), actor=editor, seen=seen, has_page=bool
        )
    finally:
        kept.close()


def received(settings):
    """How many questions stand in the database."""
    with sqlite3.connect(settings.data_dir / "lanewise.db") as connection:
        return connection.execute("select count(*) from questions").fetchone()[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("device", [{}, {"java_script_enabled": False}], ids=["scripts", "none"])
def test_from_nothing_found_to_settled(enter, own, serve, lang, device):
    say, scripts = SAID[lang], not device
    with serve(**values(own)) as url:
        page = enter(url, service_workers="block", **PHONE, **device)
        page.goto(f"/{lang}/search?q={SEARCHED[lang]}")
        page.get_by_role("link", name=say["link"]).click()
        field = page.locator("#ask-text")
        expect(field).to_have_value(SEARCHED[lang])
        field.fill(ASKED[lang])
        if not scripts:
            page.get_by_role("button", name=say["next"]).click()
        page.get_by_role("button", name=say["send"]).click()
        expect(page.locator(NUMBER)).to_have_text("1")
        code = page.locator(CODE).inner_text().replace(" ", "")
        assert re.fullmatch("[2-9A-HJ-NP-Z]{8}", code)
        page.get_by_role("link", name=say["see"]).click()
        expect(page.locator(".kb-ask__story")).to_contain_text(ASKED[lang])
        answer(own, 1, "先拍照，再报城管")
        page.reload()
        expect(page.locator(".kb-ask__state")).to_have_text(say["answered"])
        expect(page.locator(".kb-ask__story")).to_contain_text("先拍照，再报城管")
        page.get_by_role("button", name=say["yes"]).click()
        expect(page.locator(".kb-ask__done")).to_have_text(say["settled"])
        log = url.log()
        assert "/questions/1" in log
        assert code not in log
        assert "saucer" not in log
        assert "飞碟" not in log


def test_the_search_box_leads_to_the_form_with_its_words(visit, phone):
    page = visit("/zh/", **phone)
    page.locator(".kb-find-button").click()
    page.locator("input[role=combobox]").fill("飞碟降落在胡同口")
    page.locator(".kb-dialog a", has_text="向办公室提问").click()
    expect(page.locator("#ask-text")).to_have_value("飞碟降落在胡同口")


def test_what_comes_near_is_shown_while_it_is_written(visit, phone):
    page = visit("/zh/ask", **phone)
    page.locator("#ask-text").fill("六号楼飞线充电，请打13800000000")
    expect(page.locator(".kb-ask__similar a").first).to_contain_text("拉线给电动自行车充电")
    expect(page.locator(".kb-ask__personal")).to_contain_text("手机号")
    expect(page.locator(".kb-emergency")).to_have_count(0)
    page.locator("#ask-text").fill("楼道里着火了")
    expect(page.locator(".kb-emergency a")).to_have_text("119")
    expect(page.locator(".kb-ask__alarm")).to_contain_text("不会马上有人看")
    expect(page.locator(".kb-ask__personal")).to_be_hidden()


def test_nothing_said_is_told_at_the_field(visit, phone):
    page = visit("/zh/ask", **phone)
    page.get_by_role("button", name="送出提问").click()
    field = page.locator("#ask-text")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby").split()
    assert "ask-text-mistake" in described
    expect(page.locator("#ask-text-mistake")).to_have_text("请写几个字说明一下。")


def test_personal_data_is_pointed_out_once_before_it_goes(enter, own, serve, phone):
    with serve(**values(own)) as url:
        page = enter(url, service_workers="block", **phone)
        page.goto("/zh/ask")
        page.locator("#ask-text").fill("请打13800000000")
        page.get_by_role("button", name="送出提问").click()
        expect(page.locator(".kb-ask__personal")).to_be_focused()
        expect(page.locator(".kb-ask__personal")).to_contain_text("再点一次")
        assert received(own) == 0
        page.get_by_role("button", name="送出提问").click()
        expect(page.locator(NUMBER)).to_have_text("1")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_waits_on_the_phone_until_there_is_network(enter, own, serve, phone, lang):
    with serve(**values(own)) as url:
        page = enter(url, careful=False, **phone)
        page.goto(f"/{lang}/")
        expect(page.locator(".kb-offline__line")).to_contain_text(
            {"zh": "离线可用", "en": "Offline ready"}[lang], timeout=60_000
        )
        page.context.set_offline(True)
        page.goto(f"/{lang}/ask")
        page.locator("#ask-text").fill(ASKED[lang])
        page.get_by_role("button", name=SAID[lang]["send"]).click()
        expect(page.locator(".kb-ask__kept")).to_contain_text(SAID[lang]["waits"])
        assert received(own) == 0
        for _ in range(3):
            page.context.set_offline(False)
            page.context.set_offline(True)
        page.context.set_offline(False)
        expect(page.locator(NUMBER)).to_have_text("1", timeout=30_000)
        code = page.locator(CODE).inner_text()
        page.goto(f"/{lang}/questions")
        mine = page.locator(".kb-ask__mine li")
        expect(mine).to_have_count(1)
        mine.get_by_role("link").click()
        expect(page.locator(".kb-ask__story")).to_contain_text(ASKED[lang])
        assert page.url.endswith(f"/questions/1?code={code.replace(' ', '')}")
        page.goto(f"/{lang}/questions")
        page.locator(".kb-ask__mine button").click()
        expect(page.locator(".kb-ask__mine")).to_be_hidden()
        assert received(own) == 1


def test_a_service_that_dies_after_taking_it_in_counts_it_once(
    enter, own, phone, start_service, unused_port
):
    running = [start_service(**values(own, port=unused_port, log_requests="no"))]
    page = enter(f"http://127.0.0.1:{unused_port}", careful=False, service_workers="block", **phone)

    def die(route):
        assert route.fetch().status == 201
        running[0].kill()
        running[0].wait()
        route.abort()

    page.route("**/api/v1/questions", die, times=1)
    page.goto("/zh/ask")
    page.locator("#ask-text").fill(ASKED["zh"])
    page.get_by_role("button", name="送出提问").click()
    expect(page.locator(".kb-ask__kept")).to_contain_text("已存在这部手机上")
    assert received(own) == 1
    start_service(**values(own, port=unused_port, log_requests="no"))
    expect(page.locator(NUMBER)).to_have_text("1", timeout=60_000)
    assert received(own) == 1
    page.reload()
    page.wait_for_timeout(1_000)
    assert received(own) == 1


def test_a_question_that_was_sent_is_kept_when_the_page_was_closed(enter, own, serve, phone):
    with serve(**values(own)) as url:
        page = enter(url, careful=False, service_workers="block", **phone)
        page.goto("/zh/ask")
        page.context.set_offline(True)
        page.locator("#ask-text").fill(ASKED["zh"])
        page.get_by_role("button", name="送出提问").click()
        expect(page.locator(".kb-ask__kept")).to_contain_text("已存在这部手机上")
        context = page.context
        page.close()
        context.set_offline(False)
        other = context.new_page()
        other.goto("/zh/questions")
        expect(other.locator(".kb-ask__mine li")).to_have_count(1, timeout=30_000)
        assert received(own) == 1


def test_what_the_service_refuses_comes_back_into_the_form(enter, own, serve, phone):
    with serve(**values(own)) as url:
        page = enter(url, careful=False, service_workers="block", **phone)
        page.goto("/zh/ask")
        page.locator("#ask-text").fill("太长" * 700)
        page.locator("#ask-text").evaluate("(field) => { field.value = '长'.repeat(2001); }")
        page.get_by_role("button", name="送出提问").click()
        expect(page.locator(".kb-ask__failed")).to_contain_text("2000")
        expect(page.locator("#ask-text")).to_be_visible()
        assert len(page.locator("#ask-text").input_value()) == 2001
        page.locator("#ask-text").fill("短一点")
        page.get_by_role("button", name="送出提问").click()
        expect(page.locator(NUMBER)).to_have_text("1")


@pytest.fixture(scope="module")
def asked(built, tmp_path_factory, serve):
    """A service where a question was asked and answered, and the address of its page."""
    settings = Settings(
        content_dir=built.content_dir,
        build_dir=built.build_dir,
        data_dir=tmp_path_factory.mktemp("asked") / "var",
        secret_key=SECRET,
    )
    with serve(**values(settings, log_requests="no")) as url:
        kept = open_kept(settings, SECRET)
        receipt = kept.questions.ask(Asked("飞线" * 40, "zh", contact="张三"), "k")
        kept.close()
        answer(settings, 1, "先清走电线，再找物业。" * 8)
        yield url, receipt.code


@pytest.mark.parametrize(
    "path",
    ["/ask", "/ask?q=飞线充电", "/ask?q=着火", "/questions", "/questions/1?code=AAAAAAAA",
     "/questions/1/received?code={code}", "/questions/1?code={code}"],
)  # fmt: skip
@pytest.mark.parametrize("look", ["zh light", "en dark", "zh dark"])
def test_the_pages_of_asking_can_be_used_by_everybody(enter, asked, small_phone, path, look):
    url, code = asked
    lang, scheme = look.split()
    wrong = "AAAAAAAA" in path
    page = enter(
        url, careful=not wrong, color_scheme=scheme, service_workers="block", **small_phone
    )
    page.goto(f"/{lang}{path.format(code=code)}")
    page.evaluate("document.documentElement.dataset.text = 'largest'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("delete document.documentElement.dataset.text")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    small = page.locator(".kb-ask").evaluate(
        """(place) => [...place.querySelectorAll("a, button, input, textarea, summary")]
            .filter((each) => each.type !== "hidden" && each.offsetParent)
            .map((each) => [each.textContent, each.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
            .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
    )
    assert small == []
