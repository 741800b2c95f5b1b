"""The row of a room, taken in the one order in which everybody takes it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kb_app.models import Room
from kb_app.room.errors import RoomClosedError, UnknownRoomError


def known(found: Room | None) -> Room:
    """The row that was looked for. Raises UnknownRoomError where there is none."""
    if found is None:
        raise UnknownRoomError
    return found


def open_row(session: Session, room: int) -> Room:
    """The row of a room that is not closed, kept from anybody else until the change is done.

    Whoever closes the room waits for this, or comes before it. Raises UnknownRoomError and
    RoomClosedError.
    """
    row = known(session.get(Room, room, with_for_update=True))
    if row.closed_at is not None:
        raise RoomClosedError
    return row
