"""Action cards on a phone: made in the room, found again by their code and looked back at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb_app.asking import count_writing
from kb_app.asking_pages import full_day, picture_of
from kb_app.people_pages import pages_for_people
from kb_app.phone.common import day_typed, phone, show, typed
from kb_app.questions.clocks import china_day
from kb_app.room import Card, Look, Outcome, RoomError, UnknownCardError, Wish
from kb_app.room.cards import CODE_LENGTH, KEPT_DAYS, LATEST_DAYS, MOST_LANE, MOST_LINE, spelled
from kb_app.room.evaluation import OUTCOMES
from kb_app.translations import mark, say
from kb_app.visitor import language, running, visitor, writer

_WEEK = timedelta(days=7)

# The code stands behind the question mark, for what stands there is never written to a log.
card = pages_for_people("card", __name__, "/card")


@phone.route("/<code>/card", methods=["GET", "POST"], endpoint="card")
def make(code: str) -> AnyResponse:
    """Write a card; what was refused is shown again, with the reason."""
    room = running().kept.rooms.by_code(code)
    refused = ""
    if request.method == "POST":
        count_writing()
        try:
            given = running().kept.cards.make(room.id, wish_typed())
            return redirect(url_for("card.kept", lang=language(), code=given), 303)
        except RoomError as error:
            refused = error.said(language())
    held_on = china_day(room.opened_at)
    return show(
        say(language(), mark("My action card")),
        "card-form",
        409 if refused else 200,
        room=room,
        refused=refused,
        wish=wish_typed(),
        first=held_on + timedelta(days=1),
        last=held_on + timedelta(days=LATEST_DAYS),
        due_on=day_typed("due_on") or held_on + _WEEK,
        **limits(),
    )


@card.get("", strict_slashes=False, endpoint="show")
def show_card() -> AnyResponse:
    """A card, for whoever has its code."""
    return _page("") if request.args.get("code", "").strip() else _door()


@card.get("/kept")
def kept() -> AnyResponse:
    """The code and its link, to be kept, after a card was made."""
    code = request.args.get("code", "")
    try:
        found = _let_in(code)
    except UnknownCardError as error:
        return _door(error.said(language()))
    title = say(language(), mark("Keep the code of your card"))
    return show(title, "card-kept", **handed(found, code))


@card.post("/look")
def look_back() -> AnyResponse:
    """Say what has become of it; what was refused is shown again, with the reason."""
    said = typed("outcome")
    if said not in set(Outcome):
        return _page(say(language(), mark("Please tap what has become of it.")))
    look = Look(Outcome(said), typed("note"), day_typed("new_day"))
    return _keep(lambda code: running().kept.cards.look_back(code, look))


@card.post("/change")
def change() -> AnyResponse:
    """Write the card anew; what was refused is shown again, with the reason."""
    return _keep(lambda code: running().kept.cards.change(code, wish_typed()))


def wish_typed() -> Wish:
    """The card as it stands in the form; a day that is none lies before every session."""
    return Wish(typed("lane"), typed("step"), day_typed("due_on") or date.min, typed("measure"))


def handed(found: Card, code: str) -> dict[str, Any]:
    """What is shown of a code when it is given out."""
    link = url_for("card.show", lang=language(), code=spelled(code))
    written = [spelled(code)[at : at + 4] for at in range(0, CODE_LENGTH, 4)]
    return {
        "found": found,
        "day": full_day,
        "link": link,
        "written": "-".join(written),
        "picture": picture_of(link),
        "kept_days": KEPT_DAYS,
    }


def limits() -> dict[str, int]:
    """How much fits on a card."""
    return {"most_lane": MOST_LANE, "most_line": MOST_LINE}


def _code() -> str:
    return request.form.get("code", "") or request.args.get("code", "")


def _let_in(code: str) -> Card:
    """The card of a code; whoever guesses is soon told to wait."""
    running().wrong_codes.check(writer())
    visitor()
    try:
        return running().kept.cards.card(code)
    except UnknownCardError:
        running().wrong_codes.take(writer())
        raise


def _keep(step: Callable[[str], Card]) -> AnyResponse:
    code = _code()
    try:
        _let_in(code)
    except UnknownCardError as error:
        return _door(error.said(language()))
    count_writing()
    try:
        step(code)
    except RoomError as error:
        return _page(error.said(language()))
    flash(say(language(), mark("Kept. Thank you.")))
    return redirect(url_for("card.show", lang=language(), code=spelled(code)), 303)


def _door(refused: str = "") -> Response:
    title = say(language(), mark("Open my action card"))
    return show(title, "card-door", 404 if refused else 200, refused=refused)


def _page(refused: str = "") -> Response:
    code = _code()
    try:
        found = _let_in(code)
    except UnknownCardError as error:
        return _door(error.said(language()))
    today = running().kept.cards.today
    return show(
        say(language(), mark("My action card")),
        "card",
        409 if refused else 200,
        found=found,
        code=spelled(code),
        due=found.wish.due_on <= today or found.looked_at is not None,
        tomorrow=today + timedelta(days=1),
        outcomes=OUTCOMES,
        refused=refused,
        typed=typed,
        day=full_day,
        **limits(),
    )
