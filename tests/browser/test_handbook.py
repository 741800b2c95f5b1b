"""The handbook of the real library, opened as a file without any network."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb_app import service
from kb_app.settings import Settings

ROOT = Path(__file__).parents[2]
QUERIES = [
    line.split("\t")
    for line in (ROOT / "tests/browser/offline-queries.tsv").read_text("utf-8").splitlines()
]
OLD = ".kb-handbook__old"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def books(whole: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The handbook of each language."""
    paths = service.handbook(whole, tmp_path_factory.mktemp("books"))
    return {path.stem[-2:]: path for path in paths}


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(browser: Browser, books: dict[str, Path], lang: str) -> Iterator[Page]:
    """The handbook on a phone; it may complain of nothing and ask nobody."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda asked: asked.url.startswith(("file:", "data:")) or complaints.append(asked.url),
    )
    opened.goto(books[lang].as_uri())
    yield opened
    context.close()
    assert complaints == []


def test_it_is_small_enough_to_be_sent(books):
    for path in books.values():
        assert 500_000 < path.stat().st_size <= 3_000_000


def test_it_finds_the_right_card(page, lang):
    for _, words, wanted in [query for query in QUERIES if query[0] == lang]:
        page.locator("#q").fill(words)
        links = page.locator("#found .kb-result > a")
        expect(links.first).to_be_visible()
        first = [link.get_attribute("href") for link in links.all()[:3]]
        assert f"#{wanted}" in first, words
        assert page.locator("mark").count() > 0


def test_a_result_opens_its_leaf_and_fits_the_phone(page, lang):
    page.locator("#q").fill(QUERIES[0][1] if lang == "zh" else QUERIES[10][1])
    page.locator("#found .kb-result > a").first.click()
    card = page.locator(".kb-leaf[open] .kb-card")
    expect(card).to_be_visible()
    expect(card).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#found .kb-result").count() == 0


def test_a_danger_to_life_has_its_banner(page, lang):
    page.locator("#q").fill("着火了" if lang == "zh" else "the stairwell is on fire")
    expect(page.locator(".kb-emergency a").first).to_have_attribute("href", "tel:119")


def test_words_typed_never_become_markup(page):
    page.locator("#q").fill("<img src=x onerror=alert(1)>飞线 wire")
    expect(page.locator("#found .kb-result").first).to_be_visible()
    assert page.locator("#found img").count() == 0


@pytest.mark.parametrize(("days", "old"), [(89, False), (92, True)])
def test_it_says_when_it_is_old(page, days, old):
    expect(page.locator(OLD)).to_be_hidden()
    made = datetime.fromisoformat(page.evaluate("document.body.dataset.day")).replace(tzinfo=UTC)
    page.clock.set_fixed_time(made + timedelta(days=days))
    page.reload()
    expect(page.locator(OLD)).to_be_visible(visible=old)


def test_printing_shows_what_is_open_or_else_the_cards(page):
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".kb-card:visible").count() > 40
    page.reload()
    page.emulate_media(media="screen")
    page.locator(".kb-leaf summary").first.click()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".kb-card:visible").count() == 1
