import re
import zipfile

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from kb_app.session.powerpoint import write_pptx
from kb_app.session.slides import slides
from search_index import Lang


@pytest.fixture(params=list(Lang))
def shown(request, sample_library):
    page = sample_library.pages[request.param, "charging-hour"]
    return slides(sample_library, page, page.details), page


def texts(drawn):
    return [shape.text_frame.text for shape in drawn.shapes if shape.has_text_frame]


def test_every_word_of_the_slides_can_be_read_back_and_edited(shown, tmp_path):
    those, page = shown
    deck = Presentation(write_pptx(those, page.title, page.lang, tmp_path / "s.pptx"))
    assert deck.core_properties.title == page.title
    assert len(deck.slides) == len(those)
    for number, (drawn, slide) in enumerate(zip(deck.slides, those, strict=True), 1):
        assert drawn.shapes.title.text_frame.text == slide.title
        lines = [line for text in texts(drawn) for line in text.split("\n")]
        assert {*slide.body, *slide.options, str(number)} <= set(lines)
        notes = drawn.notes_slide.notes_text_frame.text if drawn.has_notes_slide else ""
        assert notes == slide.notes


def test_chinese_letters_have_a_face_of_their_own_on_every_run(shown, tmp_path):
    those, page = shown
    deck = Presentation(write_pptx(those, page.title, page.lang, tmp_path / "s.pptx"))
    runs = [r for drawn in deck.slides for r in drawn.element.iter(qn("a:rPr"))]
    assert runs
    assert {run.find(qn("a:ea")).get("typeface") for run in runs} == {"微软雅黑"}
    assert {run.find(qn("a:latin")).get("typeface") for run in runs} == {"Segoe UI"}


def test_the_same_slides_are_the_same_bytes_and_name_no_outside_address(shown, tmp_path):
    those, page = shown
    first, second = (
        write_pptx(those, page.title, page.lang, tmp_path / name).read_bytes() for name in "ab"
    )
    assert first == second
    with zipfile.ZipFile(tmp_path / "a") as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert not re.search(rb'TargetMode="External"', archive.read(name)), name
