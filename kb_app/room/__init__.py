"""What happens in a training room: a session held on a day, its votes, and who was there."""

from kb_app.room.cards import Card, Cards, CardTotals, Look, Outcome, TooEarlyError, Wish
from kb_app.room.comparisons import Compared, Comparisons
from kb_app.room.effect import Effect, Side, Span
from kb_app.room.errors import (
    BallotClosedError,
    PersonalError,
    RoomClosedError,
    RoomError,
    TooLateError,
    UnfitError,
    UnknownCardError,
    UnknownRoomError,
)
from kb_app.room.evaluation import Evaluation, Evaluations, Level
from kb_app.room.plan import Asked, BallotPlan, GuidePlan, Plan, Sort, plan_of
from kb_app.room.rooms import Count, Held, Rooms
from kb_app.room.slips import Slip, Slips, SlipTotals

__all__ = [
    "Asked",
    "BallotClosedError",
    "BallotPlan",
    "Card",
    "CardTotals",
    "Cards",
    "Compared",
    "Comparisons",
    "Count",
    "Effect",
    "Evaluation",
    "Evaluations",
    "GuidePlan",
    "Held",
    "Level",
    "Look",
    "Outcome",
    "PersonalError",
    "Plan",
    "RoomClosedError",
    "RoomError",
    "Rooms",
    "Side",
    "Slip",
    "SlipTotals",
    "Slips",
    "Sort",
    "Span",
    "TooEarlyError",
    "TooLateError",
    "UnfitError",
    "UnknownCardError",
    "UnknownRoomError",
    "Wish",
    "plan_of",
]
