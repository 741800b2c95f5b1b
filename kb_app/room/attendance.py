"""Who was there, and who has heard which version of a duty guide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kb_app import trail
from kb_app.database import Database, now
from kb_app.models import Attendance, ReadAloud, Room, RosterEntry
from kb_app.room.errors import UnknownRoomError
from kb_app.room.people import Person, same
from kb_app.room.rows import open_row

# So long after a session its names are kept; how many they were is kept for good.
NAMES_DAYS = 180


class How(StrEnum):
    """How somebody was found to be there."""

    CODE = "code"
    HAND = "hand"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is there; `shares_phone` where that phone has signed in somebody else too."""

    id: int
    person: Person
    how: How
    at: datetime
    shares_phone: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A version of a guide: how many of the roster have heard it, and who has not."""

    guide: str
    version: str
    heard: int
    missing: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class AttendanceBook:
    """The lists of a database; every method raises DatabaseBusyError.

    Changes of an attendance raise UnknownRoomError, and RoomClosedError once the room is closed.
    """

    database: Database
    now: Callable[[], datetime] = now

    def sign(self, room: int, people: Iterable[Person], how: How, phone: str | None = None) -> int:
        """Note who is there, each once however the name is written; returns how many are new.

        Who signed on paper counts as present from the opening on.
        """
        with self.database.writing() as session:
            row = open_row(session, room)
            known = {same(each.who) for each in _rows(session, room)}
            new = {same(each.who): each for each in people if same(each.who) not in known}
            at = row.opened_at if how is How.PAPER else self.now()
            for person in new.values():
                session.add(
                    Attendance(
                        room=room,
                        who=" ".join(person.who.split()),
                        role=person.role,
                        lane=person.lane,
                        how=how.value,
                        phone=phone,
                        at=at,
                    )
                )
            return len(new)

    def remove(self, room: int, entry: int, *, actor: int) -> None:
        """Take away an entry that is wrong; the trail keeps that it was done, without the name."""
        with self.database.writing() as session:
            open_row(session, room)
            found = session.get(Attendance, entry)
            if found is not None and found.room == room:
                session.delete(found)
                trail.note(session, self.now(), actor, "removed attendance", f"room {room}")

    def present(self, room: int) -> tuple[Present, ...]:
        """Who is there, in the order of coming."""
        with self.database.reading() as session:
            rows = _rows(session, room)
        phones = [row.phone for row in rows if row.phone]
        return tuple(
            Present(
                row.id,
                Person(row.who, row.role, row.lane),
                How(row.how),
                row.at,
                row.phone is not None and phones.count(row.phone) > 1,
            )
            for row in rows
        )

    def forget(self, room: int, *, actor: int | None) -> int:
        """Remove the names of a closed room; how many they were stays."""
        with self.database.writing() as session:
            row = session.get(Room, room)
            if row is None or row.closed_at is None:
                raise UnknownRoomError
            gone = len(_rows(session, room))
            session.execute(delete(Attendance).where(Attendance.room == room))
            trail.note(session, self.now(), actor, "forgot names", f"room {room}")
        self.database.forget_removed()
        return gone

    def forget_old(self) -> None:
        """Remove the names of rooms that were closed 180 days ago."""
        since = self.now() - timedelta(days=NAMES_DAYS)
        named = select(Attendance.room).distinct()
        with self.database.reading() as session:
            old = select(Room.id).where(Room.closed_at < since, Room.id.in_(named))
            rooms = session.scalars(old).all()
        for room in rooms:
            self.forget(room, actor=None)

    # Reading aloud ---------------------------------------------------------------------------

    def read(self, room: int, guide: str, version: str) -> None:
        """Note that a guide was read to its end; whoever was there by now has heard it."""
        with self.database.writing() as session:
            open_row(session, room)
            session.merge(ReadAloud(room=room, guide=guide, version=version, ended_at=self.now()))

    def heard(self, now: Mapping[str, str]) -> tuple[Heard, ...]:
        """Who of the roster has not heard a version, by lane.

        The versions of `now` come first, by guide, also those that were never read; then the older
        ones that were.
        """
        with self.database.reading() as session:
            roster = [Person(r.code, r.role, r.lane) for r in session.scalars(_ROSTER)]
            heard = (
                select(ReadAloud.guide, ReadAloud.version, Attendance.who)
                .outerjoin(
                    Attendance,
                    (Attendance.room == ReadAloud.room) & (Attendance.at <= ReadAloud.ended_at),
                )
                .order_by(ReadAloud.guide, ReadAloud.version)
            )
            by_version: dict[tuple[str, str], set[str]] = {each: set() for each in now.items()}
            for guide, version, who in session.execute(heard):
                by_version.setdefault((guide, version), set()).add(same(who or ""))
        return tuple(
            Heard(guide, version, len(roster) - len(missing), missing)
            for (guide, version), names in by_version.items()
            for missing in [tuple(each for each in roster if same(each.who) not in names)]
        )

    # The roster ------------------------------------------------------------------------------

    def roster(self) -> tuple[Person, ...]:
        """Who should hear the guides, as the trainer's list has it."""
        with self.database.reading() as session:
            return tuple(Person(r.code, r.role, r.lane) for r in session.scalars(_ROSTER))

    def load_roster(self, people: Iterable[Person], *, actor: int) -> int:
        """Take a list in place of the one before; an empty one deletes it. Returns how many."""
        listed = list(people)
        with self.database.writing() as session:
            session.execute(delete(RosterEntry))
            session.add_all(RosterEntry(code=p.who, role=p.role, lane=p.lane) for p in listed)
            after = {"people": len(listed)}
            trail.note(session, self.now(), actor, "loaded roster", "roster", after=after)
        self.database.forget_removed()
        return len(listed)


_ROSTER = select(RosterEntry).order_by(RosterEntry.lane, RosterEntry.code)


def _rows(session: Session, room: int) -> list[Attendance]:
    wanted = select(Attendance).where(Attendance.room == room)
    return list(session.scalars(wanted.order_by(Attendance.at, Attendance.id)))
