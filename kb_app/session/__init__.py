"""A training session: built from a wish, checked, and packed for a memory stick."""

from kb_app.session.builder import Built, Wish, WishError, build, offered, points
from kb_app.session.check import missing
from kb_app.session.pack import UnknownSessionError, session_of, write_pack, zipped
from kb_app.session.phrases import AUDIENCES, level

__all__ = [
    "AUDIENCES",
    "Built",
    "UnknownSessionError",
    "Wish",
    "WishError",
    "build",
    "level",
    "missing",
    "offered",
    "points",
    "session_of",
    "write_pack",
    "zipped",
]
