"""The audit trail: who changed or looked at what, besides the steps of questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kb_app.models import Trace


def note(  # noqa: PLR0913 - the columns of the trail
    session: Session,
    at: datetime,
    actor: int | None,
    action: str,
    subject: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add a line within the transaction that it tells of; None as actor is the command line."""
    session.add(
        Trace(at=at, actor=actor, action=action, subject=subject, before=before, after=after)
    )
