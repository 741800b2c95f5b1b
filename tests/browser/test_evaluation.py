"""A slip and an action card on a phone, and what the trainer sees of them."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb_app.accounts import Role
from kb_app.keeping import open_kept
from kb_app.room import plan_of
from kb_app.settings import Settings
from search_index import Lang

SECRET = "not a secret"
PASSWORD = "a long password"


@pytest.fixture
def room(built, tmp_path, sample_library, serve):
    """The address of a service with an open room, the room, and a signed-in trainer's token."""
    values = {
        "content_dir": built.content_dir,
        "build_dir": built.build_dir,
        "data_dir": tmp_path / "var",
        "secret_key": SECRET,
    }
    kept = open_kept(Settings(**values), SECRET)
    kept.database.upgrade()
    trainer = kept.accounts.add("zhao", Role.TRAINER, PASSWORD).id
    plan = plan_of(sample_library, "charging-hour")
    held = kept.rooms.open("charging-hour", plan, Lang.ZH, actor=trainer)
    token = kept.accounts.sign_in("zhao", PASSWORD)[0]
    kept.close()
    with serve(**values, log_requests="yes") as url:
        yield url, held, token


def is_accessible(page):
    found = Axe().run(page).response["violations"]
    assert found == [], [(each["id"], each["nodes"][0]["html"]) for each in found]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_a_slip_and_a_card_are_filled_in_on_a_phone_and_the_code_reaches_no_log(
    browser, room, phone, watched_of
):
    url, held, token = room
    watched = watched_of(urlsplit(url).netloc)
    context = browser.new_context(base_url=url, service_workers="block", **phone)
    page = context.new_page()
    watched.watch(page)
    page.goto(f"/zh/room/{held.code}/slip")
    is_accessible(page)
    small = page.locator(".kb-grades label").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    for answer in ("很有用", "大体清楚", "可能会"):
        page.get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="交小纸条").click()
    expect(page.get_by_text("已收到，培训结束前可以改。")).to_be_visible()
    expect(page.get_by_label("很有用", exact=True)).to_be_checked()

    page.get_by_role("link", name="我的行动卡").click()
    for label, words in (("我的巷", "三号巷"), ("我先走的一步", "先清车"), ("怎么数", "数车")):
        page.get_by_label(label).fill(words)
    is_accessible(page)
    page.get_by_role("button", name="保存卡片").click()
    code = page.locator(".kb-ask__slip dd").inner_text()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", code)
    is_accessible(page)
    page.goto("/zh/card")
    page.get_by_label("卡片的码").fill(code.lower())
    page.get_by_role("button", name="打开我的行动卡").click()
    expect(page.get_by_text("先清车", exact=True)).to_be_visible()
    is_accessible(page)
    context.add_cookies([{"name": "desk", "value": token, "url": url}])
    for address in (f"rooms/{held.id}/evaluation", f"rooms/{held.id}/cards"):
        page.goto(f"/zh/desk/{address}")
        is_accessible(page)
    page.goto("/zh/desk/sessions/charging-hour/results")
    is_accessible(page)
    context.close()
    assert watched.complaints == []
    assert code.replace("-", "") not in url.log().replace("-", "").upper()
