"""What a page may cost: bytes as they travel, requests, and how much it moves while it arrives.

Time is not asserted, for it is the machine's; benchmarks/typing.py measures it.
"""

from urllib.parse import urlsplit

import pytest

BUDGET = 150_000
SHIFT = 0.01
LANGS = ("zh", "en")
PAGES = (
    "",
    "problems/ebike-corridor/",
    "cases/shed-before-ban/",
    "guides/daily-patrol/",
    "sessions/charging-hour/",
    "glossary/",
    "search?q=119",
)
WATCH = """() => {
    self.shift = 0;
    self.moved = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            // As the measure is defined: what follows a key or a tap at once was asked for.
            if (entry.hadRecentInput) continue;
            self.shift += entry.value;
            self.moved.push(...entry.sources.map((source) => source.node && source.node.className));
        }
    }).observe({type: "layout-shift", buffered: true});
}"""


class Traffic:
    """What a page fetched, counted by the browser as it came over the wire."""

    def __init__(self, page):
        self.kinds = {}
        self.urls = {}
        self.sizes = {}
        self.encodings = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event):
        asked = event["requestId"]
        self.kinds[asked] = event["type"]
        self.urls[asked] = event["response"]["url"]
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        self.encodings[asked] = headers.get("content-encoding", "")

    def _finished(self, event):
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def bytes(self, *but):
        return sum(size for asked, size in self.sizes.items() if self.kinds.get(asked) not in but)

    def hosts(self):
        return {urlsplit(url).netloc for url in self.urls.values() if not url.startswith("data:")}

    def of_kind(self, kind):
        return [self.urls[asked] for asked, its in self.kinds.items() if its == kind]


@pytest.fixture
def load(visit, service_url, phone):
    """Load a page in a browser that has nothing of it yet: `page, traffic = load("/zh/")`."""

    def go(path, **options):
        page = visit("about:blank", **(phone | options))
        page.add_init_script(f"({WATCH})()")
        traffic = Traffic(page)
        page.goto(service_url + path, wait_until="networkidle")
        return page, traffic

    return go


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", PAGES)
def test_a_first_page_is_at_most_150_kilobytes_before_pictures(load, service_url, lang, path):
    _, traffic = load(f"/{lang}/{path}")
    assert len(traffic.sizes) >= 5
    assert traffic.bytes("Image") <= BUDGET
    assert traffic.hosts() == {urlsplit(service_url).netloc}


@pytest.mark.parametrize("lang", LANGS)
def test_all_text_travels_compressed(load, lang):
    _, traffic = load(f"/{lang}/problems/ebike-corridor/")
    text = [
        asked
        for asked, kind in traffic.kinds.items()
        if kind in {"Document", "Stylesheet", "Script"}
    ]
    plain = [traffic.urls[asked] for asked in text if not traffic.encodings[asked]]
    assert all("scheme" in url for url in plain), plain


@pytest.mark.parametrize("path", PAGES)
def test_only_our_style_sheet_and_one_small_script_stand_before_the_first_paint(load, path):
    page, traffic = load(f"/zh/{path}")
    (sheet,) = traffic.of_kind("Stylesheet")
    assert "/assets/lanewise." in sheet
    blocking = page.evaluate("""performance.getEntriesByType("resource")
        .filter((entry) => entry.renderBlockingStatus === "blocking").map((entry) => entry.name)""")
    others = [url for url in blocking if url != sheet]
    assert len(others) == 1
    assert "/assets/scheme." in others[0]
    assert page.evaluate("document.querySelectorAll('style, [style]').length") == 0
    assert traffic.of_kind("Font") == []


@pytest.mark.parametrize("size", ["", "largest"])
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_does_not_move_while_it_arrives(load, lang, path, size):
    page, _ = load(f"/{lang}/{path}")
    if size:
        page.evaluate("(size) => localStorage.setItem('kb-text', size)", size)
        page.reload(wait_until="networkidle")
    for _ in range(4):
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(60)
    shift, moved = page.evaluate("[self.shift, self.moved]")
    assert shift <= SHIFT, moved


@pytest.mark.parametrize("words", ["charging cable", "smoke, something burning", "xyzzy"])
def test_results_do_not_push_each_other_about_as_they_are_typed(load, words):
    page, _ = load("/en/")
    page.locator(".kb-find-button").click()
    before = page.evaluate("self.shift")
    page.keyboard.type(words, delay=120)
    page.locator(".kb-dialog [role=option], .kb-dialog .kb-empty").first.wait_for()
    page.wait_for_timeout(600)
    shift, moved = page.evaluate("[self.shift, self.moved]")
    assert shift - before <= SHIFT, moved
