"""What all pages of the desk share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, flash, get_flashed_messages, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb_app import parameters
from kb_app.accounts import Role
from kb_app.door import signed_in
from kb_app.drafts import Stage
from kb_app.people_pages import pages_for_people
from kb_app.questions.clocks import CHINA
from kb_app.questions.life import NAMES
from kb_app.translations import mark, say
from kb_app.views import page, render
from kb_app.visitor import BadRequestError, language, running
from search_index import Lang

MOST_LINE = 300
MOST_WORDS = 4000
MOST_PAGE = 200_000
MOST_BODY = 1_000_000
_PAGE = re.compile(r"(?:.*/)?([a-z0-9]+(?:-[a-z0-9]+)*)/?(?:#.*)?", re.DOTALL)

ROLES: Mapping[str, str] = {
    Role.TRAINER: mark("trainer"),
    Role.EDITOR: mark("editor"),
    Role.ADMINISTRATOR: mark("administrator"),
}
STAGES: Mapping[str, str] = {
    Stage.WRITING: mark("being written"),
    Stage.READY: mark("waits for a second look"),
    Stage.RETURNED: mark("given back"),
    Stage.PUBLISHED: mark("published"),
}

desk = pages_for_people("desk", __name__, "/desk")


def show(
    title: str, template: str, status: int = 200, *, part: str = "desk", **values: Any
) -> Response:
    """A page of the desk; `title` is shown as it is, and `part` names the style and program."""
    body = render(
        f"desk/{template}.html",
        title=title,
        me=signed_in(),
        account_roles=ROLES,
        state_names=NAMES,
        building=running().publisher.state(),
        messages=get_flashed_messages(),
        clock=_clock,
        stages=STAGES,
        **values,
    )
    return page(title, body, status=status, part=part)


def tell(message: str, **values: object) -> None:
    """Say something on the next page."""
    flash(say(language(), message, **values))


def to(view: str, **values: Any) -> AnyResponse:
    """On to another page of the desk, which is then asked for by itself."""
    return redirect(address(view, **values), 303)


def address(view: str, **values: Any) -> str:
    """The address of a page of the desk, in the reader's language."""
    return url_for(f"desk.{view}", lang=language(), **values)


def said(name: str, most: int = MOST_LINE) -> str:
    """What was typed into a field, its lines ended as everywhere; empty if nothing was."""
    sent = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
    words = parameters.text({name: sent}, name, most=MOST_BODY) or ""
    if len(words) > most:
        raise BadRequestError(
            mark("`{name}` is too long: at most {most} characters."), name=name, most=most
        )
    return words


def number(name: str) -> int:
    """A number that a form carries; 0 where there is none."""
    found = request.form.get(name, "").strip()
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 0  # noqa: PLR2004


def page_id(words: str) -> str:
    """The id of a page, from itself or from the address of the page.

    >>> page_id("/zh/cases/shed-first/#result"), page_id(" shed-first "), page_id("?")
    ('shed-first', 'shed-first', '?')
    """
    found = _PAGE.fullmatch(words.strip())
    return found[1] if found else words.strip()


def account_names() -> dict[int, str]:
    """The name of every account by its id."""
    return {each.id: each.name for each in running().kept.accounts.list()}


def _clock(moment: datetime) -> str:
    """Day and time in China, where everybody is."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def comma(lang: Lang) -> str:
    """What stands between the items of a row."""
    return "、" if lang is Lang.ZH else ", "
