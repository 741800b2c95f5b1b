"""A training session as a folder that a trainer carries on a memory stick."""

from kb_app.session.check import missing
from kb_app.session.pack import UnknownSessionError, session_of, write_pack, zipped

__all__ = ["UnknownSessionError", "missing", "session_of", "write_pack", "zipped"]
