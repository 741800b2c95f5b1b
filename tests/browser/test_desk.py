"""From a question to a page that answers it, by two editors in real browsers."""

import shutil
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from kb_app import service
from kb_app.accounts import Role
from kb_app.keeping import open_kept, working_days
from kb_app.questions import audit
from kb_app.questions.clocks import china_day
from kb_app.settings import Settings
from search_index import Kind

PASSWORD = "a long password"
LIFT = "电梯阻车器"


@pytest.fixture(scope="module")
def desk(built, tmp_path_factory, serve):
    """A service with a library of its own, kept in git, and two editors."""
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(
        content_dir=folder / "content",
        build_dir=folder / "build",
        data_dir=folder / "var",
        secret_key="not a secret",
        log_requests=False,
    )
    shutil.copytree(built.content_dir, settings.content_dir)
    git(settings.content_dir, "init", "--quiet")
    git(settings.content_dir, "add", "--all")
    git(settings.content_dir, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all")
    service.build(settings)
    kept = open_kept(settings, "not a secret")
    kept.database.upgrade()
    for name in ("li", "wang"):
        kept.accounts.add(name, Role.EDITOR, PASSWORD)
    kept.close()
    with serve(
        content_dir=settings.content_dir,
        build_dir=settings.build_dir,
        data_dir=settings.data_dir,
        secret_key="not a secret",
        log_requests="no",
    ) as url:
        yield url, settings


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def enter(browser, desk, watched_of):
    """A page of the desk where somebody is signed in: `enter("li")`."""
    url, _ = desk
    watched = watched_of(urlsplit(url).netloc)
    with ExitStack() as stack:

        def go(name, **options):
            context = browser.new_context(base_url=url, **options)
            stack.callback(context.close)
            page = context.new_page()
            watched.watch(page)
            page.goto("/zh/desk")
            page.get_by_label("账号").fill(name)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.get_by_role("heading", name="工作台").wait_for()
            return page

        yield go
    assert watched.complaints == []


FIELDS = {
    "标题": f"装了{LIFT}，电动车上不了楼",
    "一句话经验": "先有地方停，再不让上楼。",
    "负责的岗位": "街道办事处",
    "核对日期": "2026-11-20",
    "多久复核一次（如 6m）": "12m",
    "来源标题": "记事",
    "出处": "街道报",
}
PARTS = {
    "situation": "三号楼电梯里常有电动车。",
    "decision": "先装插座，再装阻车器。",
    "result": "两个月后电梯里没有再见到。",
    "pitfalls": "插座要先通电。",
}


@pytest.fixture
def chief(browser, desk, phone, watched_of):
    """A page on the phone of somebody who has no account."""
    url, _ = desk
    watched = watched_of(urlsplit(url).netloc)
    context = browser.new_context(base_url=url, service_workers="block", **phone)
    page = context.new_page()
    watched.watch(page)
    yield page
    context.close()
    assert watched.complaints == []


def ask(chief):
    """Search, find nothing, ask, and go to the page that tells what becomes of it."""
    chief.goto(f"/zh/search?q={LIFT}")
    chief.get_by_role("link", name="没找到？向办公室提问").first.click()
    chief.locator("#ask-text").fill("六号楼的电动车天天进电梯，怎么拦")
    chief.locator("#ask-contact").fill("13800000000")
    chief.get_by_role("button", name="送出提问").tap()
    chief.get_by_role("link", name="看看办得怎么样").tap()


def write(li):
    """Make a case of the question and hand it in."""
    li.goto("/zh/desk")
    li.get_by_text("六号楼的电动车天天进电梯").click()
    li.get_by_role("link", name="写成案例").click()
    assert "13800000000" not in li.content()
    li.locator(".kb-live li").first.wait_for()
    before = li.locator(".kb-live li").count()
    assert before > 5
    li.get_by_role("button", name="用表单填").click()
    li.get_by_label("网址里的名字").fill("lift-blocker")
    for label, words in FIELDS.items():
        li.get_by_label(label, exact=True).first.fill(words)
    for name, words in PARTS.items():
        li.locator(f'textarea[name="part.{name}"]').fill(words)
    li.locator('select[name="outcome"]').select_option("worked")
    li.locator('select[name="sources.0.grade"]').select_option("C")
    li.locator("summary", has_text="问题类型").click()
    li.get_by_label("楼道停放充电").check()
    li.get_by_role("button", name="预览").click()
    li.locator(".kb-preview").get_by_text("两个月后电梯里没有再见到").wait_for()
    li.get_by_role("button", name="提交复核").click()
    li.get_by_text("已提交，等别人复核").wait_for()
    assert li.get_by_role("button", name="发布").count() == 0


def publish(wang):
    """Publish what another editor wrote, and wait for the site."""
    wang.get_by_role("link", name="草稿").click()
    wang.get_by_role("link", name="lift-blocker").click()
    wang.get_by_role("button", name="发布").tap()
    wang.get_by_text("已用它答复第 1 号提问").wait_for()
    wang.get_by_text("正在重建站点和搜索").wait_for()
    wang.goto("/zh/desk?tab=drafts")
    wang.get_by_text("站点和搜索已是最新").wait_for(timeout=120_000)


def come_back(chief):
    """See the case, find it, settle, and open again; gives the address of the question."""
    chief.reload()
    chief.get_by_text("有答复了，有用吗？").wait_for()
    status = chief.url
    chief.locator(".kb-ask__links a", has_text=LIFT).tap()
    chief.get_by_role("heading", name=LIFT).wait_for()
    chief.goto(f"/zh/search?q={LIFT}")
    chief.locator(".kb-results a", has_text=LIFT).first.wait_for()
    chief.goto(status)
    chief.get_by_role("button", name="有用").tap()
    chief.get_by_text("谢谢，已经办结。").wait_for()
    chief.locator("summary", has_text="还是没解决").tap()
    chief.locator("#say-reopened").fill("三号楼装了，六号楼还没装")
    chief.get_by_role("button", name="重新打开").tap()
    chief.get_by_text("已经重新打开").first.wait_for()
    return status


def answer_again(li):
    """Answer what was opened again."""
    li.goto("/zh/desk/questions/1")
    li.get_by_text("三号楼装了，六号楼还没装", exact=True).wait_for()
    li.get_by_label(LIFT).first.check()
    li.get_by_label("还要对提问人说的").first.fill("六号楼下周装")
    li.get_by_role("button", name="发出答复").click()


def test_everything_has_an_echo_and_everything_is_settled(chief, enter, desk, phone, desktop):
    _, settings = desk
    ask(chief)
    li, wang = enter("li", **desktop), enter("wang", **phone)
    write(li)
    publish(wang)
    # It is in git and in the search.
    assert git(settings.content_dir, "log", "-1", "--format=%an %s") == (
        "li Publish zh/cases/lift-blocker.md (question 1)"
    )
    found = li.request.get("/api/v1/search", params={"q": LIFT, "lang": "zh"}).json()
    assert (found["hits"][0]["id"], found["hits"][0]["kind"]) == ("lift-blocker", Kind.CASE)
    status = come_back(chief)
    answer_again(li)
    chief.goto(status)
    chief.get_by_text("六号楼下周装").wait_for()
    chief.get_by_role("button", name="有用").tap()
    chief.get_by_text("谢谢，已经办结。").wait_for()
    # The month counts it, and the audit finds nothing wrong.
    li.goto(f"/zh/desk/reports/{china_day(datetime.now(UTC)):%Y-%m}")
    for name, count in {
        "收到": 1,
        "重新打开": 1,
        "已办结": 2,
        "尚未办结": 0,
        "新增案例": 1,
    }.items():
        li.get_by_role("link", name=f"{name}: {count}", exact=True).wait_for()
    kept = open_kept(settings, "not a secret")
    found = audit(kept.database, working_days(settings), datetime.now(UTC))
    kept.close()
    assert (found.breaches, found.received, found.settled) == ((), 1, 1)


@pytest.mark.parametrize("path", [
    "/zh/desk", "/en/desk?tab=gaps", "/zh/desk?tab=drafts", "/zh/desk?tab=closed",
    "/zh/desk/drafts/new?kind=case", "/en/desk/drafts/new?page=shed-before-ban&lang=zh",
])  # fmt: skip
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_can_be_used_by_everybody(enter, device, path, scheme):
    page = enter("li", color_scheme=scheme, **device)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, context=".kb-desk")
    assert found.violations_count == 0, found.generate_report()
    small = page.evaluate(
        "[...document.querySelectorAll('.kb-desk button, .kb-desk summary, .kb-act, .kb-tabs a')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"
    )
    assert small == []


def test_the_desk_needs_no_script(browser, desk):
    url, _ = desk
    context = browser.new_context(base_url=url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/en/desk/drafts/new?kind=case")
    page.get_by_label("Name", exact=True).fill("wang")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Write as text").click()
    page.get_by_role("button", name="Check").click()
    page.get_by_text("`title` is missing").first.wait_for()
    context.close()
