"""Rooms in the database: opened, moved on slide by slide, voted in, closed."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Executable, Table, and_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kb_app import trail
from kb_app.database import Database, now
from kb_app.keys import Keys
from kb_app.models import Ballot, Room, Vote
from kb_app.room.errors import (
    BallotClosedError,
    StaleRoomError,
    UnknownChoiceError,
    UnknownRoomError,
)
from kb_app.room.plan import BallotPlan, Plan
from kb_app.room.rows import known, open_row
from kb_app.session.slides import Slide
from search_index import Lang

CODE_DIGITS = 6
MOST_TEAMS = 12
MOST_PLANS = 64
# A slide of these parts is voted on.
_VOTED_ON = frozenset({"ask", "quiz"})
# What every phone in the room asks for. Put together once: to do so takes longer than to ask.
_BALLOTS = (
    select(Ballot).where(Ballot.room == bindparam("room")).order_by(Ballot.opened_at, Ballot.name)
)
_WITH_BALLOTS = (
    select(Room, Ballot)
    .outerjoin(Ballot, Ballot.room == Room.id)
    .where(Room.code == bindparam("code"))
    .order_by(Ballot.opened_at, Ballot.name)
)
_WITH_OPEN = (
    select(Room.id, Room.version, Room.closed_at, Ballot.name)
    .outerjoin(Ballot, and_(Ballot.room == Room.id, Ballot.closed_at.is_(None)))
    .where(Room.code == bindparam("code"))
)
_VOTES = select(func.count()).where(
    Vote.room == bindparam("room"), Vote.ballot.in_(bindparam("names", expanding=True))
)
_MINE = select(Vote).where(Vote.room == bindparam("room"), Vote.phone == bindparam("phone"))
# In this order, the room first, whoever closes a vote takes them too.
_ROOM_TO_VOTE = select(Room).where(Room.id == bindparam("room")).with_for_update(read=True)
_BALLOTS_TO_VOTE = _BALLOTS.with_for_update(read=True)


def _counted_once(one: sqlite.Insert | postgresql.Insert) -> Executable:
    """A vote that takes the place of an earlier tap of its phone, and of no later one."""
    return one.on_conflict_do_update(
        index_elements=[Vote.room, Vote.ballot, Vote.phone],
        set_={name: one.excluded[name] for name in ("choice", "team", "tap", "at")},
        where=one.excluded.tap >= Vote.tap,
    )


_VOTE = cast("Table", Vote.__table__)
_COUNT_A_VOTE: Mapping[str, Executable] = {
    "sqlite": _counted_once(sqlite.insert(_VOTE)),
    "postgresql": _counted_once(postgresql.insert(_VOTE)),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A room as it is; `open_ballots` and `closed_ballots` are names of the plan.

    The test before the session counts as closed only when the room is: until then nothing of it
    may be shown.

    `place` counts the slides of its language from 0, `version` the trainer's moves; `teams` is 0
    where there are none. `present` is known once it is closed.
    """

    id: int
    code: str
    page: str
    lang: Lang
    plan: Plan
    secret: str
    place: int
    version: int
    teams: int
    opened_by: int
    opened_at: datetime
    closed_at: datetime | None
    notes: Mapping[str, Any] | None
    present: int | None
    open_ballots: tuple[str, ...]
    closed_ballots: tuple[str, ...]

    @property
    def slides(self) -> tuple[Slide, ...]:
        """What the screen shows, in order."""
        return self.plan.slides[self.lang]

    @property
    def slide(self) -> Slide:
        """What the screen shows now."""
        return self.slides[self.place]

    @property
    def here(self) -> BallotPlan | None:
        """What this slide votes on; None if it is no such slide."""
        return self.plan.ballot(self.slide.name) if self.slide.part in _VOTED_ON else None


@dataclass(frozen=True, slots=True)
class Count:
    """How a vote went: `options` has a number for each option, `teams` the same by team."""

    options: tuple[int, ...]
    teams: Mapping[int, tuple[int, ...]]

    @property
    def votes(self) -> int:
        """How many voted."""
        return sum(self.options)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a phone chose, from 1, in its team if it is in one.

    `tap` says in milliseconds of its clock when; None where nobody but the service knows.
    """

    choice: int
    team: int | None = None
    tap: int | None = None

    def exists(self, options: int, teams: int) -> bool:
        """Whether there is such an option and such a team."""
        return 1 <= self.choice <= options and (self.team is None or 1 <= self.team <= teams)


@dataclass(frozen=True, slots=True)
class State:
    """What screens and phones ask for every second: whether there is anything new.

    `votes` counts those in the votes that are open.
    """

    version: int
    open: tuple[str, ...]
    votes: int
    over: bool


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of a database.

    All methods raise DatabaseBusyError, and UnknownRoomError where there is no such room; changes
    raise RoomClosedError once it is closed.
    """

    database: Database
    keys: Keys
    now: Callable[[], datetime] = now
    # A plan never changes, and reading it takes longer than all else; by the secrets of rooms.
    _plans: dict[str, Plan] = field(default_factory=dict, repr=False, compare=False)

    def open(self, page: str, plan: Plan, lang: Lang, *, actor: int, teams: int = 0) -> Held:
        """Open a room with a code that no other has."""
        shown = lang if lang in plan.slides else next(iter(plan.slides))
        with self.database.writing() as session:
            row = Room(
                code=_free_code(session),
                page=page,
                lang=shown.value,
                plan=plan.to_json(),
                secret=secrets.token_hex(32),
                place=0,
                version=1,
                teams=min(max(teams, 0), MOST_TEAMS),
                opened_by=actor,
                opened_at=self.now(),
            )
            session.add(row)
            session.flush()
            trail.note(session, self.now(), actor, "opened room", f"room {row.id}")
            return self._as_it_is(session, row)

    def get(self, room: int) -> Held:
        """A room by its id."""
        with self.database.reading() as session:
            return self._as_it_is(session, known(session.get(Room, room)))

    def by_code(self, code: str) -> Held:
        """A room by what people type, with or without spaces."""
        typed = "".join(code.split())
        with self.database.reading() as session:
            found = session.execute(_WITH_BALLOTS, {"code": typed}).all()
            row = known(found[0][0] if found else None)
            beside: list[Ballot | None] = [ballot for _, ballot in found]  # None where it has none
            return self._held(row, [ballot for ballot in beside if ballot is not None])

    def state(self, code: str) -> State:
        """How far a room is, read without its plan."""
        with self.database.reading() as session:
            found = session.execute(_WITH_OPEN, {"code": code}).all()
            if not found:
                raise UnknownRoomError
            room, version, closed_at, _ = found[0]
            beside: list[str | None] = [name for *_, name in found]  # None where none is open
            names = tuple(name for name in beside if name is not None)
            votes = session.scalar(_VOTES, {"room": room, "names": names}) if names else 0
            return State(version, names, votes or 0, closed_at is not None)

    def latest(self, count: int) -> tuple[Held, ...]:
        """The rooms opened last, the newest first."""
        with self.database.reading() as session:
            rows = session.scalars(select(Room).order_by(Room.id.desc()).limit(count)).all()
            return tuple(self._as_it_is(session, row) for row in rows)

    def phone(self, room: Held, visitor: str) -> str:
        """The print of a visitor among the votes of one room, which leads to nothing in another."""
        return self.keys.print_of("phone", str(room.id), visitor)[:32]

    def signer(self, room: Held, visitor: str) -> str:
        """The print of a visitor in the attendance of one room, which leads to no vote."""
        return self.keys.print_of("attendance", str(room.id), visitor)[:32]

    def next(self, room: int, *, seen: int) -> Held:
        """Close the vote of this slide if it is open, so that its chart is shown; else go on."""
        held = self.get(room)
        if held.here is not None and held.here.name in held.open_ballots:
            return self.close_ballots(room, seen=seen)
        return self.go(room, held.place + 1, seen=seen)

    # The trainer's moves ---------------------------------------------------------------------

    def go(self, room: int, place: int, *, seen: int) -> Held:
        """Show another slide; its vote opens, if it was never open, and every other one closes.

        Raises StaleRoomError where the room has moved on from version `seen`.
        """
        with self.database.writing() as session:
            row = self._moved(session, room, seen)
            slides = self._plan(row).slides[Lang(row.lang)]
            row.place = min(max(place, 0), len(slides) - 1)
            shown = slides[row.place]
            wanted = (shown.name,) if shown.part in _VOTED_ON else ()
            known = {each.name for each in _ballots(session, room)}
            self._close_all(session, room, but=wanted)
            self._open_all(session, row, [name for name in wanted if name not in known])
            return self._as_it_is(session, row)

    def open_ballots(self, room: int, names: tuple[str, ...], *, seen: int) -> Held:
        """Open votes of the plan, also once more; what was chosen before still counts."""
        with self.database.writing() as session:
            row = self._moved(session, room, seen)
            self._open_all(session, row, names)
            return self._as_it_is(session, row)

    def close_ballots(self, room: int, *, seen: int) -> Held:
        """Close whatever is open: from now on nothing is counted, and the chart is shown."""
        with self.database.writing() as session:
            row = self._moved(session, room, seen)
            self._close_all(session, room, but=())
            return self._as_it_is(session, row)

    # The phones ------------------------------------------------------------------------------

    def vote(self, room: int, name: str, phone: str, chosen: Chosen) -> Held:
        """Count one phone's choice; a later one of the same phone takes its place.

        Returns the room as it was then. Raises BallotClosedError unless the vote is open, and
        UnknownChoiceError.
        """
        with self.database.writing() as session:
            row = known(session.scalar(_ROOM_TO_VOTE, {"room": room}))
            ballots = session.scalars(_BALLOTS_TO_VOTE, {"room": room}).all()
            ballot = next((each for each in ballots if each.name == name), None)
            if row.closed_at is not None or ballot is None or ballot.closed_at is not None:
                raise BallotClosedError
            if not chosen.exists(ballot.options, row.teams):
                raise UnknownChoiceError
            now = self.now()
            tap = int(now.timestamp() * 1000) if chosen.tap is None else chosen.tap
            vote = {"room": room, "ballot": name, "phone": phone, "choice": chosen.choice,
                    "team": chosen.team, "tap": tap, "at": now}  # fmt: skip
            session.execute(_COUNT_A_VOTE[self.database.engine.dialect.name], vote)
            return self._held(row, ballots)

    def my_votes(self, room: int, phone: str) -> Mapping[str, Chosen]:
        """What a phone chose so far, by the names of the votes."""
        with self.database.reading() as session:
            mine = session.scalars(_MINE, {"room": room, "phone": phone})
            return {v.ballot: Chosen(v.choice, v.team, v.tap) for v in mine}

    # What came of it -------------------------------------------------------------------------

    def voted(self, room: int, name: str) -> int:
        """How many have voted so far; for what, nobody is told while it is open."""
        counted = select(func.count()).where(Vote.room == room, Vote.ballot == name)
        with self.database.reading() as session:
            return session.scalar(counted) or 0

    def count(self, room: Held, name: str) -> Count:
        """How a closed vote went. Raises BallotClosedError while it is open or was not held."""
        planned = room.plan.ballot(name)
        if planned is None or name not in room.closed_ballots:
            raise BallotClosedError
        cast = select(Vote.team, Vote.choice).where(Vote.room == room.id, Vote.ballot == name)
        with self.database.reading() as session:
            found = [(team, choice) for team, choice in session.execute(cast)]
        teams = range(1, room.teams + 1)
        return Count(
            _counted((choice for _, choice in found), planned.size),
            {t: _counted((c for team, c in found if team == t), planned.size) for t in teams},
        )

    # Inside ----------------------------------------------------------------------------------

    def _as_it_is(self, session: Session, row: Room) -> Held:
        return self._held(row, session.scalars(_BALLOTS, {"room": row.id}).all())

    def _held(self, row: Room, ballots: Sequence[Ballot]) -> Held:
        plan = self._plan(row)
        untold = plan.before if row.closed_at is None else ()
        return Held(
            id=row.id,
            code=row.code,
            page=row.page,
            lang=Lang(row.lang),
            plan=plan,
            secret=row.secret,
            place=row.place,
            version=row.version,
            teams=row.teams,
            opened_by=row.opened_by,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            notes=row.notes,
            present=row.present,
            open_ballots=tuple(b.name for b in ballots if b.closed_at is None),
            closed_ballots=tuple(
                b.name for b in ballots if b.closed_at is not None and b.name not in untold
            ),
        )

    def _plan(self, row: Room) -> Plan:
        if row.secret not in self._plans:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[row.secret] = Plan.of_json(row.plan)
        return self._plans[row.secret]

    def _moved(self, session: Session, room: int, seen: int) -> Room:
        row = open_row(session, room)
        if row.version != seen:
            raise StaleRoomError
        row.version += 1
        return row

    def _open_all(self, session: Session, row: Room, names: Iterable[str]) -> None:
        plan = self._plan(row)
        for name in names:
            planned = plan.ballot(name)
            if planned is None:
                raise UnknownChoiceError
            found = session.get(Ballot, (row.id, name), with_for_update=True)
            if found is None:
                found = Ballot(
                    room=row.id,
                    name=name,
                    options=planned.size,
                    answer=planned.answer,
                    source=planned.source,
                    opened_at=self.now(),
                )
                session.add(found)
            found.closed_at = None
        session.flush()

    def _close_all(self, session: Session, room: int, *, but: tuple[str, ...]) -> None:
        for each in _ballots(session, room):
            if each.closed_at is None and each.name not in but:
                each.closed_at = self.now()
        session.flush()


def _free_code(session: Session) -> str:
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        if session.scalar(select(Room.id).where(Room.code == code)) is None:
            return code


def _ballots(session: Session, room: int) -> list[Ballot]:
    return list(session.scalars(_BALLOTS.with_for_update(), {"room": room}))


def _counted(choices: Iterable[int], size: int) -> tuple[int, ...]:
    found = Counter(choices)
    return tuple(found[n] for n in range(1, size + 1))
