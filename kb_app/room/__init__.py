"""What happens in a training room: a session held on a day, its votes, and who was there."""

from kb_app.room.errors import (
    BallotClosedError,
    NothingToShowError,
    RoomClosedError,
    RoomError,
    UnknownRaisedError,
    UnknownRoomError,
    UnregisteredError,
)
from kb_app.room.plan import Asked, BallotPlan, GuidePlan, Plan, Sort, plan_of
from kb_app.room.raised import Asking, RaisedBox
from kb_app.room.records import Note, Record, Records, Result, SessionHeld, is_missed
from kb_app.room.rooms import Count, Held, Rooms

__all__ = [
    "Asked",
    "Asking",
    "BallotClosedError",
    "BallotPlan",
    "Count",
    "GuidePlan",
    "Held",
    "Note",
    "NothingToShowError",
    "Plan",
    "RaisedBox",
    "Record",
    "Records",
    "Result",
    "RoomClosedError",
    "RoomError",
    "Rooms",
    "SessionHeld",
    "Sort",
    "UnknownRaisedError",
    "UnknownRoomError",
    "UnregisteredError",
    "is_missed",
    "plan_of",
]
