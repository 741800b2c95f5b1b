"""What all pages on phones share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, get_flashed_messages, request, url_for

from kb_app import parameters
from kb_app.room import Held
from kb_app.views import page, render
from kb_app.visitor import language, running, visitor, wants_part

phone = Blueprint("phone", __name__, url_prefix="/<any(zh, en):lang>/room")
phone.before_request(parameters.check_encoding)


@phone.url_value_preprocessor
def _take_language(_: str | None, values: dict[str, Any] | None) -> None:
    """The language is read from the address wherever it is needed."""
    if values is not None:
        values.pop("lang", None)


@phone.after_request
def _keep_nothing(response: Response) -> Response:
    """A phone may be somebody else's tomorrow."""
    response.headers["Cache-Control"] = "no-store"
    return response


def room_of(code: str) -> Held:
    """The room with a code. Raises UnknownRoomError."""
    return running().kept.rooms.by_code(code)


def me(room: Held) -> str:
    """The print of this phone in a room; a phone without a name gets one."""
    return running().kept.rooms.phone(room, visitor())


def show(title: str, template: str, status: int = 200, **values: Any) -> Response:
    """A page on a phone; `title` is shown as it is."""
    values |= {"whole": not wants_part(), "messages": get_flashed_messages()}
    body = render(f"phone/{template}.html", title=title, **values)
    if wants_part():
        return Response(body, status, mimetype="text/html")
    response = page(title, body, status=status, part="room")
    response.headers["Cache-Control"] = "no-store"
    return response


def address(view: str, **values: Any) -> str:
    """The address of a page on a phone, in the reader's language."""
    return url_for(f"phone.{view}", lang=language(), **values)


def typed(name: str) -> str:
    """What was typed into a field, as one line; empty if nothing was."""
    return " ".join(request.form.get(name, "").split())


def day_typed(name: str) -> date | None:
    """The day that was chosen; None for anything else."""
    try:
        return date.fromisoformat(typed(name))
    except ValueError:
        return None
