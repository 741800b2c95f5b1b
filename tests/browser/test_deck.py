from pathlib import Path

import pytest

from kb_app.session.deck import deck
from kb_app.session.slides import Slide, slides
from search_index import Kind, Lang

SHOWN = (Slide("talk", "First <b>", notes="Say this"), Slide("ask", "Second", (), ("A. x",)))

# The numbers of the slides that reach out of the frame, when each has been turned to.
OUTSIDE = """() => {
  const frame = document.getElementById("deck").getBoundingClientRect();
  return Reveal.getSlides().flatMap((slide, n) => {
    Reveal.slide(n);
    const box = slide.getBoundingClientRect();
    const wide = slide.scrollWidth > slide.clientWidth + 1;
    return wide || box.top < -1 || box.bottom > frame.bottom + 1 ? [n + 1] : [];
  });
}"""


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
    assert page.locator("section.present h2").inner_text() == "First <b>"
    assert not page.get_by_text("Say this").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("section.present h2").inner_text() == "Second"
    assert len(asked) == 1


def test_the_presenter_view_has_the_notes_and_follows(page, tmp_path):
    opened(page, tmp_path)
    with page.expect_popup() as popup:
        page.keyboard.press("p")
    notes = popup.value
    assert notes.locator("section.present .notes").inner_text() == "Say this"
    assert notes.locator(".upcoming").inner_text() == "Next: Second"
    page.keyboard.press("ArrowRight")
    notes.locator("section.present h2", has_text="Second").wait_for()
    notes.keyboard.press("ArrowLeft")
    page.locator("section.present h2", has_text="First").wait_for()


def test_a_slide_is_found_again_after_reloading(page, tmp_path):
    opened(page, tmp_path)
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**#/2")
    page.reload()
    assert page.locator("section.present h2").inner_text() == "Second"


def test_without_scripts_the_slides_stand_one_below_the_other(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    opened(page, tmp_path)
    assert page.get_by_text("Say this").is_visible()
    assert page.get_by_text("Second").is_visible()
    assert not page.get_by_role("button", name="Next").is_visible()
    context.close()


def test_printed_each_slide_has_a_page(page, tmp_path):
    opened(page, tmp_path)
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == len(SHOWN)


@pytest.mark.parametrize("lang", list(Lang))
def test_every_slide_of_every_session_stays_within_its_frame(page, whole_library, lang, tmp_path):
    wrong = []
    page.on("console", lambda message: wrong.append(message.text))
    for session in whole_library.published(lang, Kind.SESSION):
        path = tmp_path / f"{session.id}.html"
        shown = slides(whole_library, session, session.details)
        path.write_text(deck(shown, session.title, lang), encoding="utf-8")
        for width, height in ((1280, 720), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto("about:blank")
            page.goto(path.as_uri())
            assert page.evaluate(OUTSIDE) == [], session.id
    assert wrong == []
