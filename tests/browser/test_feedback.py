"""Feedback in one tap, and the outbox that carries it: nothing lost, nothing counted twice."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from kb_app import service
from kb_app.app import create_app
from search_index import Lang

CASE = "cases/shed-before-ban/"
STATUS = ".kb-article > .kb-feedback .kb-feedback__status"
USEFUL = ".kb-article > .kb-feedback [data-verdict=useful]"
NOT_USEFUL = ".kb-article > .kb-feedback [data-verdict=not-useful]"
WAITING = "LanewiseOutbox.waiting()"


class Desk:
    """Takes feedback in as the interface promises; `troubles` are answered first.

    What carries the number `never` is answered with 500 every time.
    """

    def __init__(self, app):
        self._app = app
        self.received: dict[str, dict] = {}
        self.posts = 0
        self.troubles: list[int] = []
        self.lose_answers = 0
        self.never: int | None = None

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] != "/api/v1/feedback":
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.posts += 1
        status = self.troubles.pop(0) if self.troubles else 201
        if self.never is not None and json.loads(body).get("n") == self.never:
            status = 500
        answer = {"detail": "这一条不能收。"} if status >= 400 else {"received": True}
        if status == 201:
            assert environ["CONTENT_TYPE"] == "application/json"
            self.received.setdefault(environ["HTTP_IDEMPOTENCY_KEY"], json.loads(body))
        if self.lose_answers:
            self.lose_answers -= 1
            status, answer = 502, {}
        start_response(f"{status} x", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]


@pytest.fixture
def desk(built) -> Iterator[Desk]:
    with closing(service.open_generations(built)) as generations:
        app = create_app(built, generations=generations)
        desk = Desk(app.wsgi_app)
        server = make_server("127.0.0.1", 0, desk, threaded=True)
        desk.url = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield desk
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def page(browser, desk, phone) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, **phone)
    page = context.new_page()
    page.goto(f"/zh/{CASE}")
    yield page
    context.close()


def only(desk):
    (body,) = desk.received.values()
    return body


def test_one_tap_says_that_a_page_was_useful(page, desk):
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_have_text("收到，谢谢。")
    assert only(desk) == {"page": "shed-before-ban", "lang": "zh", "verdict": "useful"}
    (key,) = desk.received
    assert len(key) == 36
    page.locator(USEFUL).click(force=True)
    assert page.evaluate(WAITING) == 0
    assert desk.posts == 1
    assert page.locator(NOT_USEFUL).is_hidden()


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize("verdict", ["not-useful", "out-of-date", "mine-is-different"])
def test_a_note_may_be_added(page, desk, lang, verdict):
    page.goto(f"/{lang}/{CASE}")
    page.locator(f".kb-article > .kb-feedback [data-verdict={verdict}]").click()
    page.locator(".kb-feedback textarea").fill("  <b>没有棚</b>  ")
    page.locator(".kb-feedback__note button").click()
    expect(page.locator(STATUS)).not_to_be_empty()
    assert only(desk) == {
        "page": "shed-before-ban", "lang": lang, "verdict": verdict, "note": "<b>没有棚</b>",
    }  # fmt: skip
    assert page.locator(".kb-feedback__note").count() == 0


def test_a_note_is_at_most_500_characters(page, desk):
    page.locator(NOT_USEFUL).click()
    page.locator(".kb-feedback textarea").focus()
    page.keyboard.insert_text("字" * 600)
    page.locator(".kb-feedback__note button").click()
    expect(page.locator(STATUS)).to_have_text("收到，谢谢。")
    assert only(desk)["note"] == "字" * 500


def test_another_choice_may_be_made_while_the_note_is_open(page, desk):
    page.locator(NOT_USEFUL).click()
    page.locator(".kb-feedback textarea").fill("第三条过时")
    page.locator(".kb-article > .kb-feedback [data-verdict=out-of-date]").click()
    assert page.locator(NOT_USEFUL).get_attribute("aria-pressed") == "false"
    page.locator(".kb-feedback__note button").click()
    expect(page.locator(STATUS)).to_have_text("收到，谢谢。")
    assert only(desk)["verdict"] == "out-of-date"
    assert only(desk)["note"] == "第三条过时"


def test_what_was_tapped_goes_also_when_no_note_follows(page, desk, until):
    page.locator(NOT_USEFUL).click()
    assert page.evaluate(WAITING) == 1
    assert desk.posts == 0
    page.goto("/zh/")
    until(page, lambda: page.evaluate(WAITING) == 0)
    assert only(desk) == {"page": "shed-before-ban", "lang": "zh", "verdict": "not-useful"}


def test_the_words_that_led_to_a_page_go_along(page, desk):
    page.goto("/zh/")
    page.locator(".kb-find-button").click()
    page.keyboard.insert_text("没有雨檐")
    page.locator(".kb-dialog [role=option]").first.click()
    page.wait_for_url(f"**/zh/{CASE}**")
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_have_text("收到，谢谢。")
    assert only(desk)["query"] == "没有雨檐"


def test_every_result_of_a_search_can_be_judged(page, desk):
    page.goto("/zh/search?q=充电")
    results = page.locator(".kb-result")
    assert results.locator(".kb-feedback").count() == results.count() > 1
    second = results.nth(1)
    second.locator("[data-verdict=useful]").click()
    expect(second.locator(".kb-feedback__status")).to_have_text("收到，谢谢。")
    there = second.locator("h2 a").get_attribute("href")
    assert only(desk)["query"] == "充电"
    assert f"/{only(desk)['page']}/" in there


def test_without_network_it_waits_on_the_phone_and_goes_by_itself(page, desk):
    page.context.set_offline(offline=True)
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_contain_text("有网就送出")
    expect(page.locator(".kb-waiting")).to_have_text("还有1条没送出，有网就送。")
    assert desk.posts == 0
    page.context.set_offline(offline=False)
    expect(page.locator(STATUS)).to_have_text("收到，谢谢。")
    expect(page.locator(".kb-waiting")).to_be_hidden()
    assert len(desk.received) == 1


def test_it_outlives_the_page_on_which_it_was_said(page, desk, until):
    page.context.set_offline(offline=True)
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_contain_text("有网就送出")
    page.close()
    context = page.context
    context.set_offline(offline=False)
    other = context.new_page()
    other.goto("/en/")
    until(other, lambda: other.evaluate(WAITING) == 0)
    assert only(desk)["verdict"] == "useful"


def test_an_answer_that_was_lost_does_not_make_it_count_twice(page, desk, until):
    desk.lose_answers = 1
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_contain_text("有网就送出")
    page.reload()
    until(page, lambda: page.evaluate(WAITING) == 0)
    assert desk.posts == 2
    assert len(desk.received) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_that_passes_is_waited_out(page, desk, status):
    desk.troubles = [status]
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_contain_text("有网就送出")
    assert page.evaluate(WAITING) == 1
    # Again by itself, after the first wait.
    expect(page.locator(STATUS)).to_have_text("收到，谢谢。", timeout=15000)
    assert len(desk.received) == 1


def test_a_refusal_ends_it_and_is_told_in_the_services_words(page, desk):
    desk.troubles = [400]
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_have_text("没能送出：这一条不能收。")
    assert page.evaluate(WAITING) == 0
    page.reload()
    page.wait_for_timeout(300)
    assert desk.posts == 1


def test_one_in_trouble_does_not_hold_up_the_others(page, desk, until):
    page.context.set_offline(offline=True)
    add = "(n) => LanewiseOutbox.add('/api/v1/feedback', {n})"
    for number in range(3):
        page.evaluate(add, number)
    desk.never = 0
    page.context.set_offline(offline=False)
    until(page, lambda: page.evaluate(WAITING) == 1)
    assert [body["n"] for body in desk.received.values()] == [1, 2]


def test_what_was_kept_broken_or_by_others_is_dropped(page, desk):
    page.evaluate("""() => {
        localStorage.setItem("kb-outbox:a", "{");
        localStorage.setItem("kb-outbox:b", JSON.stringify({key: "b", address: "//elsewhere/x"}));
        localStorage.setItem("kb-outbox:c", JSON.stringify({key: "other", address: "/x"}));
    }""")
    page.reload()
    assert page.evaluate(WAITING) == 0
    left = "Object.keys(localStorage).filter((key) => key.startsWith('kb-outbox'))"
    assert page.evaluate(left) == []
    assert desk.posts == 0


@pytest.mark.parametrize(
    "poor",
    [
        "delete Crypto.prototype.randomUUID;",
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }});",
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('no'); }});",
    ],
)
def test_a_poor_browser_sends_it_as_well(browser, desk, poor):
    context = browser.new_context(base_url=desk.url)
    context.add_init_script(poor)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/en/{CASE}")
    page.locator(USEFUL).click()
    expect(page.locator(STATUS)).to_have_text("Received, thank you.")
    (key,) = desk.received
    parts = [len(part) for part in key.split("-")]
    assert parts == [8, 4, 4, 4, 12]
    assert key[14] == "4"
    assert errors == []
    context.close()


def test_by_keyboard_and_for_who_listens(page, desk):
    page.locator(NOT_USEFUL).focus()
    page.keyboard.press("Enter")
    page.keyboard.insert_text("没写电话")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_have_text("收到，谢谢。")
    assert page.locator(STATUS).get_attribute("role") == "status"
    assert page.evaluate("document.activeElement.dataset.verdict") == "not-useful"
    assert only(desk)["note"] == "没写电话"
