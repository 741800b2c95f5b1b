"""A trainer builds a session on a phone and changes the order of its parts."""

import shutil
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from kb_app.accounts import Role
from kb_app.keeping import open_kept
from kb_app.settings import Settings

PASSWORD = "a long password"


@pytest.fixture(scope="module")
def desk(built, tmp_path_factory, serve, enlarge_bank):
    """A service with a trainer and a library whose bank is large enough."""
    folder = tmp_path_factory.mktemp("builder")
    content = shutil.copytree(built.content_dir, folder / "content")
    enlarge_bank(content)
    places = {"content_dir": content, "build_dir": built.build_dir, "data_dir": folder / "var"}
    kept = open_kept(Settings(**places, secret_key="not a secret"), "not a secret")
    kept.database.upgrade()
    kept.accounts.add("sun", Role.TRAINER, PASSWORD)
    kept.close()
    with serve(**places, secret_key="not a secret", log_requests="no") as url:
        yield url


def test_a_session_is_built_and_put_in_order_on_a_phone(browser, desk, phone, watched_of):
    watched = watched_of(urlsplit(desk).netloc)
    context = browser.new_context(base_url=desk, **phone)
    page = context.new_page()
    watched.watch(page)
    page.goto("/zh/desk")
    page.get_by_label("账号").fill("sun")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").tap()
    page.get_by_role("link", name="编一场培训").tap()
    page.locator("summary", has_text="电动").tap()
    page.locator("label", has=page.locator("[value=ebike-corridor]")).tap()
    page.get_by_role("button", name="看看有哪些案例和指南").tap()
    page.locator("label", has=page.locator("[value=shed-before-ban]")).tap()
    look_at(page)
    page.get_by_role("button", name="看看议程").tap()
    page.get_by_role("heading", name="三、议程").wait_for()
    look_at(page)
    page.get_by_role("button", name="存成草稿，接着改").tap()
    first = page.locator("[name='agenda.0.prompt']")
    words = first.input_value()
    first.fill(f"{words}我加的话。")
    page.get_by_role("button", name="下移：议程第 1 行").tap()
    page.wait_for_url("**#kb-agenda")
    assert page.locator("[name='agenda.1.prompt']").input_value() == f"{words}我加的话。"
    look_at(page)
    context.close()
    assert watched.complaints == []


def look_at(page):
    """Nothing stands out of the screen, is too small to be tapped, or is hard to use."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, context=".kb-desk")
    assert found.violations_count == 0, found.generate_report()
    small = page.evaluate(
        "[...document.querySelectorAll('.kb-desk button, .kb-desk summary, .kb-desk .kb-pick')]"
        ".filter(e => e.offsetParent && !e.classList.contains('kb-hidden'))"
        ".filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"
    )
    assert small == []
