"""What is left of a session: closed with the trainer's notes, counted in the month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from kb_app import personal, trail
from kb_app.database import Database, now
from kb_app.models import Attendance, Ballot, Raised, ReadAloud, Room, Vote
from kb_app.periods import Period
from kb_app.questions.clocks import china_day
from kb_app.room.errors import (
    PersonalError,
    UnregisteredError,
)
from kb_app.room.plan import BallotPlan, Plan, Sort
from kb_app.room.raised import unregistered
from kb_app.room.rows import known, open_row
from search_index import Lang

MISSED_SHARE = 0.4


class Note(StrEnum):
    """What the trainer looks back at after a session; facts and plans, never a person."""

    PLANNED = "planned"
    HAPPENED = "happened"
    WELL = "well"
    BETTER = "better"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Result:
    """How a vote went: how many chose each option."""

    ballot: BallotPlan
    options: tuple[int, ...]

    @property
    def votes(self) -> int:
        """How many voted."""
        return sum(self.options)

    @property
    def missed(self) -> int | None:
        """How many chose something else than the right answer; None where none is right."""
        answer = self.ballot.answer
        return None if answer is None else self.votes - self.options[answer - 1]

    @property
    def is_missed(self) -> bool:
        """Whether so many missed it that its paragraph goes to the editors."""
        return bool(self.votes) and self.missed is not None and is_missed(self.missed, self.votes)


@dataclass(frozen=True, slots=True)
class Reading:
    """A duty guide that was read aloud to its end, and in which version."""

    guide: str
    version: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A session as it was held; `questions` are their numbers, `unregistered` those without one."""

    room: int
    page: str
    lang: Lang
    plan: Plan
    opened_at: datetime
    closed_at: datetime | None
    present: int
    results: tuple[Result, ...]
    readings: tuple[Reading, ...]
    questions: tuple[int, ...]
    unregistered: int
    notes: Mapping[Note, str]


@dataclass(frozen=True, slots=True)
class SessionHeld:
    """A closed session as the month counts it."""

    room: int
    page: str
    titles: Mapping[Lang, str]
    closed_at: datetime
    present: int
    questions: int

    def title(self, lang: Lang) -> str:
        """What was held, in a language or in the one that there is."""
        return self.titles.get(lang) or next(iter(self.titles.values()))


@dataclass(frozen=True, slots=True)
class Records:
    """The records of all rooms; every method raises DatabaseBusyError and UnknownRoomError."""

    database: Database
    now: Callable[[], datetime] = now

    def note(self, room: int, notes: Mapping[Note, str]) -> None:
        """Keep the trainer's notes. Raises PersonalError and RoomClosedError."""
        with self.database.writing() as session:
            self._note(open_row(session, room), notes)

    def close(self, room: int, notes: Mapping[Note, str], *, actor: int | None) -> None:
        """End a session: nothing is counted any more, and the month counts it.

        Raises UnregisteredError while a question raised in it has no number, PersonalError and
        RoomClosedError. `actor` is None on the command line.
        """
        with self.database.writing() as session:
            row = open_row(session, room)
            self._note(row, notes)
            waiting = unregistered(session, room)
            if waiting:
                raise UnregisteredError(waiting)
            now = self.now()
            for ballot in _ballots(session, room):
                ballot.closed_at = ballot.closed_at or now
            row.closed_at, row.present = now, _present(session, room)
            row.version += 1
            trail.note(session, now, actor, "closed room", f"room {room}")

    def record(self, room: int) -> Record:
        """What there is of a session, closed or not; what is being voted on is not told."""
        with self.database.reading() as session:
            row = _plan_row(session, room)
            raised = session.scalars(select(Raised).where(Raised.room == room).order_by(Raised.id))
            numbers = [each.number for each in raised]
            plan = Plan.of_json(row.plan)
            return Record(
                room=row.id,
                page=row.page,
                lang=Lang(row.lang),
                plan=plan,
                opened_at=row.opened_at,
                closed_at=row.closed_at,
                present=_present(session, room) if row.present is None else row.present,
                results=_results(session, room, plan),
                readings=_readings(session, room),
                questions=tuple(each for each in numbers if each is not None),
                unregistered=numbers.count(None),
                notes={Note(name): text for name, text in (row.notes or {}).items()},
            )

    def held_in(self, period: Period) -> tuple[SessionHeld, ...]:
        """The sessions that were closed in some days of China, in that order."""
        closed = select(Room).where(Room.closed_at.is_not(None)).options(undefer(Room.plan))
        with self.database.reading() as session:
            rows = [
                row
                for row in session.scalars(closed.order_by(Room.closed_at, Room.id))
                if row.closed_at and period.covers(china_day(row.closed_at))
            ]
            return tuple(_session_held(session, row) for row in rows)

    def _note(self, row: Room, notes: Mapping[Note, str]) -> None:
        written = {name.value: text.strip() for name, text in notes.items() if text.strip()}
        sorts = personal.findings("\n".join(written.values()))
        if sorts:
            raise PersonalError(sorts)
        row.notes = written


def is_missed(missed: int, votes: int) -> bool:
    """Whether a paragraph that so many of so many missed goes to the editors.

    >>> is_missed(4, 10), is_missed(4, 11)
    (True, False)
    """
    return missed >= MISSED_SHARE * votes


def _plan_row(session: Session, room: int) -> Room:
    return known(session.get(Room, room, options=[undefer(Room.plan)]))


def _present(session: Session, room: int) -> int:
    return session.scalar(select(func.count()).where(Attendance.room == room)) or 0


def _ballots(session: Session, room: int) -> Iterable[Ballot]:
    wanted = select(Ballot).where(Ballot.room == room)
    return session.scalars(wanted.order_by(Ballot.opened_at, Ballot.name)).all()


def _results(session: Session, room: int, plan: Plan) -> tuple[Result, ...]:
    """The votes that are over, in the order of the plan; the test before is told by levels."""
    over = {each.name for each in _ballots(session, room) if each.closed_at is not None}
    chosen = Counter(
        (name, choice)
        for name, choice in session.execute(
            select(Vote.ballot, Vote.choice).where(Vote.room == room)
        )
    )
    return tuple(
        Result(each, tuple(chosen[each.name, n] for n in range(1, each.size + 1)))
        for each in plan.ballots
        if each.name in over and each.sort is not Sort.BEFORE
    )


def _readings(session: Session, room: int) -> tuple[Reading, ...]:
    wanted = select(ReadAloud).where(ReadAloud.room == room).order_by(ReadAloud.ended_at)
    return tuple(Reading(r.guide, r.version, r.ended_at) for r in session.scalars(wanted))


def _session_held(session: Session, row: Room) -> SessionHeld:
    raised = session.scalar(select(func.count()).where(Raised.room == row.id)) or 0
    titles = Plan.of_json(row.plan).titles
    assert row.closed_at is not None  # noqa: S101 - the query asks for closed ones
    return SessionHeld(row.id, row.page, titles, row.closed_at, row.present or 0, raised)
