import io
import re

import pytest
from docx import Document
from docx.oxml.ns import qn

from kb_app.office import html_file, write_docx
from kb_app.paper import Figure, Listing, Paper, Part
from search_index import Lang

PAPER = Paper(
    lang=Lang.ZH,
    title="2026年11月街巷长提问办理情况",
    as_of="统计时间：2026年11月1日至2026年11月30日，北京时间。",
    parts=(
        Part(
            "一、提问办理",
            ("累计收到7件＝未办结2件＋已办结5件。",),
            (Figure("收到", 7, Listing.RECEIVED),),
        ),
        Part("二、<b>&", (), (Figure("到期无异议", 2, Listing.SETTLED, "silence"),)),
    ),
    foot="不数人。",
    home="/zh/desk/reports/2026-11",
)


@pytest.fixture
def word():
    file = io.BytesIO()
    write_docx(PAPER, "http://lane.example/", file)
    file.seek(0)
    return Document(file)


def test_a_document_says_what_the_paper_says(word):
    said = [paragraph.text for paragraph in word.paragraphs]
    assert said == [
        PAPER.title,
        PAPER.as_of,
        "一、提问办理",
        "累计收到7件＝未办结2件＋已办结5件。",
        "二、<b>&",
        PAPER.foot,
    ]
    cells = [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
    assert cells == [["收到", "7"], ["到期无异议", "2"]]


def test_its_numbers_lead_to_their_lists(word):
    links = [rel.target_ref for rel in word.part.rels.values() if rel.is_external]
    assert links == [
        "http://lane.example/zh/desk/reports/2026-11/received",
        "http://lane.example/zh/desk/reports/2026-11/settled?only=silence",
    ]
    tags = [e for t in word.tables for e in t._tbl.iter(qn("w:hyperlink"))]
    assert [e.get(qn("r:id")) in word.part.rels for e in tags] == [True, True]


@pytest.mark.parametrize(
    ("style", "face"), [("Title", "宋体"), ("Heading 1", "黑体"), ("Normal", "仿宋")]
)
def test_chinese_has_a_face_of_its_own_and_no_theme_overrules_it(word, style, face):
    fonts = word.styles[style].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == face
    assert fonts.get(qn("w:ascii")) == "Times New Roman"
    assert not [name for name in fonts.attrib if "Theme" in name]


def test_it_names_nobody_as_its_author(word):
    assert word.core_properties.author == "Lanewise"
    assert word.core_properties.title == PAPER.title
    assert word.core_properties.created.year > 2013  # that of the library's template


def test_a_file_needs_no_other_and_takes_nothing_for_markup():
    text = html_file(PAPER, "http://lane.example/")
    assert text.startswith('<!doctype html>\n<html lang="zh">')
    assert "二、&lt;b&gt;&amp;" in text
    assert 'href="http://lane.example/zh/desk/reports/2026-11/settled?only=silence"' in text
    assert not re.search(r"<script|<link|<img|\ssrc=|@import|url\(", text)
