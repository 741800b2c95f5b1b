"""The page of the week's five questions: for a script that asks them, and as a form without it."""

from __future__ import annotations

import uuid
from datetime import date

from babel.dates import format_date
from flask import Response, request

from kb_app.asking import count_writing
from kb_app.blank import WEEKLY, script_words
from kb_app.people_pages import pages_for_people
from kb_app.periods import Period, week_of
from kb_app.questions.clocks import china_day
from kb_app.translations import mark, say
from kb_app.views import page, render
from kb_app.visitor import generation, language, running
from kb_app.weekly import A_WEEK, After, Item, KeptChoice, chosen
from search_index import Lang

weekly = pages_for_people("weekly", __name__, "")


@weekly.get("/weekly", strict_slashes=False)
def five() -> Response:
    """The week's five; those of a phone that keeps its answers are chosen there."""
    return _form(str(uuid.uuid4()))


@weekly.post("/weekly", strict_slashes=False)
def send() -> Response:
    """What was right, and why, for the items of the form; what was chosen is counted."""
    key = request.form.get("key", "")[:100] or str(uuid.uuid4())
    found = [(item, _choice(item)) for item in _sent()]
    if not any(choice for _, choice in found):
        return _form(key, say(language(), mark("Please choose at least one answer.")), status=400)
    count_writing()
    kept = running().kept
    for item, choice in found:
        if choice:
            said = KeptChoice(item.id, choice, After.NEW)
            kept.totals.take(said, f"{key} {item.id}", _today())
    body = render(
        "weekly/answers.html",
        title=say(language(), WEEKLY),
        chosen=found,
        monday=_week().end,
        day=_day,
    )
    return page(say(language(), WEEKLY), body, part="weekly")


def _form(key: str, refused: str = "", status: int = 200) -> Response:
    title = say(language(), WEEKLY)
    items = generation().banks[language()].items.values()
    body = render(
        "weekly/five.html",
        title=title,
        items=chosen(items, {}, _today(), _week().start),
        script=script_words(language()),
        key=key,
        refused=refused,
    )
    return page(title, body, status, part="weekly")


def _sent() -> list[Item]:
    """The items that a form asks, as far as they are still there."""
    known = generation().banks[language()].items
    asked = dict.fromkeys(request.form.getlist("item")[:A_WEEK])
    return [known[each] for each in asked if each in known]


def _choice(item: Item) -> int:
    """The option that was chosen of an item, from 1; 0 where none was."""
    choices = {str(number): number for number in range(1, len(item.options) + 1)}
    return choices.get(request.form.get(item.id, ""), 0)


def _today() -> date:
    return china_day(running().kept.questions.now())


def _week() -> Period:
    return week_of(_today())


def _day(day: date) -> str:
    """A day as people say it."""
    return format_date(day, "full", locale="zh_CN" if language() is Lang.ZH else "en_GB")
