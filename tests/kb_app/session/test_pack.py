import re
import zipfile
from pathlib import Path

import pytest

from kb_app.session import UnknownSessionError, missing, pack, session_of, write_pack, zipped
from kb_app.session.slides import Telling, case_slides, slides
from search_index import Case, Kind, Lang

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture
def library(whole_library):
    return whole_library


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch):
    monkeypatch.setattr(pack, "browser", lambda: None)


@pytest.mark.unmeasured
@pytest.mark.parametrize("lang", list(Lang))
def test_every_session_packs_and_names_no_outside_address(library, lang, tmp_path):
    pages = library.published(lang, Kind.SESSION)
    assert len(pages) >= 9
    for page in pages:
        written = write_pack(library, page.id, lang, tmp_path / page.id)
        assert {path.name for path in written.files} >= {"index.html", "slides.html", "quiz.html"}
        sheets = [path for path in written.files if path.suffix == ".html"]
        assert {path.name for path in written.files} - {path.name for path in sheets} == {
            "slides.pptx"
        }
        for path in sheets:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r'(?:(?:src|href)=|url\()["\']?(?:https?:)?//|@import', text), path
            assert "default-src 'none'" in text


def test_the_ending_of_a_case_comes_after_the_last_vote(library):
    for page in library.published(None, Kind.CASE):
        if isinstance(page.details, Case) and page.details.decision_points:
            parts = [slide.part for slide in case_slides(Telling(page))]
            last = len(parts) - 1 - parts[::-1].index("ask")
            assert "ending" not in parts[:last], page.id
            assert parts.count("ask") == len(page.details.decision_points)


def test_the_sheet_of_a_case_stops_before_what_was_done(library, tmp_path):
    _, session = session_of(library, "session-after-mobilisation", Lang.EN)
    write_pack(library, "session-after-mobilisation", Lang.EN, tmp_path)
    sheet = (tmp_path / "case.html").read_text(encoding="utf-8")
    told = [library.page(item.ref, Lang.EN) for item in session.agenda if item.kind == "case"]
    assert told
    for page in told:
        assert all(point.done not in sheet for point in page.details.decision_points)
        assert page.title not in sheet


def test_what_the_trainer_says_stands_in_the_notes(library):
    page, session = session_of(library, "session-after-mobilisation", Lang.ZH)
    notes = [slide.notes for slide in slides(library, page, session) if slide.part == "talk"]
    assert notes == [item.prompt or "" for item in session.agenda]


def test_two_packs_are_the_same_bytes(library, tmp_path):
    made = [
        zipped(write_pack(library, "session-first-week", Lang.ZH, tmp_path / name), folder)
        for name, folder in (("a", tmp_path / "one" / "x.zip"), ("b", tmp_path / "two" / "x.zip"))
        if not folder.parent.mkdir()
    ]
    assert made[0].read_bytes() == made[1].read_bytes()
    assert "x/slides.html" in zipfile.ZipFile(made[0]).namelist()


def test_an_unknown_session_says_which_there_are(library):
    with pytest.raises(UnknownSessionError) as found:
        session_of(library, "nope", Lang.EN)
    assert "session-first-week" in found.value.known


def test_a_session_that_lacks_something_says_where(library):
    page, session = session_of(library, "session-first-week", Lang.ZH)
    lacking = session.__class__(minutes=1, agenda=session.agenda, objectives=session.objectives)
    messages = [finding.message for finding in missing(library, page, lacking, CONTENT)]
    assert any("`minutes` says 1" in message for message in messages)
    assert sum("no quiz item" in message for message in messages) == len(session.objectives)
