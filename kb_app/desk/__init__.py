"""The editor's desk: one inbox, questions to answer, pages to write, figures to read."""

# Each module adds its pages to the desk.
from kb_app.desk import drafts, figures, inbox, questions, sign_in, weekly
from kb_app.desk.common import desk

__all__ = ["desk", "drafts", "figures", "inbox", "questions", "sign_in", "weekly"]
