from pathlib import Path

import pytest

from kb_app.session.deck import deck
from kb_app.session.slides import Slide
from search_index import Lang

SHOWN = (Slide("talk", "First <b>", notes="Say this"), Slide("ask", "Second", (), ("A. x",)))


@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def opened(page, folder: Path):
    path = folder / "slides.html"
    path.write_text(deck(SHOWN, "Deck", Lang.EN), encoding="utf-8")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return asked


def test_keys_turn_the_slides_and_nothing_else_is_loaded(page, tmp_path):
    asked = opened(page, tmp_path)
    assert page.locator(".slide.now h2").inner_text() == "First <b>"
    assert not page.get_by_text("Say this").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator(".slide.now h2").inner_text() == "Second"
    assert len(asked) == 1


def test_the_presenter_view_has_the_notes_and_follows(page, tmp_path):
    opened(page, tmp_path)
    with page.expect_popup() as popup:
        page.keyboard.press("p")
    notes = popup.value
    assert notes.get_by_text("Say this").is_visible()
    assert notes.locator(".upcoming").inner_text() == "Next: Second"
    page.keyboard.press("ArrowRight")
    notes.locator(".slide.now h2", has_text="Second").wait_for()
    notes.keyboard.press("ArrowLeft")
    page.locator(".slide.now h2", has_text="First").wait_for()
