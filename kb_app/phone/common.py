"""What all pages on phones share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, get_flashed_messages, request, url_for

from kb_app.people_pages import pages_for_people
from kb_app.room import Held
from kb_app.views import page_or_middle, render
from kb_app.visitor import language, running, visitor, wants_part

phone = pages_for_people("phone", __name__, "/room")


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
    return page_or_middle(title, body, status)


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
