"""The editor's desk: one inbox, questions to answer, pages to write and to publish."""

# Each module adds its pages to the desk.
from kb_app.desk import drafts, inbox, questions, sign_in
from kb_app.desk.common import desk

__all__ = ["desk", "drafts", "inbox", "questions", "sign_in"]
