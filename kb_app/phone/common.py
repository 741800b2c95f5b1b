"""What all pages on phones share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

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
    body = render(f"phone/{template}.html", title=title, whole=not wants_part(), **values)
    if wants_part():
        return Response(body, status, mimetype="text/html")
    return page(title, body, status=status, part="room")


def address(view: str, **values: Any) -> str:
    """The address of a page on a phone, in the reader's language."""
    return url_for(f"phone.{view}", lang=language(), **values)
