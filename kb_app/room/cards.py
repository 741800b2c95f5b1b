"""Action cards: what somebody means to do after a session, and what has become of it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kb_app.database import Database, now
from kb_app.keys import ALPHABET, Keys
from kb_app.models import ActionCard, Room
from kb_app.personal import findings
from kb_app.questions.clocks import china_day
from kb_app.room.errors import (
    PersonalError,
    RoomError,
    UnfitError,
    UnknownCardError,
)
from kb_app.room.rows import known
from kb_app.translations import mark

CODE_LENGTH = 12
KEPT_DAYS = 400
LATEST_DAYS = 365
MOST_LANE = 60
MOST_LINE = 200


class Outcome(StrEnum):
    """What somebody says of his card when its day has come."""

    DONE = "done"
    PARTLY = "partly"
    NOT_YET = "not-yet"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Wish:
    """What stands on a card."""

    lane: str
    step: str
    due_on: date
    measure: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it is kept; whose it is, nobody knows."""

    id: int
    room: int
    wish: Wish
    held_on: date
    outcome: Outcome | None
    note: str
    looked_at: datetime | None

    @property
    def first_day(self) -> date:
        """The earliest day that it may name: the one after the session."""
        return self.held_on + timedelta(days=1)

    @property
    def last_day(self) -> date:
        """The latest day that the card may be put off to."""
        return self.held_on + timedelta(days=LATEST_DAYS)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looks back; `due_on` is the new day where it is not done yet."""

    outcome: Outcome
    note: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class CardTotals:
    """Cards made, those whose day has come, those looked back at, and what was said then."""

    made: int
    due: int
    looked_back: int
    outcomes: Mapping[Outcome, int]


class TooEarlyError(RoomError):
    """The day of the card has not come yet."""

    def __init__(self, day: date) -> None:
        super().__init__(mark("Look back on {day}; until then nothing is asked."), day=day)


@dataclass(frozen=True, slots=True)
class Cards:
    """The action cards of a database; all methods raise DatabaseBusyError.

    Who has the code of a card may read and change it; the code itself is kept nowhere.
    """

    database: Database
    keys: Keys
    now: Callable[[], datetime] = now

    @property
    def today(self) -> date:
        """The day it is in China."""
        return china_day(self.now())

    def make(self, room: int, wish: Wish) -> str:
        """Keep a new card and give its code, this once.

        Raises UnknownRoomError, UnfitError and PersonalError.
        """
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        with self.database.writing() as session:
            row = known(session.get(Room, room))
            _check(wish, china_day(row.opened_at))
            session.add(
                ActionCard(
                    room=room, code_hash=self._print(code), made_at=self.now(), **_columns(wish)
                )
            )
        return code

    def card(self, code: str) -> Card:
        """The card of a code, however it is written. Raises UnknownCardError."""
        with self.database.reading() as session:
            return _card(session, self._row(session, code))

    def change(self, code: str, wish: Wish) -> Card:
        """Write a card anew; what was said of it before goes.

        Raises UnknownCardError, UnfitError and PersonalError.
        """
        with self.database.writing() as session:
            row = self._row(session, code)
            _check(wish, _card(session, row).held_on)
            for name, value in _columns(wish).items():
                setattr(row, name, value)
            row.outcome = row.note = row.looked_at = None
            session.flush()
            return _card(session, row)

    def look_back(self, code: str, look: Look) -> Card:
        """Say what has become of it; a later look takes the place of an earlier one.

        Raises UnknownCardError, TooEarlyError, UnfitError and PersonalError.
        """
        _check_words(look.note)
        with self.database.writing() as session:
            row = self._row(session, code)
            if row.looked_at is None and self.today < row.due_on:
                raise TooEarlyError(row.due_on)
            if look.outcome is Outcome.NOT_YET:
                row.due_on = self._new_day(_card(session, row), look.due_on)
            row.outcome, row.note, row.looked_at = look.outcome.value, look.note, self.now()
            session.flush()
            return _card(session, row)

    def of_room(self, room: int) -> tuple[Card, ...]:
        """All cards of a room by their day."""
        wanted = (
            select(ActionCard)
            .where(ActionCard.room == room)
            .order_by(ActionCard.due_on, ActionCard.lane, ActionCard.step)
        )
        with self.database.reading() as session:
            return tuple(_card(session, row) for row in session.scalars(wanted))

    def totals(self, room: int) -> CardTotals:
        """What has become of all cards of a room."""
        found = self.of_room(room)
        counted = Counter(each.outcome for each in found)
        return CardTotals(
            made=len(found),
            due=sum(each.wish.due_on <= self.today or bool(each.looked_at) for each in found),
            looked_back=sum(each.looked_at is not None for each in found),
            outcomes={outcome: counted[outcome] for outcome in Outcome},
        )

    def forget_old(self) -> int:
        """Remove cards that were made more than 400 days ago; gives how many."""
        before = self.now() - timedelta(days=KEPT_DAYS)
        with self.database.writing() as session:
            gone = session.execute(delete(ActionCard).where(ActionCard.made_at < before))
            return gone.rowcount if isinstance(gone, CursorResult) else 0

    def _new_day(self, card: Card, day: date | None) -> date:
        if day is None or not self.today < day <= card.last_day:
            raise UnfitError(
                mark("Choose a new day after today, {last} at the latest."), last=card.last_day
            )
        return day

    def _row(self, session: Session, code: str) -> ActionCard:
        wanted = select(ActionCard).where(ActionCard.code_hash == self._print(code))
        row = session.scalar(wanted)
        if row is None:
            raise UnknownCardError
        return row

    def _print(self, code: str) -> str:
        return self.keys.print_of("action-card", spelled(code))


def spelled(code: str) -> str:
    """A code as it is given out.

    >>> spelled("abcd-efgh 2345")
    'ABCDEFGH2345'
    """
    return "".join(code.split()).replace("-", "").upper()


def _check(wish: Wish, held_on: date) -> None:
    for text, most in ((wish.lane, MOST_LANE), (wish.step, MOST_LINE), (wish.measure, MOST_LINE)):
        if not text:
            raise UnfitError(mark("Please fill in all four lines of the card."))
        _check_words(text, most)
    last = held_on + timedelta(days=LATEST_DAYS)
    if not held_on < wish.due_on <= last:
        raise UnfitError(
            mark("Choose a day after the session ({held}), {last} at the latest."),
            held=held_on,
            last=last,
        )


def _check_words(text: str, most: int = MOST_LINE) -> None:
    if len(text) > most:
        raise UnfitError(mark("Please use at most {most} characters."), most=most)
    if sorts := findings(text):
        raise PersonalError(sorts)


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "lane": wish.lane, "step": wish.step, "due_on": wish.due_on, "measure": wish.measure,
    }  # fmt: skip


def _card(session: Session, row: ActionCard) -> Card:
    room = session.get_one(Room, row.room)
    return Card(
        id=row.id,
        room=row.room,
        wish=Wish(row.lane, row.step, row.due_on, row.measure),
        held_on=china_day(room.opened_at),
        outcome=Outcome(row.outcome) if row.outcome else None,
        note=row.note or "",
        looked_at=row.looked_at,
    )
