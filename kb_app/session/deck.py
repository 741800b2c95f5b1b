"""Slides as one HTML file with notes and a presenter view.

The program is our own, about 80 lines: it needs no licence beside it, and does only what a room
needs. Without JavaScript the slides stand one below the other, with their notes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from importlib.resources import files

from kb_app.session.slides import Slide
from kb_app.session.words import word
from search_index import Lang


def deck(shown: Iterable[Slide], title: str, lang: Lang) -> str:
    """The file; it loads nothing, and its own policy lets it load nothing."""
    script = _asset("deck.js")
    body = "".join(_slide(each) for each in shown)
    return document(title, lang, body + _bar(lang), _asset("deck.css"), script)


def document(title: str, lang: Lang, body: str, style: str, script: str = "") -> str:
    """An HTML file that holds all it needs."""
    program = f"<script>{script}</script>" if script else ""
    allowed = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; {allowed}'
        f"style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body>{body}{program}</body></html>\n"
    )


def _asset(name: str) -> str:
    return files("kb_app.session").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _slide(slide: Slide) -> str:
    label = f'<p class="label">{escape(slide.label)}</p>' if slide.label else ""
    body = "".join(f"<p>{escape(text)}</p>" for text in slide.body)
    options = "".join(f"<li>{escape(text)}</li>" for text in slide.options)
    listed = f"<ul>{options}</ul>" if options else ""
    notes = f'<div class="notes">{escape(slide.notes)}</div>' if slide.notes else ""
    inside = f"{label}<h2>{escape(slide.title)}</h2>{body}{listed}{notes}"
    return f'<section class="slide {slide.part}">{inside}</section>\n'


def _bar(lang: Lang) -> str:
    following, end = word(lang, "upcoming"), word(lang, "end")
    buttons = (("open", "presenter"), ("back", "back"), ("next", "next"))
    made = "".join(
        f'<button type="button" class="{name}">{word(lang, key)}</button>' for name, key in buttons
    )
    return (
        f'<div class="bar"><span class="upcoming" data-next="{following}" data-end="{end}"></span>'
        f'<span class="clock"></span><span class="count"></span>{made}</div>'
    )
