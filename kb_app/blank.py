"""The empty form for a question, which a phone keeps to be filled in without network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb_app.questions.clocks import CONTACT_DAYS
from kb_app.translations import mark, say
from search_index import Lang

MOST_TEXT = 2000
MOST_CONTACT = 100
TITLE = mark("Ask the office")
_TEMPLATES = Path(__file__).parent / "templates"


def form_values(lang: Lang) -> dict[str, Any]:
    """What the form says in a language whatever stands in it."""
    return {
        "most_text": MOST_TEXT,
        "most_contact": MOST_CONTACT,
        "contact_days": CONTACT_DAYS,
        "comma": "、" if lang is Lang.ZH else ", ",
    }


def blank_form(lang: Lang) -> tuple[str, str]:
    """Title and body of the page with the empty form.

    It has no token against forged forms, so it needs the script, which sends it by the API.

    >>> title, body = blank_form(Lang.EN)
    >>> title, '<textarea id="ask-text"' in body
    ('Ask the office', True)
    """
    loader = FileSystemLoader(_TEMPLATES)
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    body = templates.get_template("asking/form.html").render(
        _=lambda message, **named: say(lang, message, **named),
        lang=lang,
        csrf_token=str,
        draft={"text": "", "contact": "", "query": "", "key": ""},
        near={"similar": (), "answered": (), "emergency": None, "personal": ()},
        mistakes={"text": "", "contact": ""},
        refused="",
        sorts="",
        looked=False,
        title=say(lang, TITLE),
        **form_values(lang),
    )
    return say(lang, TITLE), body
