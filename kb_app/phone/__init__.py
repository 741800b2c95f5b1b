"""What people in a training room open on their phones; no account is needed."""

from kb_app.phone.common import phone

__all__ = ["phone"]
