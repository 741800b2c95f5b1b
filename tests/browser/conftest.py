"""A real browser that notices whatever a page does wrong."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SMALL_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = """addEventListener("securitypolicyviolation", (event) => {
    console.error("refused by the policy: " + event.violatedDirective + " " + event.blockedURI);
});"""
# What is expected comes at once on a quiet machine; three processes share two processors here.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs here is the browser; of the service nothing but what other tests measure too."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("unmeasured")


@pytest.fixture(scope="session")
def until() -> Callable[[Page, Callable[[], bool]], None]:
    """Wait for what no locator shows; the page goes on meanwhile."""

    def wait(page: Page, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline, "it never came to that"
            page.wait_for_timeout(50)

    return wait


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # The browser without windows takes half the processor's time; it is the same engine.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path, "the browser tests need Chromium: run tests/install-browser.sh"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


class Watched:
    """What went wrong on the pages of a test, and what they asked of other hosts."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.complaints: list[str] = []

    def watch(self, page: Page) -> None:
        page.add_init_script(WATCH)
        page.on("console", lambda said: said.type == "error" and self._note(said.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("request", lambda asked: self._asked(asked.url))

    def _note(self, text: str) -> None:
        self.complaints.append(text)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self._host:
            self._note(f"asked another host: {url}")


@pytest.fixture
def visit(browser: Browser, service_url: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the service: `visit("/zh/", **PHONE)`; nothing may go wrong on it.

    Nothing is kept for later, unless the test is about that: `service_workers="allow"`.
    """
    watched = Watched(urlsplit(service_url).netloc)
    with ExitStack() as stack:

        def go(path: str, **options: object) -> Page:
            options = {"service_workers": "block", **options}
            context = browser.new_context(base_url=service_url, **options)
            stack.callback(context.close)
            page = context.new_page()
            watched.watch(page)
            page.goto(path)
            return page

        yield go
    assert watched.complaints == []


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def device(request: pytest.FixtureRequest) -> dict[str, object]:
    return request.param


@pytest.fixture
def small_phone() -> dict[str, object]:
    return SMALL_PHONE


@pytest.fixture
def desktop() -> dict[str, object]:
    return DESKTOP


@pytest.fixture
def phone() -> dict[str, object]:
    return PHONE


@pytest.fixture
def phone_options() -> dict[str, object]:
    return PHONE


@pytest.fixture
def watched_of() -> Callable[[str], Watched]:
    """Something that notices what goes wrong on pages of a host."""
    return Watched
