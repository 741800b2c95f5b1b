"""What happens in a training room: a session held on a day, its votes, and who was there."""

from kb_app.room.errors import (
    BallotClosedError,
    RoomClosedError,
    RoomError,
    UnknownRoomError,
)
from kb_app.room.plan import Asked, BallotPlan, GuidePlan, Plan, Sort, plan_of
from kb_app.room.rooms import Count, Held, Rooms

__all__ = [
    "Asked",
    "BallotClosedError",
    "BallotPlan",
    "Count",
    "GuidePlan",
    "Held",
    "Plan",
    "RoomClosedError",
    "RoomError",
    "Rooms",
    "Sort",
    "UnknownRoomError",
    "plan_of",
]
