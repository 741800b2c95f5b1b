"""What people in a training room open on their phones; no account is needed."""

# Each module adds its pages.
from kb_app.phone import before, cards, here, questions, room, slips
from kb_app.phone.cards import card
from kb_app.phone.common import phone

__all__ = ["before", "card", "cards", "here", "phone", "questions", "room", "slips"]
