"""Voting from a phone: what is open now, and how it went."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app.phone.common import address, me, phone, room_of, show
from kb_app.room import Asked, BallotPlan, Bar, Chosen, Held, RoomError, UnknownRoomError, chart
from kb_app.session.slides import LETTERS
from kb_app.translations import mark, say
from kb_app.visitor import language, running, wants_part, writer


@dataclass(frozen=True, slots=True)
class BallotPaper:
    """A vote as one phone sees it; `chosen` is 0 as long as nothing is, `bars` come at its end."""

    ballot: BallotPlan
    asked: Asked
    chosen: int
    is_open: bool
    bars: tuple[Bar, ...] = ()


@phone.get("", strict_slashes=False)
def door() -> AnyResponse:
    """Where the code of a room is typed."""
    typed = "".join(request.args.get("code", "").split())
    if not typed:
        return _door()
    running().wrong_codes.check(writer())
    try:
        found = room_of(typed)
    except UnknownRoomError as error:
        running().wrong_codes.take(writer())
        return _door(typed[:12], error.said(language()))
    return redirect(address("room", code=found.code))


@phone.get("/<code>", strict_slashes=False)
def room(code: str) -> AnyResponse:
    """What is to be voted on now; whoever comes late sees the same."""
    return _room(room_of(code))


@phone.post("/<code>/vote")
def vote(code: str) -> AnyResponse:
    """Count a choice; the same phone's next one takes its place."""
    held = room_of(code)
    running().writes.take(writer())
    chosen = Chosen(_whole("choice", 2) or 0, _team(held), _whole("tap", 15))
    try:
        after = running().kept.rooms.vote(held.id, request.form.get("ballot", ""), me(held), chosen)
    except RoomError as error:
        return _room(room_of(code), error.said(language()))
    return _room(after) if wants_part() else redirect(address("room", code=code), 303)


@phone.post("/<code>/team")
def team(code: str) -> AnyResponse:
    """Remember on this phone which team it belongs to."""
    held = room_of(code)
    typed = request.form.get("team", "")
    chosen = typed if typed in {str(n) for n in range(1, held.teams + 1)} else ""
    response = redirect(address("room", code=code), 303)
    if chosen:
        response.set_cookie(_cookie(held), chosen, max_age=86400, httponly=True, samesite="Lax")
    return response


def _whole(name: str, digits: int) -> int | None:
    """A number that a form carries; None where it carries none, or one that is too long."""
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= digits else None


def _door(typed: str = "", refused: str = "") -> Response:
    title = say(language(), mark("Join the session"))
    return show(title, "door", 404 if refused else 200, typed=typed, refused=refused)


def _room(held: Held, refused: str = "") -> Response:
    return show(
        held.plan.cover(language()),
        "room",
        409 if refused else 200,
        room=held,
        papers=_papers(held),
        team=_team(held),
        needs_team=bool(held.teams) and _team(held) is None and held.closed_at is None,
        refused=refused,
        letters=LETTERS,
    )


def _papers(held: Held) -> list[BallotPaper]:
    """The votes that are open; where none is, the one that the screen shows the chart of."""
    mine = running().kept.rooms.my_votes(held.id, me(held))
    shown = list(held.open_ballots)
    if not shown and held.slide.name in held.closed_ballots:
        shown = [held.slide.name]
    found = (held.plan.ballot(name) for name in shown)
    return [
        _paper(held, each, mine[each.name].choice if each.name in mine else 0)
        for each in found
        if each is not None
    ]


def _paper(held: Held, ballot: BallotPlan, chosen: int) -> BallotPaper:
    asked = ballot.in_lang(language())
    if ballot.name in held.open_ballots:
        return BallotPaper(ballot, asked, chosen, is_open=True)
    count = running().kept.rooms.count(held, ballot.name)
    # What was really done is told by the screen first.
    told = asked if held.slide.part != "ask" else Asked(asked.stem, asked.options, ())
    bars = chart(ballot, count, language(), chosen=chosen)
    return BallotPaper(ballot, told, chosen, is_open=False, bars=bars)


def _cookie(held: Held) -> str:
    return f"team-{held.id}"


def _team(held: Held) -> int | None:
    typed = request.cookies.get(_cookie(held), "")
    known = {str(n): n for n in range(1, held.teams + 1)}
    return known.get(typed)
