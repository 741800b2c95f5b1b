"""Training rooms: opened with one click, led from the trainer's page, shown on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb_app import service
from kb_app.asking_pages import code_picture
from kb_app.desk.common import address, desk, number, said, show, to
from kb_app.door import account, signed_in
from kb_app.room import MOST_TEAMS, BallotPlan, Bar, Held, RoomError, chart, plan_of
from kb_app.translations import mark, say
from kb_app.views import page_or_middle, render
from kb_app.visitor import generation, language, running, wants_part
from search_index import Kind, Lang

ROOMS = 50


@desk.get("/rooms")
def rooms() -> Response:
    """The rooms, those that are open first."""
    found = running().kept.rooms.latest(ROOMS)
    listed = sorted(found, key=lambda room: room.closed_at is not None)
    return show(say(language(), mark("Training rooms")), "rooms", rooms=listed)


@desk.get("/rooms/new")
def choose() -> Response:
    """What a room can be opened for: sessions, and cases with decision points."""
    wanted = request.args.get("page", "")
    lang = language()
    return show(
        say(lang, mark("Open a room")),
        "room-new",
        wanted=wanted,
        choices=[each for each in _choices(lang) if not wanted or each[0] == wanted],
        most=MOST_TEAMS,
    )


@desk.post("/rooms")
def open_room() -> AnyResponse:
    """Open a room and lead to its page."""
    slug = said("page")
    plan = plan_of(service.check(running().settings).library, slug)
    lang = Lang(said("screen")) if said("screen") in set(Lang) else language()
    held = running().kept.rooms.open(
        slug, plan, lang, actor=account().id, teams=min(number("teams"), MOST_TEAMS)
    )
    return to("room", room=held.id)


@desk.get("/rooms/<int(max=999999999):room>")
def room(room: int) -> AnyResponse:
    """The trainer's page: what is shown, what comes next, what to say, and one large button."""
    held = running().kept.rooms.get(room)
    if held.closed_at is not None:
        return to("record", room=room)
    return _control(held)


@desk.get("/rooms/<int(max=999999999):room>/screen")
def screen(room: int) -> AnyResponse:
    """What the projector shows, in the language of the room."""
    held = running().kept.rooms.get(room)
    if language() is not held.lang:
        return redirect(url_for("desk.screen", lang=held.lang, room=room))
    return _screen(held)


@desk.post("/rooms/<int(max=999999999):room>/move")
def move_room(room: int) -> AnyResponse:
    """Go on, go back, or to a slide; where the room has moved already, it is shown as it is."""
    kept, seen = running().kept.rooms, number("seen")
    try:
        match said("act"):
            case "next":
                kept.next(room, seen=seen)
            case "back":
                kept.go(room, kept.get(room).place - 1, seen=seen)
            case _:
                kept.go(room, number("place"), seen=seen)
    except RoomError:
        if not wants_part():
            raise
    on_screen = "on_screen" in request.form
    if wants_part():
        held = kept.get(room)
        return _screen(held) if on_screen else _control(held)
    return to("screen" if on_screen else "room", room=room)


def join_address(room: Held) -> str:
    """What people type to come in."""
    root = running().settings.site_url or request.url_root
    return f"{root.rstrip('/')}/r/{room.code}"


def _choices(lang: Lang) -> Iterator[tuple[str, str, str, int]]:
    """Id, title, kind and number of decision points."""
    listed = generation().answers.listed()
    for each in listed:
        if each.lang is lang and each.kind is Kind.SESSION:
            yield each.id, each.title, each.kind, 0
    points = generation().catalogue.cases
    for slug, case in points.items():
        if case.decision_points:
            yield slug, case.title(lang), Kind.CASE, case.decision_points


def _control(held: Held) -> Response:
    title = held.plan.title(language())
    return _shown(held, "room", title, next_slide=_next(held))


def _screen(held: Held) -> Response:
    return _shown(held, "room-screen", held.plan.cover(held.lang))


def _bars(held: Held, here: BallotPlan) -> tuple[Bar, ...]:
    """The chart of the vote on the screen; empty while it is open."""
    if here.name not in held.closed_ballots:
        return ()
    return chart(here, running().kept.rooms.count(held, here.name), held.lang)


def _next(held: Held) -> str:
    after = held.place + 1
    return held.slides[after].title if after < len(held.slides) else ""


def _shown(held: Held, template: str, title: str, **values: object) -> Response:
    here = held.here
    joining = join_address(held)
    body = render(
        f"desk/{template}.html",
        title=title,
        me=signed_in(),
        messages=(),
        room=held,
        slide=held.slide,
        here=here,
        is_open=here is not None and here.name in held.open_ballots,
        bars=_bars(held, here) if here else (),
        votes=running().kept.rooms.voted(held.id, here.name) if here else 0,
        join=joining,
        short=urlsplit(joining).netloc + urlsplit(joining).path,
        picture=code_picture(joining),
        move=address("move_room", room=held.id),
        **values,
    )
    return page_or_middle(title, body)
