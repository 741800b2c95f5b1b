"""The end of a session: its questions get their numbers, its record is written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app.asking import register_raised
from kb_app.blank import MOST_TEXT
from kb_app.desk.common import MOST_WORDS, desk, said, show, tell, to
from kb_app.door import account
from kb_app.plots import rows as drawn_in_rows
from kb_app.recorded import NOTES, recorded
from kb_app.room import Note, Record, RoomError
from kb_app.translations import mark, say
from kb_app.visitor import language, running


@desk.get("/rooms/<int(max=999999999):room>/questions")
def raised(room: int) -> Response:
    """The questions raised in a room, those without a number first."""
    return _raised(room)


@desk.post("/rooms/<int(max=999999999):room>/questions")
def note_question(room: int) -> AnyResponse:
    """Note down what somebody asks, to be registered when there is time for it."""
    words = said("text", MOST_TEXT)
    if not words.strip():
        return _raised(room, say(language(), mark("Please say it in a few words.")))
    running().kept.raised.note(room, words, language().value, said("key") or str(uuid.uuid4()))
    return to("raised", room=room)


@desk.post("/rooms/<int(max=999999999):room>/questions/<int(max=999999999):at>")
def register(room: int, at: int) -> AnyResponse:
    """Give a question its number, in the words that the trainer has looked at once more."""
    asking = running().kept.raised.get(room, at)
    words = said("text", MOST_TEXT)
    if asking.number is None:
        if not words.strip():
            return _raised(room, say(language(), mark("Please say it in a few words.")))
        receipt = register_raised(asking, words)
        tell(
            mark("Question {number}, check code {code}: hand both to whoever asked."),
            number=receipt.number,
            code=receipt.code,
        )
    return to("raised", room=room)


@desk.get("/rooms/<int(max=999999999):room>/record")
def record(room: int) -> Response:
    """What there is of a session; before it is closed, with the form that closes it."""
    return _record(running().kept.records.record(room))


@desk.post("/rooms/<int(max=999999999):room>/record")
def write_record(room: int) -> AnyResponse:
    """Keep the trainer's notes, or close the session with them."""
    records = running().kept.records
    notes = {each: said(each.value, MOST_WORDS) for each in Note}
    try:
        if said("act") == "close":
            records.close(room, notes, actor=account().id)
            tell(mark("Closed. The month counts this session."))
        else:
            records.note(room, notes)
            tell(mark("The notes are kept."))
    except RoomError as error:
        found = records.record(room)
        return _record(found, notes, error.said(language()))
    return to("record", room=room)


def _raised(room: int, refused: str = "") -> Response:
    kept = running().kept
    held = kept.records.record(room)
    return show(
        say(language(), mark("Questions raised")),
        "raised",
        409 if refused else 200,
        room=held,
        askings=sorted(kept.raised.of(room), key=lambda each: each.number is not None),
        key=uuid.uuid4(),
        refused=refused,
        typed=request.form.get("text", "") if refused else "",
        most=MOST_TEXT,
    )


def _record(found: Record, typed: Mapping[Note, str] | None = None, refused: str = "") -> Response:
    made = recorded(found, language())
    return show(
        made.title,
        "record",
        409 if refused else 200,
        made=made,
        room=found,
        draw=drawn_in_rows,
        fields=[(note, name, (typed or found.notes).get(note, "")) for note, name in NOTES.items()],
        most=MOST_WORDS,
        refused=refused,
    )
