"""A session in a real browser: the screen, two phones, the trainer, and a service that is killed."""

import re
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb_app.accounts import Role
from kb_app.keeping import open_kept
from kb_app.room import Chosen, code_at, plan_of
from kb_app.settings import Settings
from search_index import Lang

PASSWORD = "a long password"


@pytest.fixture
def room(built, tmp_path, sample_library):
    """What is kept of a room for the sample case, and the settings of its service."""
    data = tmp_path / "var"
    kept = open_kept(Settings(data_dir=data), "not a secret")
    kept.database.upgrade()
    sun = kept.accounts.add("sun", Role.TRAINER, PASSWORD).id
    plan = plan_of(sample_library, "charging-hour")
    held = kept.rooms.open("charging-hour", plan, Lang.ZH, actor=sun)
    settings = {"content_dir": built.content_dir, "build_dir": built.build_dir, "data_dir": data,
                "secret_key": "not a secret", "log_requests": "no"}  # fmt: skip
    yield kept, held, settings
    kept.close()


@pytest.fixture
def open_page(browser, unused_port):
    """A page in a browser of its own: `open_page("/zh/room", **options)`."""
    with ExitStack() as stack:

        def go(path, **options):
            context = browser.new_context(
                base_url=f"http://127.0.0.1:{unused_port}", service_workers="block", **options
            )
            stack.callback(context.close)
            page = context.new_page()
            page.goto(path)
            return page

        yield go


def enter(page):
    page.get_by_label("账号").fill("sun")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/rooms/**")
    return page


def sound(page):
    """Whatever axe finds wrong, and what is too wide for the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found = Axe().run(page, context="[data-room], .kb-phone, .kb-desk")
    return wide, found.generate_report() if found.violations_count else ""


def test_a_case_is_voted_on_with_the_service_killed_in_the_middle(  # noqa: PLR0917
    room, open_page, start_service, unused_port, phone, desktop
):
    kept, held, settings = room
    service = start_service(port=unused_port, **settings)
    screen = enter(open_page(f"/zh/desk/rooms/{held.id}/screen", **desktop))
    zh = open_page(f"/r/{held.code}", locale="zh-CN", **phone)
    en = open_page(f"/r/{held.code}", locale="en-GB", color_scheme="dark", **phone)
    assert en.url.endswith(f"/en/room/{held.code}")
    place = [slide.part for slide in held.slides].index("ask")
    held = kept.rooms.go(held.id, place - 1, seen=held.version)
    screen.get_by_text(held.slide.title).wait_for()
    screen.keyboard.press("PageDown")
    screen.get_by_text("已投0票").wait_for()
    zh.locator(".kb-phone__option").nth(0).tap()
    zh.get_by_text("已收到：A").wait_for()
    assert sound(zh) == (False, "")
    en.locator(".kb-phone__option").first.wait_for()
    # The service dies; what is tapped meanwhile is sent as soon as it is back.
    service.kill()
    service.wait()
    en.locator(".kb-phone__option").nth(1).tap()
    en.locator(".kb-room__away").wait_for(state="visible")
    screen.locator(".kb-room__away").wait_for(state="visible")
    start_service(port=unused_port, **settings)
    en.get_by_text("Received: B").wait_for()
    screen.get_by_text("已投2票").wait_for()
    assert sound(en) == (False, "")
    zh.reload()
    assert zh.locator("[aria-pressed=true]").inner_text().startswith("A")
    zh.locator(".kb-phone__option").nth(2).tap()
    zh.get_by_text("已收到：C").wait_for()
    late = open_page(f"/zh/room?code={held.code}", **phone)
    late.locator(".kb-phone__option").nth(2).tap()
    late.get_by_text("已收到：C").wait_for()
    assert screen.locator(".kb-chart").count() == 0
    screen.keyboard.press("PageDown")
    screen.locator(".kb-chart").wait_for()
    assert screen.locator(".kb-chart__count").all_inner_texts() == ["0", "1", "2"]
    en.get_by_text("your choice").wait_for()
    screen.keyboard.press("PageDown")
    done = held.plan.ballots[0].asked[Lang.ZH].after[0]
    screen.get_by_text(done).wait_for()
    zh.get_by_text(done).wait_for()


def test_a_projector_whose_clock_is_wrong_shows_the_code_of_the_service(  # noqa: PLR0917
    room, open_page, start_service, unused_port, phone, desktop
):
    kept, held, settings = room
    start_service(port=unused_port, **settings)
    door = enter(open_page(f"/zh/desk/rooms/{held.id}/door", **desktop))
    door.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=10))
    door.reload()
    shown = door.locator(".kb-door__code").inner_text()
    now = datetime.now(UTC)
    codes = {code_at(held.secret, now - timedelta(seconds=ago)) for ago in (0, 10)}
    assert shown.replace(" ", "") in codes
    page = open_page(f"/zh/room/{held.code}/here", **phone)
    page.get_by_label("大屏幕上现在的签到码").fill(shown)
    for name, text in (("工号或姓名", "A01"), ("岗位", "巷长"), ("巷", "一巷")):
        page.get_by_label(name, exact=True).fill(text)
    assert sound(page) == (False, "")
    listed = door.context.new_page()
    listed.goto(f"/zh/desk/rooms/{held.id}/attendance")
    listed.get_by_text("手工勾选").click()
    page.get_by_role("button", name="签到", exact=True).tap()
    page.get_by_role("heading", name="已签到").wait_for()
    door.get_by_text("已签到1人").wait_for(timeout=15_000)
    # The phone knows next time who it is, but not who somebody else is.
    page.goto(f"/zh/room/{held.code}/here")
    assert page.get_by_label("工号或姓名", exact=True).input_value() == "A01"
    page.goto(f"/zh/room/{held.code}/here?other=1")
    assert page.get_by_label("工号或姓名", exact=True).input_value() == ""
    page.goto(f"/zh/room/{held.code}/here")
    page.get_by_role("button", name="不是你？").tap()
    assert page.get_by_label("工号或姓名", exact=True).input_value() == ""
    page.reload()
    assert page.get_by_label("工号或姓名", exact=True).input_value() == ""
    expect(page.get_by_role("button", name="不是你？")).to_be_hidden()
    # The list is live, and what the trainer has opened beside it stays open.
    listed.get_by_text("A01").wait_for(timeout=15_000)
    assert listed.get_by_label("岗位", exact=True).is_visible()
    assert door.locator(".kb-door__code").inner_text() != shown or now.second % 10 < 9
    assert len(kept.attendance.present(held.id)) == 1


def test_the_trainers_pages_can_be_used_by_everybody(
    room, open_page, start_service, unused_port, device
):
    # What is too wide is found by the width, what is too pale by the colours: two of four suffice.
    scheme = "dark" if device.get("has_touch") else "light"
    kept, held, settings = room
    start_service(port=unused_port, **settings)
    held = kept.rooms.go(held.id, 2, seen=held.version)
    while held.here is None:
        held = kept.rooms.next(held.id, seen=held.version)
    kept.rooms.vote(held.id, held.here.name, "phone", Chosen(1))
    kept.rooms.next(held.id, seen=held.version)
    kept.raised.note(held.id, "谁修？", "zh", "key")
    page = enter(open_page(f"/zh/desk/rooms/{held.id}", color_scheme=scheme, **device))
    for path in ("", "/attendance", "/reading", "/questions", "/record", "/screen", "/door"):
        page.goto(f"/zh/desk/rooms/{held.id}{path}")
        assert sound(page) == (False, ""), path
    for path in ("/zh/desk/rooms", "/zh/desk/rooms/new", "/en/desk/heard"):
        page.goto(path)
        assert sound(page) == (False, ""), path


def test_a_whole_session_is_held_from_the_page_of_the_session_to_its_record(  # noqa: PLR0917
    room, open_page, start_service, unused_port, phone, desktop
):
    *_, settings = room
    start_service(port=unused_port, **settings)
    lead = open_page("/zh/sessions/charging-hour/", **desktop)
    lead.locator("a[href*='/desk/rooms/new']").click()
    enter(lead)
    lead.get_by_role("button", name="开场", exact=True).click()
    lead.wait_for_url(re.compile(r"/rooms/\d+$"))
    code = re.search(r"/r/(\w+)", lead.content())[1]
    with lead.expect_popup() as opened:
        lead.get_by_role("link", name="打开大屏幕").click()
    screen = opened.value
    phones = [open_page(f"/r/{code}", locale=each, **phone) for each in ("zh-CN", "en-GB")]
    for number, each in enumerate(phones, 1):
        sign_in(each, lead, f"A0{number}")
    for way in ([1, 2], [2, 1]):  # a decision of the case, then a question of the quiz
        go_on_to_a_vote(screen)
        for each, choice in zip(phones, way, strict=True):
            each.locator(".kb-phone__option").nth(choice - 1).tap()
            each.locator("[aria-pressed=true]").wait_for()
        screen.get_by_text("已投2票").wait_for()
        screen.keyboard.press("PageDown")
        screen.locator(".kb-chart").wait_for()
        assert screen.locator(".kb-chart__count").all_inner_texts()[:2] == ["1", "1"]
        for each in phones:
            each.locator(".kb-chart").wait_for()
    ask, lead_here = phones[0], lead.url
    ask.get_by_role("link", name="提一个问题").tap()
    ask.get_by_role("textbox").fill("三巷的插座归谁修？")
    ask.get_by_role("button", name="送出提问").tap()
    ask.get_by_text(re.compile(r"\d{4}")).first.wait_for()
    lead.goto(f"{lead_here}/questions")
    lead.get_by_label("现场提的").fill("棚子夜里锁不锁？")
    lead.get_by_role("button", name="记下来").click()
    lead.goto(f"{lead_here}/record")
    lead.get_by_role("button", name="结束培训").click()
    lead.get_by_text("还不能结束：有1条提问没编号").wait_for()
    lead.goto(f"{lead_here}/questions")
    lead.get_by_role("button", name="登记").click()
    lead.goto(f"{lead_here}/record")
    lead.get_by_role("button", name="结束培训").click()
    lead.get_by_role("button", name="结束培训").wait_for(state="detached")
    assert lead.locator(".kb-paper__part svg").count() == 2
    assert lead.get_by_role("row", name=re.compile("签到.*2")).count() == 1
    for each in phones:
        each.goto(f"/r/{code}")
    phones[0].get_by_text("本场培训已结束，谢谢参加").wait_for()
    phones[1].get_by_text("This session is over").wait_for()


def sign_in(page, lead, who):
    """Sign in on a phone with the code that the screen by the door shows."""
    with closing(lead.context.new_page()) as door:
        door.goto(f"{lead.url}/door")
        shown = door.locator(".kb-door__code").inner_text()
    place = page.url
    page.goto(f"{place}/here")
    page.locator("[name=code]").fill(shown)
    for name, text in (("who", who), ("role", "巷长"), ("lane", "一巷")):
        page.locator(f"[name={name}]").fill(text)
    page.locator(".kb-form button").first.tap()
    page.locator(".kb-said").wait_for()
    page.goto(place)


def go_on_to_a_vote(screen):
    for _ in range(30):
        here = screen.locator(".kb-screen__place").inner_text()
        screen.keyboard.press("PageDown")
        expect(screen.locator(".kb-screen__place")).not_to_have_text(here)
        if screen.locator("[data-votes]").count():
            return
    pytest.fail("there was nothing to vote on")
