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
from kb_app.room.rooms import MOST_TEAMS, Count, Held, Rooms, State

__all__ = [
    "MOST_TEAMS",
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
    "State",
    "UnknownRaisedError",
    "UnknownRoomError",
    "UnregisteredError",
    "is_missed",
    "plan_of",
]
