"""What people in a training room open on their phones; no account is needed."""

# Each module adds its pages.
from kb_app.phone import here, questions, room
from kb_app.phone.common import phone

__all__ = ["here", "phone", "questions", "room"]
