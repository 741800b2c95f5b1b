"""In airplane mode, with the service away, and through updates that succeed and fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from kb_app import service
from kb_app.settings import Settings
from search_index import BuildFolder

ROOT = Path(__file__).parents[2]
KB = Path(sys.executable).with_name("kb")
LINE = ".kb-offline__line"
HITS = ".kb-dialog [role=option]"
KEPT = {"zh": "离线可用", "en": "Offline ready"}
FROM_PHONE = {"zh": "连不上", "en": "No connection"}
CASE = "zh/cases/bins-moved.md"
QUERIES = [
    line.split("\t")
    for line in (ROOT / "tests/browser/offline-queries.tsv").read_text("utf-8").splitlines()
]


@contextmanager
def phone(browser: Browser, url: str, **options: object) -> Iterator[Page]:
    """A page on a phone that has never been here; it may ask this host only."""
    size = {"width": 390, "height": 844}
    context = browser.new_context(base_url=url, viewport=size, has_touch=True, **options)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    try:
        yield context.new_page()
    finally:
        context.close()
    hosts = {urlsplit(each).netloc for each in asked if each.startswith("http")}
    assert hosts <= {urlsplit(url).netloc}


def until_kept(page: Page, lang: str = "zh") -> None:
    expect(page.locator(LINE)).to_contain_text(KEPT[lang], timeout=60_000)


def ask(page: Page, words: str) -> None:
    """Type into the box, and wait until it has answered these words."""
    if not page.locator(".kb-dialog").is_visible():
        page.locator(".kb-find-button").click()
    field = page.locator("input[role=combobox]")
    field.fill("")
    expect(page.locator(f"{HITS}, .kb-dialog .kb-empty")).to_have_count(0)
    field.fill(words)
    page.locator(f"{HITS}, .kb-dialog .kb-empty").first.wait_for(timeout=20_000)


def found(page: Page) -> list[str]:
    return [(hit.get_attribute("href") or "").split("#")[0] for hit in page.locator(HITS).all()[:3]]


def contents_of_caches(page: Page) -> dict[str, list[str]]:
    """Every address that the browser keeps, by cache."""
    kept: dict[str, list[str]] = page.evaluate(
        """async () => {
            const found = {};
            for (const name of await caches.keys()) {
                const requests = await (await caches.open(name)).keys();
                found[name] = requests.map((request) => new URL(request.url).pathname);
            }
            return found;
        }"""
    )
    return kept


def until_served(url: str, path: str, is_new: Callable[[bytes], bool]) -> None:
    """Wait until the service has changed to a build whose file is new."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException), urlopen(url + path, timeout=20) as response:
            if is_new(response.read()):
                return
        time.sleep(0.1)
    pytest.fail(f"{path} is still the old one")


def folders(settings: Settings) -> dict[str, object]:
    return {
        "content_dir": settings.content_dir,
        "build_dir": settings.build_dir,
        "data_dir": settings.data_dir,
    }


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_after_one_visit_everything_is_found_in_airplane_mode(browser, whole, serve, lang):
    with serve(**folders(whole)) as url, phone(browser, url) as page:
        page.goto(f"/{lang}/")
        until_kept(page, lang)
        page.context.set_offline(True)
        for _, words, wanted in [query for query in QUERIES if query[0] == lang]:
            ask(page, words)
            expect(page.locator(".kb-dialog__status")).to_contain_text(FROM_PHONE[lang])
            assert f"/{lang}/problems/{wanted}/" in found(page), words
        for kind in ("problems", "cases", "guides"):
            for folder in sorted((whole.content_dir / lang / kind).glob("*.md"))[::12]:
                page.goto(f"/{lang}/{kind}/{folder.stem}/")
                assert page.locator("h1").inner_text()
                assert page.locator(".kb-away").count() == 0, folder


@pytest.mark.slow
def test_what_a_phone_keeps_is_small(whole):
    """Three megabytes for a thousand pages, in both languages with all that belongs to them."""
    folder = BuildFolder(whole.build_dir)
    kept = folder.path / folder.current().site / "offline"
    size = sum(path.stat().st_size for path in kept.glob("*.*") if path.suffix in {".bin", ".json"})
    pages = sum(
        path.endswith("/")
        for lang in ("zh", "en")
        for path in json.loads((kept / f"{lang}.json").read_text("utf-8"))["files"]
    )
    assert pages > 600
    assert size / pages <= 3_000


@pytest.fixture
def own(content: Path, tmp_path: Path) -> Settings:
    """The small library with a build of its own, to change at will."""
    settings = Settings(
        content_dir=content, build_dir=tmp_path / "build", data_dir=tmp_path / "var"
    )
    service.build(settings)
    return settings


@pytest.fixture
def edit(own: Settings) -> Callable[[str], None]:
    """Make the case say something else, and build."""

    def change(words: str) -> None:
        path = own.content_dir / CASE
        text = path.read_text("utf-8")
        path.write_text(text.replace("桶站挨着", f"{words}桶站挨着", 1), encoding="utf-8")
        service.build(own)

    return change


@pytest.fixture
def start_service(wait_for) -> Iterator[Callable[[Settings, int], subprocess.Popen[bytes]]]:
    """Start the real service on a port of one's own; it may be ended at will."""
    started = []

    def start(settings: Settings, port: int) -> subprocess.Popen[bytes]:
        values = {**folders(settings), "port": port, "log_requests": "no"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        environment = kept | {f"KB_{name.upper()}": str(value) for name, value in values.items()}
        process = subprocess.Popen([KB, "serve"], env=environment, stderr=subprocess.DEVNULL)
        started.append(process)
        wait_for(f"http://127.0.0.1:{port}", process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


class SlowProxy:
    """Hands on every request to a service, after a delay and with troubles that a test may set."""

    def __init__(self, there: str) -> None:
        self.delay = 0.0
        self.trouble = ""
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                time.sleep(proxy.delay)
                if proxy.trouble:
                    self.send_response(503)
                    self.send_header("Content-Type", "text/html")
                    self.end_headers()
                    self.wfile.write(f"<h1>{proxy.trouble}</h1>".encode())
                    return
                with urlopen(there + self.path) as response:
                    data, headers = response.read(), response.headers
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(200)
                    self.send_header("Content-Type", headers["Content-Type"])
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def slow_proxy(there: str) -> Iterator[SlowProxy]:
    proxy = SlowProxy(there)
    thread = threading.Thread(target=proxy.server.serve_forever)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.delay = 0.0
        proxy.server.shutdown()
        thread.join()
        proxy.server.server_close()


def test_a_page_opens_without_network_just_as_it_was_served(browser, service_url):
    with phone(browser, service_url) as page:
        page.goto("/zh/")
        until_kept(page)
        served = page.goto("/zh/cases/shed-before-ban/").text()
        policy = page.goto("/zh/cases/shed-before-ban/").headers["content-security-policy"]
        page.context.set_offline(True)
        response = page.goto("/zh/cases/shed-before-ban/")
        assert response.from_service_worker
        assert response.text().replace("<html data-from-phone ", "<html ") == served
        assert response.headers["content-security-policy"] == policy
        expect(page.locator(LINE)).to_contain_text("现在连不上，看的是本机存的")
        assert (
            page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 249, 245)"
        )
        page.goto("/")
        assert urlsplit(page.url).path in {"/zh/", "/en/"}


def test_the_box_answers_from_the_phone_with_all_its_parts(browser, service_url):
    with phone(browser, service_url) as page:
        page.goto("/zh/")
        until_kept(page)
        page.context.set_offline(True)
        ask(page, "窗户拉线充电")
        assert found(page)[0] == "/zh/problems/ebike-flying-wire/"
        assert page.locator(".kb-dialog mark").count() > 0
        page.locator(".kb-dialog").get_by_role("radio", name="案例").check()
        expect(page.locator(f'{HITS}:not([href*="/cases/"])')).to_have_count(0)
        expect(page.locator(HITS).first).to_be_visible()
        page.locator(".kb-dialog").get_by_role("radio", name="全部").check()
        ask(page, "着火了")
        banner = page.locator(".kb-dialog .kb-emergency a").first
        expect(banner).to_have_attribute("href", "tel:119")
        ask(page, "xyzzyplugh")
        expect(page.get_by_text("库里还没有这一条")).to_be_visible()


def test_an_answer_offline_is_the_first_step_word_for_word(browser, service_url):
    with phone(browser, service_url) as page:
        page.goto("/zh/problems/ebike-flying-wire/")
        step = page.locator("#do li").first.inner_text()
        until_kept(page)
        page.context.set_offline(True)
        ask(page, "飞线充电")
        expect(page.locator(".kb-dialog blockquote")).to_have_text(step)


def test_the_page_of_results_opens_the_box_when_there_is_no_network(browser, service_url):
    with phone(browser, service_url) as page:
        page.goto("/zh/")
        until_kept(page)
        page.context.set_offline(True)
        page.goto("/zh/search?q=飞线充电")
        expect(page.locator(HITS).first).to_be_visible()
        assert found(page)[0] == "/zh/problems/ebike-flying-wire/"


def test_the_service_goes_away_and_comes_back(browser, own, unused_port, start_service):
    process = start_service(own, unused_port)
    url = f"http://127.0.0.1:{unused_port}"
    with phone(browser, url) as page:
        page.goto("/zh/")
        until_kept(page)
        ask(page, "充电")
        expect(page.locator(".kb-dialog__status")).not_to_contain_text("连不上")
        process.terminate()
        process.wait(30)
        ask(page, "飞线充电")
        expect(page.locator(".kb-dialog__status")).to_contain_text("连不上服务，这是本机存的结果")
        assert found(page)[0] == "/zh/problems/ebike-flying-wire/"
        start_service(own, unused_port)
        page.wait_for_timeout(5_000)
        ask(page, "窗户拉线充电")
        expect(page.locator(".kb-dialog__status")).not_to_contain_text("连不上")


def test_a_service_that_is_away_is_not_asked_with_every_letter(browser, service_url):
    with phone(browser, service_url) as page:
        page.goto("/zh/")
        until_kept(page)
        page.context.set_offline(True)
        asked: list[str] = []
        page.on("request", lambda request: "/api/" in request.url and asked.append(request.url))
        for words in ("充", "充电", "充电桩", "充电桩坏", "充电桩坏了"):
            ask(page, words)
            page.wait_for_timeout(200)
        assert 0 < len(asked) <= 6


def test_only_changed_pages_are_fetched_again(browser, own, edit, serve, until):
    with serve(**folders(own)) as url, phone(browser, url) as page:
        page.goto("/zh/")
        until_kept(page)
        before = contents_of_caches(page)
        bundle = next(each for each in before[next(iter(before))] if "/pages-zh" in each)
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(urlsplit(request.url).path))
        edit("第二版说:")
        until_served(url, f"/{CASE.removesuffix('.md')}/", lambda now: "第二版说".encode() in now)
        page.locator(".kb-offline__more summary").click()
        page.get_by_role("button", name="看看有没有新版本").click()
        until(page, lambda: before.keys().isdisjoint(contents_of_caches(page)))
        (kept,) = contents_of_caches(page).values()
        assert bundle in kept
        assert "/offline/changed/zh/cases/bins-moved/" in kept
        assert "/offline/changed/zh/cases/shed-before-ban/" not in kept
        assert bundle not in asked
        page.context.set_offline(True)
        page.goto("/zh/cases/bins-moved/")
        assert "第二版说" in page.locator("article").inner_text()
        page.goto("/zh/cases/shed-before-ban/")
        assert page.locator(".kb-away").count() == 0


def test_the_old_version_stays_until_the_new_one_is_whole(browser, own, edit, serve):
    """A list that promises what the files do not hold is an update cut short, as far as one can tell."""
    with serve(**folders(own)) as url, phone(browser, url) as page:
        page.goto("/zh/")
        until_kept(page)
        before = contents_of_caches(page)
        edit("第二版说:")
        folder = BuildFolder(own.build_dir)
        site = folder.path / folder.current().site
        pack = next(site.joinpath("offline").glob("pack-zh.*.bin"))
        whole = pack.read_bytes()
        pack.write_bytes(whole[: len(whole) // 2])
        folder.pointer.touch()
        half = len(whole) // 2
        until_served(url, f"/offline/{pack.name}", lambda now: len(now) == half)
        page.locator(".kb-offline__more summary").click()
        page.get_by_role("button", name="看看有没有新版本").click()
        expect(page.locator(LINE)).to_contain_text("新版本没取到")
        assert contents_of_caches(page) == before
        page.context.set_offline(True)
        page.goto("/zh/cases/bins-moved/")
        assert "第二版说" not in page.locator("article").inner_text()
        page.context.set_offline(False)
        page.goto("/zh/cases/bins-moved/")
        assert "第二版说" in page.locator("article").inner_text()


def test_nothing_made_for_one_person_is_kept(browser, service_url):
    with phone(browser, service_url) as page:
        page.goto("/zh/")
        until_kept(page)
        ask(page, "充电")
        page.goto("/zh/search?q=充电")
        page.goto("/zh/")
        (kept,) = contents_of_caches(page).values()
        assert {path.split("/")[1] for path in kept} == {"offline"}
        assert len(kept) == 3


def test_who_saves_data_is_asked_first(browser, service_url):
    with phone(browser, service_url) as page:
        page.add_init_script(
            "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
        )
        page.goto("/zh/")
        expect(page.locator(LINE)).to_have_text("本机还没有存，没网时看不了")
        assert contents_of_caches(page) == {}
        page.locator(".kb-offline__more summary").click()
        page.get_by_role("button", name="存到本机（约1兆）").click()
        until_kept(page)


def test_the_other_language_is_kept_when_wanted_and_all_can_be_cleared(browser, service_url):
    with phone(browser, service_url) as page:
        page.goto("/en/")
        until_kept(page, "en")
        page.locator(".kb-offline__more summary").click()
        page.get_by_role("button", name="Keep the Chinese pages too").click()
        expect(page.get_by_role("button", name="Stop keeping the Chinese pages")).to_be_visible()
        assert len(contents_of_caches(page)) == 2
        page.get_by_role("button", name="Remove from this device").click()
        expect(page.locator(LINE)).to_have_text("Not kept on this device yet")
        assert contents_of_caches(page) == {}
        page.goto("/en/cases/")
        expect(page.locator(LINE)).to_have_text("Not kept on this device yet")
        assert contents_of_caches(page) == {}


def test_a_slow_network_does_not_keep_the_reader_waiting(browser, service_url):
    with slow_proxy(service_url) as proxy, phone(browser, proxy.url) as page:
        page.goto("/zh/")
        until_kept(page)
        proxy.delay = 8.0
        page.goto("/zh/problems/ebike-flying-wire/", timeout=6_000)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator(LINE)).to_contain_text("现在连不上")


def test_a_service_in_trouble_speaks_for_itself_where_nothing_is_kept(browser, service_url):
    with slow_proxy(service_url) as proxy, phone(browser, proxy.url) as page:
        page.goto("/zh/")
        until_kept(page)
        proxy.trouble = "back at noon"
        page.goto("/zh/problems/ebike-flying-wire/")
        expect(page.locator(".kb-card")).to_be_visible()
        page.goto("/zh/search?q=x")
        expect(page.locator("h1")).to_have_text("back at noon")


def test_without_service_workers_the_line_stays_away(visit, phone_options):
    page = visit("/zh/", **phone_options)
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    page.reload()
    assert page.locator(".kb-offline").is_hidden()


def test_recent_searches_stay_in_the_browser_and_can_be_cleared(browser, service_url):
    with phone(browser, service_url, service_workers="block") as page:
        sent: list[str] = []
        page.goto("/zh/")
        ask(page, "飞线充电")
        page.locator(HITS).first.click()
        page.wait_for_url("**/problems/**")
        page.on("request", lambda request: "/api/" in request.url and sent.append(request.url))
        page.locator(".kb-find-button").click()
        chip = page.locator(".kb-recent").get_by_role("button", name="飞线充电")
        expect(chip).to_be_visible()
        assert sent == []
        chip.click()
        expect(page.locator(HITS).first).to_be_visible()
        page.locator("input[role=combobox]").fill("")
        page.get_by_role("button", name="清除").click()
        expect(page.locator(".kb-recent")).to_have_count(0)
        assert page.evaluate("localStorage.getItem('kb-recent')") == "[]"
