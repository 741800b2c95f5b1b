"""The editor's desk: one inbox, questions to answer, pages to write, figures to read."""

# Each module adds its pages to the desk.
from kb_app.desk import (
    attendance,
    closing,
    drafts,
    evaluation,
    figures,
    inbox,
    questions,
    results,
    rooms,
    sessions,
    sign_in,
    weekly,
)
from kb_app.desk.common import desk

__all__ = [
    "attendance",
    "closing",
    "desk",
    "drafts",
    "evaluation",
    "figures",
    "inbox",
    "questions",
    "results",
    "rooms",
    "sessions",
    "sign_in",
    "weekly",
]
