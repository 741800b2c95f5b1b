"""A question from the room: it gets its number at once, like any other."""

from __future__ import annotations

import uuid

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb_app.asking import register_raised
from kb_app.blank import MOST_TEXT
from kb_app.personal import findings
from kb_app.phone.common import phone, room_of, show
from kb_app.room import Held
from kb_app.translations import listed, mark, say
from kb_app.visitor import language, running


@phone.get("/<code>/ask")
def ask(code: str) -> Response:
    """The form."""
    return _form(room_of(code))


@phone.post("/<code>/ask")
def send(code: str) -> AnyResponse:
    """Note the question down in the room, and give it its number."""
    room = room_of(code)
    words = request.form.get("text", "").replace("\r\n", "\n").strip()
    key = request.form.get("key", "")[:200] or str(uuid.uuid4())
    if not words:
        return _form(room, mark("Please say it in a few words."))
    if len(words) > MOST_TEXT:
        return _form(room, mark("Please use at most {most} characters."), words)
    if findings(words) and "anyway" not in request.form:
        return _form(room, "", words, sorts=findings(words))
    asking = running().kept.raised.note(room.id, words, language().value, key)
    receipt = register_raised(asking, words)
    return redirect(
        url_for("asker.received", lang=language(), number=receipt.number, code=receipt.code), 303
    )


def _form(
    room: Held, refused: str = "", text: str = "", *, sorts: tuple[str, ...] = ()
) -> Response:
    lang = language()
    return show(
        say(lang, mark("Ask a question")),
        "ask",
        400 if refused else 200,
        room=room,
        key=request.form.get("key") or uuid.uuid4(),
        refused=say(lang, refused, most=MOST_TEXT) if refused else "",
        text=text,
        sorts=listed(lang, sorts),
        most=MOST_TEXT,
    )
