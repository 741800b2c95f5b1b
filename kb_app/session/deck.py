"""Slides as one HTML file with notes and a presenter view.

The slides are turned, scaled and printed by reveal.js 6.0.2 (MIT), which lies unchanged in
`reveal`; the window of the notes is our own, for theirs speaks English only and needs a looser
policy. Without JavaScript the slides stand one below the other, with their notes.
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

# A slide with more characters than these is set smaller, so that it stays within its frame.
_LONG = {Lang.ZH: 150, Lang.EN: 280}


def deck(shown: Iterable[Slide], title: str, lang: Lang) -> str:
    """The file; it loads nothing, and its own policy lets it load nothing."""
    script = _asset("reveal/reveal.js") + _asset("deck.js")
    style = _asset("reveal/reveal.css") + _asset("deck.css")
    made = "".join(_slide(each, lang) for each in shown)
    body = f'<div id="deck"><div class="slides">\n{made}</div></div>'
    return document(title, lang, body + _bar(lang), style, script)


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


def _slide(slide: Slide, lang: Lang) -> str:
    label = f'<p class="label">{escape(slide.label)}</p>' if slide.label else ""
    body = "".join(f"<p>{escape(text)}</p>" for text in slide.body)
    options = "".join(f"<li>{escape(text)}</li>" for text in slide.options)
    listed = f"<ul>{options}</ul>" if options else ""
    notes = f'<aside class="notes">{escape(slide.notes)}</aside>' if slide.notes else ""
    inside = f"{label}<h2>{escape(slide.title)}</h2>{body}{listed}{notes}"
    words = sum(map(len, (slide.title, *slide.body, *slide.options)))
    size = " long" if words > _LONG[lang] else ""
    return f'<section class="{slide.part}{size}">{inside}</section>\n'


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
