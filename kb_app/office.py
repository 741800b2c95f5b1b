"""The monthly summary as files to hand on: an HTML page of its own, and a Word document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import BinaryIO

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from jinja2 import Environment, PackageLoader

from kb_app.paper import Figure, Paper, Part
from kb_app.translations import say
from search_index import Lang

# What every office has: Latin letters and Chinese characters each have a face of their own.
_LATIN = "Times New Roman"
_SONG, _HEI, _FANG = "宋体", "黑体", "仿宋"
_INK = RGBColor(0, 0, 0)
_SIZES = {"Title": 20, "Heading 1": 15, "Normal": 14}
_FACES = {"Title": _SONG, "Heading 1": _HEI, "Normal": _FANG}


def html_file(paper: Paper, address: str) -> str:
    """A page that needs no other file; its links lead to the lists of the service at `address`."""
    templates = Environment(loader=PackageLoader("kb_app"), autoescape=True)
    template = templates.get_template("figures/file.html")
    return template.render(
        paper=paper,
        base=address.rstrip("/"),
        _=lambda message, **named: say(paper.lang, message, **named),
    )


def write_docx(paper: Paper, address: str, file: BinaryIO) -> None:
    """A document for Word or WPS; its numbers lead to the lists of the service at `address`."""
    word = Document()
    _set_faces(word)
    word.core_properties.title = paper.title
    word.core_properties.author = "Lanewise"
    word.core_properties.created = word.core_properties.modified = datetime.now(UTC)
    word.add_paragraph(paper.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    word.add_paragraph(paper.as_of).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in paper.parts:
        _add_part(word, part, paper, address.rstrip("/"))
    word.add_paragraph(paper.foot)
    word.save(file)


def _add_part(word: Word, part: Part, paper: Paper, base: str) -> None:
    word.add_paragraph(part.title, style="Heading 1")
    for sentence in part.sentences:
        added = word.add_paragraph(sentence)
        if paper.lang is Lang.ZH:
            added.paragraph_format.first_line_indent = Pt(2 * _SIZES["Normal"])
    table = word.add_table(rows=0, cols=2, style="Table Grid")
    for figure in part.figures:
        name, count = table.add_row().cells
        name.width, count.width = Cm(12), Cm(3)
        name.paragraphs[0].add_run(figure.name)
        count.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _add_link(count.paragraphs[0], figure, base + paper.address(figure))


def _add_link(paragraph: Paragraph, figure: Figure, url: str) -> None:
    """The number itself is the link; the library has no call for one."""
    link = OxmlElement("w:hyperlink")
    link.set(
        qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    )
    run = paragraph.add_run(str(figure.count))
    run.underline = True
    link.append(run._r)  # noqa: SLF001 - the one way to move a run into a link
    paragraph._p.append(link)  # noqa: SLF001


def _set_faces(word: Word) -> None:
    for name, size in _SIZES.items():
        style = word.styles[name]
        assert isinstance(style, ParagraphStyle)  # noqa: S101 - these three are in every template
        style.font.size, style.font.color.rgb = Pt(size), _INK
        style.font.name = _LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [each for each in fonts.attrib if "Theme" in each]:
            del fonts.attrib[attribute]
        fonts.set(qn("w:eastAsia"), _FACES[name])
