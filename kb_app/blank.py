"""Pages of the service that a phone keeps: the empty form for a question, the week's questions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb_app.questions.clocks import CONTACT_DAYS
from kb_app.translations import mark, say
from search_index import Lang

MOST_TEXT = 2000
MOST_CONTACT = 100
TITLE = mark("Ask the office")
WEEKLY = mark("Five questions a week")
# As what a question is asked, and what is said of an answer; the page without scripts says it too.
RIGHT = mark("Right.")
WRONG = mark("Not this time. The right one is marked below.")
_SAID: Mapping[str, str] = {
    "new": mark("New"),
    "3d": mark("Again, a few days later"),
    "2w": mark("Again, two weeks later"),
    "5w": mark("Again, five weeks later"),
    "10w": mark("Again, ten weeks later"),
    "changed": mark("Asked again: the rule or the answer has changed"),
    "place": mark("Question {n} of {all}"),
    "right": RIGHT,
    "wrong": WRONG,
    "again": mark("It comes back in a few days."),
    "yours": mark("your answer"),
    "good": mark("the right one"),
    "read": mark("Read it: {title}"),
    "next": mark("Next question"),
    "end": mark("To the end"),
    "done": mark("Done for this week. The next ones come on {day}."),
    "back": mark("When they come back"),
    "from": mark("from {day}"),
    "rests": mark("remembered; it is not asked any more"),
    "nothing": mark("Nothing to ask this week. Look again on {day}."),
    "failed": mark(
        "The questions did not arrive. Open this page once with network; then it works without."
    ),
    "sure": mark("Delete everything that this phone keeps of your answers?"),
    "fresh": mark("Deleted. You start afresh."),
}
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
    body = _rendered(
        "asking/form.html",
        lang,
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


def blank_weekly(lang: Lang) -> tuple[str, str]:
    """Title and body of the page of the week's questions, which its script fills.

    >>> title, body = blank_weekly(Lang.EN)
    >>> title, "<form" in body
    ('Five questions a week', False)
    """
    title = say(lang, WEEKLY)
    return title, _rendered(
        "weekly/five.html", lang, title=title, items=(), script=script_words(lang)
    )


def script_words(lang: Lang) -> dict[str, str]:
    """What the script of the weekly page says, by its own names."""
    return {name: say(lang, message) for name, message in _SAID.items()}


def _rendered(template: str, lang: Lang, **values: Any) -> str:
    loader = FileSystemLoader(_TEMPLATES)
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return templates.get_template(template).render(
        _=lambda message, **named: say(lang, message, **named),
        lang=lang,
        csrf_token=str,
        **values,
    )
