"""A room by the four levels, and the action cards that were made in it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app.desk.common import address, desk, number, show, to
from kb_app.desk.levels import shown_at
from kb_app.phone.cards import handed, limits, wish_typed
from kb_app.phone.common import day_typed
from kb_app.plots import drawn, key
from kb_app.plots import rows as drawn_in_rows
from kb_app.questions.clocks import china_day
from kb_app.room import Level, RoomError
from kb_app.room.cards import LATEST_DAYS
from kb_app.room.evaluation import NAMES, OUTCOMES, item_sentence
from kb_app.translations import mark, say
from kb_app.visitor import language, running

_ROOM = "<int(max=999999999):room>"
_WEEK = timedelta(days=7)


@desk.get(f"/rooms/{_ROOM}/evaluation")
def evaluation(room: int) -> Response:
    """The four levels of a room, each with what is known and what is not."""
    return _page(room)


@desk.post(f"/rooms/{_ROOM}/before/<any(open, close):act>")
def before(room: int, act: str) -> AnyResponse:
    """Open the whole test before the session at once, or close it."""
    kept = running().kept
    try:
        if act == "open":
            kept.evaluations.open_before(room, seen=number("seen"))
        else:
            kept.rooms.close_ballots(room, seen=number("seen"))
    except RoomError as error:
        kept.rooms.get(room)  # there is no page for a room that does not exist
        return _page(room, error.said(language()))
    return to("evaluation", room=room)


def _page(room: int, refused: str = "") -> Response:
    lang, found = language(), running().kept.evaluations.of(room)
    levels = [
        (say(lang, NAMES[level]), found.level(level, lang), shown_at(level, found, lang))
        for level in Level
    ]
    return show(
        say(lang, mark("Evaluation: {title}"), title=found.held.plan.title(lang)),
        "evaluation",
        409 if refused else 200,
        room=found.held,
        found=found,
        levels=levels,
        day=china_day(found.held.opened_at),
        testing=any(name in found.held.plan.before for name in found.held.open_ballots),
        items=[
            (str(item.number), item_sentence(item, lang))
            for item in (found.learned.items if found.learned else ())
        ],
        draw={"drawn": drawn, "rows": drawn_in_rows},
        key=key,
        refused=refused,
    )


@desk.route(f"/rooms/{_ROOM}/cards", methods=["GET", "POST"])
def cards(room: int) -> AnyResponse:
    """All cards of a room by their day, and a form for one that was written on paper."""
    kept, refused = running().kept, ""
    held = kept.rooms.get(room)
    if request.method == "POST":
        try:
            return to("card_made", room=room, code=kept.cards.make(room, wish_typed()))
        except RoomError as error:
            refused = error.said(language())
    held_on = china_day(held.opened_at)
    return show(
        say(language(), mark("Action cards")),
        "cards",
        409 if refused else 200,
        cards=kept.cards.of_room(room),
        outcomes=OUTCOMES,
        wish=wish_typed(),
        due_on=day_typed("due_on") or held_on + _WEEK,
        first=held_on + timedelta(days=1),
        last=held_on + timedelta(days=LATEST_DAYS),
        back=address("evaluation", room=room),
        refused=refused,
        part="desk",
        **limits(),
    )


@desk.get(f"/rooms/{_ROOM}/cards/made")
def card_made(room: int) -> Response:
    """The code of a card that the trainer has entered, to be handed over."""
    code = request.args.get("code", "")
    found = running().kept.cards.card(code)
    title = say(language(), mark("The card has been kept"))
    return show(title, "card-made", back=address("cards", room=room), **handed(found, code))
