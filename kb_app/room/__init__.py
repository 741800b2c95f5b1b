"""What happens in a training room: a session held on a day, its votes, and who was there."""

from kb_app.room.attendance import AttendanceBook, Heard, How, Present
from kb_app.room.cards import Card, Cards, CardTotals, Look, Outcome, TooEarlyError, Wish
from kb_app.room.chart import Bar, chart
from kb_app.room.comparisons import Compared, Comparisons
from kb_app.room.effect import Effect, Side, Span
from kb_app.room.errors import (
    BallotClosedError,
    NothingToShowError,
    PeopleError,
    PersonalError,
    RoomClosedError,
    RoomError,
    TooLateError,
    UnfitError,
    UnknownCardError,
    UnknownRaisedError,
    UnknownRoomError,
    UnregisteredError,
)
from kb_app.room.evaluation import Evaluation, Evaluations, Level
from kb_app.room.people import Person, read_people
from kb_app.room.plan import Asked, BallotPlan, GuidePlan, Plan, Sort, plan_of
from kb_app.room.raised import Asking, RaisedBox
from kb_app.room.records import Note, Record, Records, Result, SessionHeld, is_missed
from kb_app.room.rooms import MOST_TEAMS, Chosen, Count, Held, Rooms, State
from kb_app.room.slips import Slip, Slips, SlipTotals
from kb_app.room.tickets import code_at, is_fresh, is_valid, seconds_left, ticket

__all__ = [
    "MOST_TEAMS",
    "Asked",
    "Asking",
    "AttendanceBook",
    "BallotClosedError",
    "BallotPlan",
    "Bar",
    "Card",
    "CardTotals",
    "Cards",
    "Chosen",
    "Compared",
    "Comparisons",
    "Count",
    "Effect",
    "Evaluation",
    "Evaluations",
    "GuidePlan",
    "Heard",
    "Held",
    "How",
    "Level",
    "Look",
    "Note",
    "NothingToShowError",
    "Outcome",
    "PeopleError",
    "Person",
    "PersonalError",
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
    "Side",
    "Slip",
    "SlipTotals",
    "Slips",
    "Sort",
    "Span",
    "State",
    "TooEarlyError",
    "TooLateError",
    "UnfitError",
    "UnknownCardError",
    "UnknownRaisedError",
    "UnknownRoomError",
    "UnregisteredError",
    "Wish",
    "chart",
    "code_at",
    "is_fresh",
    "is_missed",
    "is_valid",
    "plan_of",
    "read_people",
    "seconds_left",
    "ticket",
]
