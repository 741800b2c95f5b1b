"""The test before the session, on a phone: all its questions as one form, which tells nothing."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb_app.asking import count_writing
from kb_app.phone.common import phone, show, typed
from kb_app.room import BallotClosedError, Chosen, Held
from kb_app.translations import mark, say
from kb_app.visitor import language, running, visitor


@phone.route("/<code>/before", methods=["GET", "POST"])
def before(code: str) -> AnyResponse:
    """Answer what one can; what was answered may be changed until the test is closed."""
    rooms = running().kept.rooms
    room = rooms.by_code(code)
    mine = rooms.phone(room, visitor())
    if request.method == "GET":
        return _form(room, mine)
    count_writing()
    chosen = {name: int(typed(name)) for name in room.plan.before if _is_choice(typed(name))}
    try:
        for name, choice in chosen.items():
            rooms.vote(room.id, name, mine, Chosen(choice))
    except BallotClosedError as error:
        return _form(room, mine, error.said(language()))
    flash(say(language(), mark("Received. You may change it until the test is closed.")))
    return redirect(url_for("phone.before", lang=language(), code=room.code), 303)


def _is_choice(said: str) -> bool:
    return len(said) == 1 and said.isascii() and said.isdigit()


def _form(room: Held, mine: str, refused: str = "") -> Response:
    lang, open_now = language(), [n for n in room.plan.before if n in room.open_ballots]
    asked = {name: found.in_lang(lang) for name in open_now if (found := room.plan.ballot(name))}
    votes = running().kept.rooms.my_votes(room.id, mine)
    return show(
        say(lang, mark("Before the session")),
        "before",
        409 if refused else 200,
        room=room,
        asked=asked,
        mine={name: vote.choice for name, vote in votes.items()},
        refused=refused,
    )
