"""Signing in to a session: with a code that only the screen in the room shows."""

from __future__ import annotations

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app.phone.common import address, me, phone, room_of, show
from kb_app.room import Held, How, Person, is_fresh, is_valid, ticket
from kb_app.room.people import MOST_LETTERS
from kb_app.room.tickets import TICKET_SECONDS
from kb_app.translations import mark, say
from kb_app.visitor import language, running, visitor, writer

_FIELDS = ("who", "role", "lane")


@phone.get("/<code>/here")
def here(code: str) -> AnyResponse:
    """The form; whoever comes with a fresh code keeps a ticket for it."""
    room = room_of(code)
    typed = request.args.get("c", "")
    if not typed:
        return _form(room)
    if not _is_fresh(room, typed):
        return _form(room, _too_old())
    return _with_ticket(redirect(address("here", code=room.code)), room)


@phone.post("/<code>/here")
def sign(code: str) -> AnyResponse:
    """Note who is there; what was typed stays where it was if the code is too old."""
    room = room_of(code)
    said = Person(*(" ".join(_typed(name).split()) for name in _FIELDS))
    has_ticket = _has_ticket(room)
    if not has_ticket and not _is_fresh(room, _typed("code")):
        return _form(room, _too_old())
    if not (said.is_whole and said.fits):
        answer = _form(room, mark("Please fill in all three."))
        return answer if has_ticket else _with_ticket(answer, room)
    running().writes.take(writer())
    signer = running().kept.rooms.signer(room, visitor())
    running().kept.attendance.sign(room.id, [said], How.CODE, signer)
    title = say(language(), mark("You are signed in"))
    done = show(title, "here-done", room=room, said=said)
    return _with_ticket(done, room)


def _typed(name: str) -> str:
    return request.form.get(name, "")


def _too_old() -> str:
    return mark(
        "This code is too old. Look at the screen, type the code that stands there now, or ask the"
        " trainer to tick you."
    )


def _is_fresh(room: Held, typed: str) -> bool:
    """Whether a code is fresh; wrong ones are counted, so that nobody guesses."""
    running().wrong_codes.check(writer())
    book = running().kept.attendance
    fresh = is_fresh(room.secret, typed, book.now())
    if not fresh and typed:
        running().wrong_codes.take(writer())
    return fresh


def _cookie(room: Held) -> str:
    return f"here-{room.id}"


def _has_ticket(room: Held) -> bool:
    kept = request.cookies.get(_cookie(room), "")
    now = running().kept.attendance.now()
    return is_valid(room.secret, me(room), kept, now)


def _with_ticket(response: AnyResponse, room: Held) -> AnyResponse:
    made = ticket(room.secret, me(room), running().kept.attendance.now())
    response.set_cookie(
        _cookie(room),
        made,
        max_age=TICKET_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def _form(room: Held, refused: str = "") -> Response:
    return show(
        say(language(), mark("Sign in to this session")),
        "here",
        409 if refused else 200,
        room=room,
        refused=say(language(), refused) if refused else "",
        other="other" in request.args,
        needs_code=not _has_ticket(room),
        typed={name: _typed(name)[:MOST_LETTERS] for name in _FIELDS},
        most=MOST_LETTERS,
    )
