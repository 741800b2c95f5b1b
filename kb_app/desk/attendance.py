"""Who is there: the screen by the door, the list, the roster, and who has heard which guide."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from kb_app.asking_pages import code_picture
from kb_app.desk.common import desk, number, said, show, tell, to
from kb_app.desk.rooms import join_address
from kb_app.door import account
from kb_app.room import (
    Heard,
    Held,
    How,
    PeopleError,
    Person,
    RoomError,
    code_at,
    read_people,
    seconds_left,
)
from kb_app.room.people import MOST_LETTERS
from kb_app.translations import mark, say
from kb_app.views import page_or_middle, render
from kb_app.visitor import BadRequestError, generation, language, running

MOST_FILE = 1_000_000
HOWS = {
    How.CODE: mark("by code"),
    How.HAND: mark("ticked by hand"),
    How.PAPER: mark("signed on paper"),
}
_ROOM = "/rooms/<int(max=999999999):room>"


@desk.get(f"{_ROOM}/door")
def door(room: int) -> Response:
    """The screen by the door: a code that changes, as a picture and to be typed."""
    held = running().kept.rooms.get(room)
    now = running().kept.attendance.now()
    code = code_at(held.secret, now)
    joining = f"{join_address(held)}/here"
    body = render(
        "desk/room-door.html",
        room=held,
        code=code,
        picture=code_picture(f"{joining}?c={code}"),
        short=urlsplit(joining).netloc + urlsplit(joining).path,
        next_in=math.ceil(seconds_left(now) * 1000) + 50,
        present=len(running().kept.attendance.present(room)),
    )
    title = say(language(), mark("Sign in to this session"))
    return page_or_middle(title, body)


@desk.get(f"{_ROOM}/attendance")
def attendance(room: int) -> Response:
    """Who is there, in the order of coming."""
    return _list(running().kept.rooms.get(room))


@desk.post(f"{_ROOM}/attendance")
def tick(room: int) -> AnyResponse:
    """Tick somebody by hand, take in a paper list, take away a wrong entry, forget the names."""
    book, held = running().kept.attendance, running().kept.rooms.get(room)
    try:
        match said("act"):
            case "tick":
                person = Person(*(" ".join(said(n, MOST_LETTERS).split()) for n in _FIELDS))
                if not person.is_whole:
                    return _list(held, say(language(), mark("Please fill in all three.")))
                book.sign(room, [person], How.HAND)
            case "paper":
                new = book.sign(room, read_people(_file()), How.PAPER)
                tell(mark("Taken in from paper: {count}."), count=new)
            case "remove":
                book.remove(room, number("entry"), actor=account().id)
            case "forget":
                book.forget(room, actor=account().id)
                tell(mark("The names are gone; how many there were is kept."))
            case _:
                raise BadRequestError(mark("Say what is to be done."))
    except PeopleError as error:
        return _list(held, lines=error.lines(language()))
    except RoomError as error:
        return _list(held, error.said(language()))
    return to("attendance", room=room)


@dataclass(frozen=True, slots=True)
class Reading:
    """A guide as it can be read now; `ended_at` is when `read` was read to its end here."""

    id: str
    title: str
    url: str
    version: str
    planned: str | None
    read: str = ""
    ended_at: datetime | None = None


@desk.get(f"{_ROOM}/reading")
def reading(room: int) -> Response:
    """The guides of this session that are read aloud, which were read, and the other guides."""
    held = running().kept.rooms.get(room)
    readings = _readings(held)
    return show(
        say(language(), mark("Reading aloud")),
        "reading",
        room=held,
        guides=[each for each in readings if each.planned is not None or each.ended_at],
        others=[each for each in readings if each.planned is None and not each.ended_at],
        present=len(running().kept.attendance.present(room)),
    )


@desk.post(f"{_ROOM}/reading")
def read(room: int) -> AnyResponse:
    """A guide was read to its end, in the version that the page named when it was opened."""
    held = running().kept.rooms.get(room)
    guide = next((each for each in _readings(held) if each.id == said("guide")), None)
    if guide is None:
        tell(mark("There is no such guide to read aloud; nothing was noted."))
    elif said("version") not in {guide.version, guide.planned}:
        tell(
            mark(
                "This guide is version {version} by now; nothing was noted. If that is what you"
                " read, note it now."
            ),
            version=guide.version,
        )
    else:
        running().kept.attendance.read(room, guide.id, said("version"))
        tell(mark("Noted. Whoever has signed in by now has heard version {version}."),
             version=said("version"))  # fmt: skip
    return to("reading", room=room)


@desk.get("/heard")
def heard() -> Response:
    """For every version of a guide: who of the roster has not heard it."""
    return _heard()


@desk.post("/heard")
def load_roster() -> AnyResponse:
    """Take a roster in place of the one before, or delete it."""
    book = running().kept.attendance
    if said("act") == "delete":
        book.load_roster([], actor=account().id)
        tell(mark("The roster is deleted."))
        return to("heard")
    try:
        count = book.load_roster(read_people(_file()), actor=account().id)
    except PeopleError as error:
        return _heard(error.lines(language()))
    tell(mark("People on the roster: {count}."), count=count)
    return to("heard")


@desk.get("/heard.csv")
def heard_file() -> AnyResponse:
    """Who has not heard a guide, as a file; `?guide=` asks for one of them only."""
    file = io.StringIO()
    out = csv.writer(file)
    lang, wanted = language(), request.args.get("guide", "")
    heads = (mark("Guide"), mark("Version"), mark("Staff code"), mark("Role"), mark("Lane"))
    out.writerow([say(lang, head) for head in heads])
    for each in _versions():
        if wanted in {"", each.guide}:
            for person in each.missing:
                cells = (_guide(each.guide)[0], each.version, person.who, person.role, person.lane)
                out.writerow([_safe(cell) for cell in cells])
    data = io.BytesIO(file.getvalue().encode("utf-8-sig"))
    return send_file(data, "text/csv", as_attachment=True, download_name="not-heard.csv")


_FIELDS = ("who", "role", "lane")


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _file() -> bytes:
    sent = request.files.get("file")
    return sent.read(MOST_FILE) if sent else b""


def _readings(held: Held) -> list[Reading]:
    """Every guide that can be read, those of the session first.

    The version is that of the page that people see, which may be newer than the plan.
    """
    lang = language()
    known = generation().catalogue.guides
    planned = {each.id: each.version for each in held.plan.guides}
    done = {each.guide: each for each in running().kept.records.record(held.id).readings}
    return [
        Reading(
            slug,
            known[slug].title(lang),
            known[slug].url(lang),
            known[slug].version,
            planned.get(slug),
            done[slug].version if slug in done else "",
            done[slug].ended_at if slug in done else None,
        )
        for slug in dict.fromkeys((*planned, *known))
        if slug in known
    ]


def _versions() -> tuple[Heard, ...]:
    guides = generation().catalogue.guides
    return running().kept.attendance.heard({slug: g.version for slug, g in guides.items()})


def _guide(slug: str) -> tuple[str, str]:
    found = generation().answers.page(slug, lang=language())
    return (found.text, found.url) if found else (slug, "")


def _list(held: Held, refused: str = "", lines: tuple[str, ...] = ()) -> Response:
    kept = running().kept
    return show(
        say(language(), mark("Attendance")),
        "attendance",
        409 if refused or lines else 200,
        part="room",
        room=held,
        present=kept.attendance.present(held.id),
        roster=kept.attendance.roster(),
        hows=HOWS,
        refused=refused,
        lines=lines,
        typed={name: request.form.get(name, "") if refused else "" for name in _FIELDS},
        most=MOST_LETTERS,
    )


def _heard(lines: tuple[str, ...] = ()) -> Response:
    guides = generation().catalogue.guides
    return show(
        say(language(), mark("Who has not heard it yet")),
        "heard",
        409 if lines else 200,
        roster=len(running().kept.attendance.roster()),
        versions=[
            (each, *_guide(each.guide), guides[each.guide].version if each.guide in guides else "")
            for each in _versions()
        ],
        lines=lines,
    )
