"""Questions raised in a room, none of which may get lost before it has its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb_app.database import Database, now
from kb_app.keys import Keys
from kb_app.models import Raised
from kb_app.room.errors import UnknownRaisedError
from kb_app.room.rows import open_row


@dataclass(frozen=True, slots=True)
class Asking:
    """A question raised in a room.

    `text` is what was noted down, and None once it has its number: then the words are kept with
    the question. `key` names it among all questions.
    """

    id: int
    room: int
    text: str | None
    lang: str
    key: str
    at: datetime
    number: int | None


@dataclass(frozen=True, slots=True)
class RaisedBox:
    """The questions of all rooms; every method raises DatabaseBusyError."""

    database: Database
    keys: Keys
    now: Callable[[], datetime] = now

    def note(self, room: int, text: str, lang: str, key: str) -> Asking:
        """Note a question down, still without a number; the same key again changes nothing.

        Raises UnknownRoomError and RoomClosedError.
        """
        key_hash = self.keys.print_of("raised-key", key)
        with self.database.writing() as session:
            found = session.scalar(select(Raised).where(Raised.key_hash == key_hash))
            if found is None:
                open_row(session, room)
                found = Raised(
                    room=room, text=text, lang=lang, key_hash=key_hash, at=self.now(), number=None
                )
                session.add(found)
                session.flush()
            return _asking(found)

    def get(self, room: int, raised: int) -> Asking:
        """One of a room. Raises UnknownRaisedError."""
        with self.database.reading() as session:
            return _asking(_row(session, room, raised))

    def numbered(self, room: int, raised: int, number: int) -> None:
        """Keep the number that a question has got, and let go of its words here.

        Raises UnknownRaisedError.
        """
        with self.database.writing() as session:
            row = _row(session, room, raised)
            row.number, row.text = number, None
        self.database.forget_removed()

    def of(self, room: int) -> tuple[Asking, ...]:
        """All of a room, in the order in which they were raised."""
        wanted = select(Raised).where(Raised.room == room).order_by(Raised.id)
        with self.database.reading() as session:
            return tuple(map(_asking, session.scalars(wanted)))


def unregistered(session: Session, room: int) -> int:
    """How many questions of a room have no number yet."""
    counted = select(func.count()).where(Raised.room == room, Raised.number.is_(None))
    return session.scalar(counted) or 0


def _row(session: Session, room: int, raised: int) -> Raised:
    found = session.get(Raised, raised)
    if found is None or found.room != room:
        raise UnknownRaisedError
    return found


def _asking(row: Raised) -> Asking:
    return Asking(row.id, row.room, row.text, row.lang, row.key_hash, row.at, row.number)
