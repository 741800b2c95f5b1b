"""The life of a question: what may happen to it, kept so that none is lost.

`life`, `clocks` and `tally` are pure, `store` keeps what they say in the database, `audit` proves
that it was kept.
"""

from kb_app.questions.audit import Audit, Breach, audit
from kb_app.questions.clocks import Overdue, WorkingDays
from kb_app.questions.errors import (
    IllegalMoveError,
    KeyReusedError,
    QuestionError,
    StaleMoveError,
    UnknownPageError,
    UnknownQuestionError,
)
from kb_app.questions.ledger import Counts
from kb_app.questions.life import OPEN, SETTLED, Happening, Life, State, Step, Who, allowed, by_whom
from kb_app.questions.store import (
    Answering,
    Asked,
    Questions,
    Receipt,
    Record,
    Settled,
    Told,
    Waiting,
)
from kb_app.questions.tally import Stage, Tally, Way, stages, tally

__all__ = [
    "OPEN",
    "SETTLED",
    "Answering",
    "Asked",
    "Audit",
    "Breach",
    "Counts",
    "Happening",
    "IllegalMoveError",
    "KeyReusedError",
    "Life",
    "Overdue",
    "QuestionError",
    "Questions",
    "Receipt",
    "Record",
    "Settled",
    "Stage",
    "StaleMoveError",
    "State",
    "Step",
    "Tally",
    "Told",
    "UnknownPageError",
    "UnknownQuestionError",
    "Waiting",
    "Way",
    "Who",
    "WorkingDays",
    "allowed",
    "audit",
    "by_whom",
    "stages",
    "tally",
]
