"""The slip at the end of a session: three grades and perhaps a line, from nobody in particular."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb_app.database import Database, now
from kb_app.models import Reaction, Room
from kb_app.personal import findings
from kb_app.room.errors import PersonalError, RoomClosedError, UnfitError
from kb_app.room.rows import known
from kb_app.translations import mark

GRADES = 4
MOST_WORDS = 300
# Of fewer slips than this, one could be told from another.
LEAST_SLIPS = 5


@dataclass(frozen=True, slots=True)
class Slip:
    """Grades from 1, the lowest, to 4; they are of the session, never of a person."""

    useful: int
    clear: int
    will_use: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class SlipTotals:
    """How many slips there are and, where they may be told, how often each grade was given.

    `words` are in the order of the alphabet, so that nobody can tell which came first.
    """

    slips: int
    useful: tuple[int, ...] = ()
    clear: tuple[int, ...] = ()
    will_use: tuple[int, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def told(self) -> bool:
        """Whether more is known than how many there are."""
        return bool(self.useful)


# What is asked, and the four grades in words, the lowest first.
ROWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "useful": (
        mark("Is it useful for my lane?"),
        (mark("Not useful"), mark("A little"), mark("Useful"), mark("Very useful")),
    ),
    "clear": (
        mark("Was it clear?"),
        (mark("Not clear"), mark("Partly clear"), mark("Mostly clear"), mark("Very clear")),
    ),
    "will_use": (
        mark("Will I use it?"),
        (mark("No"), mark("Probably not"), mark("Probably"), mark("Certainly")),
    ),
}


@dataclass(frozen=True, slots=True)
class Slips:
    """The slips of a database; all methods raise DatabaseBusyError."""

    database: Database
    now: Callable[[], datetime] = now

    def fill_in(self, room: int, phone: str, slip: Slip) -> None:
        """Keep a phone's slip; a later one takes its place.

        Raises UnknownRoomError, RoomClosedError, UnfitError and PersonalError.
        """
        _check(slip)
        with self.database.writing() as session:
            # Shared, so that a room that is being closed waits until this slip is in.
            row = known(session.get(Room, room, with_for_update={"read": True}))
            if row.closed_at is not None:
                raise RoomClosedError
            session.merge(
                Reaction(
                    room=room,
                    phone=phone,
                    useful=slip.useful,
                    clear=slip.clear,
                    will_use=slip.will_use,
                    words=slip.words or None,
                    at=self.now(),
                )
            )

    def mine(self, room: int, phone: str) -> Slip | None:
        """What a phone has filled in."""
        with self.database.reading() as session:
            found = session.get(Reaction, (room, phone))
            return _slip(found) if found else None

    def totals(self, room: int) -> SlipTotals:
        """All slips of a room together; until it is closed, and of fewer than 5, only how many.

        Who could watch the counts change would know every slip as it comes in.
        """
        with self.database.reading() as session:
            row = known(session.get(Room, room))
            if row.closed_at is None or (count := _count(session, room)) < LEAST_SLIPS:
                return SlipTotals(_count(session, room))
            found = session.scalars(select(Reaction).where(Reaction.room == room))
            slips = [_slip(each) for each in found]
        return SlipTotals(
            count,
            _grades([each.useful for each in slips]),
            _grades([each.clear for each in slips]),
            _grades([each.will_use for each in slips]),
            tuple(sorted(each.words for each in slips if each.words)),
        )


def _check(slip: Slip) -> None:
    if not all(1 <= each <= GRADES for each in (slip.useful, slip.clear, slip.will_use)):
        raise UnfitError(mark("Please tap one answer in each of the three rows."))
    if len(slip.words) > MOST_WORDS:
        raise UnfitError(mark("Please use at most {most} characters."), most=MOST_WORDS)
    if sorts := findings(slip.words):
        raise PersonalError(sorts)


def _count(session: Session, room: int) -> int:
    counted = select(func.count()).where(Reaction.room == room)
    return session.scalar(counted) or 0


def _slip(row: Reaction) -> Slip:
    return Slip(row.useful or 0, row.clear or 0, row.will_use or 0, row.words or "")


def _grades(given: list[int]) -> tuple[int, ...]:
    counted = Counter(given)
    return tuple(counted[grade] for grade in range(1, GRADES + 1))
