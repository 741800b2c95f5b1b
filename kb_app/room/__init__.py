"""What happens in a training room: a session held on a day, its votes, and who was there."""

from kb_app.room.attendance import AttendanceBook, Heard, How, Present
from kb_app.room.errors import (
    BallotClosedError,
    NothingToShowError,
    PeopleError,
    RoomClosedError,
    RoomError,
    UnknownRaisedError,
    UnknownRoomError,
    UnregisteredError,
)
from kb_app.room.people import Person, read_people
from kb_app.room.plan import Asked, BallotPlan, GuidePlan, Plan, Sort, plan_of
from kb_app.room.raised import Asking, RaisedBox
from kb_app.room.records import Note, Record, Records, Result, SessionHeld, is_missed
from kb_app.room.rooms import MOST_TEAMS, Chosen, Count, Held, Rooms, State
from kb_app.room.tickets import code_at, is_fresh, is_valid, seconds_left, ticket

__all__ = [
    "MOST_TEAMS",
    "Asked",
    "Asking",
    "AttendanceBook",
    "BallotClosedError",
    "BallotPlan",
    "Chosen",
    "Count",
    "GuidePlan",
    "Heard",
    "Held",
    "How",
    "Note",
    "NothingToShowError",
    "PeopleError",
    "Person",
    "Plan",
    "Present",
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
    "code_at",
    "is_fresh",
    "is_missed",
    "is_valid",
    "plan_of",
    "read_people",
    "seconds_left",
    "ticket",
]
