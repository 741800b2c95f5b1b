"""The slides of a session for PowerPoint, WPS or LibreOffice, where every word can be edited."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide as Drawn
from pptx.text.text import TextFrame
from pptx.util import Inches, Length, Pt

from kb_app.session.archive import NO_TIME, write_archive
from kb_app.session.slides import Slide
from search_index import Lang

# What every office has: Latin letters and Chinese characters each have a face of their own.
_LATIN, _CHINESE = "Segoe UI", "微软雅黑"
_GROUND, _INK = RGBColor(0xFB, 0xF9, 0xF5), RGBColor(0x22, 0x26, 0x2B)
_RED, _QUIET = RGBColor(0xA3, 0x36, 0x2B), RGBColor(0x5C, 0x63, 0x6B)
_WIDE, _HIGH = Inches(13.333), Inches(7.5)
_LEFT, _ROOM = Inches(0.8), Inches(11.7)
_TITLE_SLIDE, _TITLE_AND_TEXT = 0, 1
# Longer texts and titles are set smaller, so that none runs out of its place.
_LONG = {Lang.ZH: 170, Lang.EN: 400}
_LONG_TITLE = {Lang.ZH: 40, Lang.EN: 70}


def write_pptx(shown: Iterable[Slide], title: str, lang: Lang, path: Path) -> Path:
    """Write the slides with their notes; the same slides give the same bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDE, _HIGH
    _prepare(deck)
    for number, slide in enumerate(shown, 1):
        _add(deck, slide, number, lang)
    properties = deck.core_properties
    properties.title, properties.author = title, "Lanewise"
    properties.created = properties.modified = datetime(*NO_TIME)  # noqa: DTZ001 - no moment
    made = BytesIO()
    deck.save(made)
    with zipfile.ZipFile(made) as found:  # its library writes the time of day into it
        first = "[Content_Types].xml"
        names = sorted(found.namelist(), key=lambda name: (name != first, name))
        return write_archive(((name, found.read(name)) for name in names), path)


def _prepare(deck: Deck) -> None:
    """Put the places for title and text where they are on a wide slide, once for all slides."""
    for layout in (deck.slide_layouts[_TITLE_SLIDE], deck.slide_layouts[_TITLE_AND_TEXT]):
        fill = layout.background.fill
        fill.solid()
        fill.fore_color.rgb = _GROUND
        first = layout is deck.slide_layouts[_TITLE_SLIDE]
        for shape in list(layout.placeholders):
            if shape.placeholder_format.idx == 0:
                _put(shape, Inches(2.3 if first else 0.95), Inches(1.5))
            elif shape.placeholder_format.idx == 1:
                _put(shape, Inches(4.0 if first else 2.5), Inches(2.2 if first else 4.4))
            else:
                shape.element.getparent().remove(shape.element)


def _put(shape: Shape, top: Length, height: Length) -> None:
    shape.left, shape.top, shape.width, shape.height = _LEFT, top, _ROOM, height


def _add(deck: Deck, slide: Slide, number: int, lang: Lang) -> None:
    first = slide.part == "title"
    layout = deck.slide_layouts[_TITLE_SLIDE if first else _TITLE_AND_TEXT]
    drawn = deck.slides.add_slide(layout)
    heading, text = drawn.shapes.title, drawn.placeholders[1]
    heading.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if first else MSO_ANCHOR.TOP
    large = 40 if first else 32 if len(slide.title) <= _LONG_TITLE[lang] else 26
    _fill(heading.text_frame, (slide.title,), large, _INK, lang, bold=True)
    lines = (*slide.body, *slide.options)
    size = 24 if sum(map(len, lines)) <= _LONG[lang] else 20
    if lines:
        _fill(text.text_frame, lines, size, _INK, lang)
    else:
        text.element.getparent().remove(text.element)
    if slide.label:
        _line(drawn, slide.label, Inches(0.45), _RED, lang)
    _line(drawn, str(number), Inches(6.95), _QUIET, lang)
    if slide.notes:
        frame = drawn.notes_slide.notes_text_frame
        if frame is not None:
            _fill(frame, (slide.notes,), 14, _INK, lang)


def _line(drawn: Drawn, words: str, top: Length, color: RGBColor, lang: Lang) -> None:
    """A small line of its own: the label above, the number below."""
    box = drawn.shapes.add_textbox(_LEFT, top, _ROOM, Inches(0.4))
    _fill(box.text_frame, (words,), 16, color, lang)


def _fill(  # noqa: PLR0913 - what a text looks like
    frame: TextFrame, lines: Iterable[str], size: int, color: RGBColor, lang: Lang, *,
    bold: bool = False,
) -> None:  # fmt: skip
    frame.word_wrap = True
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size / 2)
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - no call takes a bullet away
        properties.set("marL", "0")
        properties.set("indent", "0")
        properties.set("algn", "l")
        properties.insert_element_before(properties.makeelement(qn("a:buNone"), {}), "a:tabLst")
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, color
        run.font.name = _LATIN
        letters = run._r.get_or_add_rPr()  # noqa: SLF001 - the library knows Latin faces only
        letters.set("lang", "zh-CN" if lang is Lang.ZH else "en-GB")
        letters.append(letters.makeelement(qn("a:ea"), {"typeface": _CHINESE}))
