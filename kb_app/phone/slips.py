"""The slip at the end of a session, on a phone."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb_app.asking import count_writing
from kb_app.phone.common import phone, show, typed
from kb_app.room import Held, RoomError, Slip
from kb_app.room.slips import MOST_WORDS, ROWS
from kb_app.translations import mark, say
from kb_app.visitor import language, running, visitor


@phone.route("/<code>/slip", methods=["GET", "POST"])
def slip(code: str) -> AnyResponse:
    """Three taps and perhaps a line; what was refused is shown again, with the reason."""
    kept = running().kept
    room = kept.rooms.by_code(code)
    mine = kept.rooms.phone(room, visitor())
    if request.method == "GET":
        return _form(room, kept.slips.mine(room.id, mine))
    count_writing()
    filled = Slip(_grade("useful"), _grade("clear"), _grade("will_use"), typed("words"))
    try:
        kept.slips.fill_in(room.id, mine, filled)
    except RoomError as error:
        return _form(room, filled, error.said(language()))
    flash(say(language(), mark("Received. You may change it until the session is closed.")))
    return redirect(url_for("phone.slip", lang=language(), code=room.code), 303)


def _grade(name: str) -> int:
    said = typed(name)
    return int(said) if said in {"1", "2", "3", "4"} else 0


def _form(room: Held, filled: Slip | None, refused: str = "") -> Response:
    return show(
        say(language(), mark("How was the session?")),
        "slip",
        409 if refused else 200,
        room=room,
        rows=ROWS,
        filled=filled,
        refused=refused,
        most_words=MOST_WORDS,
    )
