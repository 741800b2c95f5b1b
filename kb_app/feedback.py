"""What readers say of a page by one tap; it tells about the page, never about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select

from kb_app.database import Database
from kb_app.keys import Keys
from kb_app.models import Feedback
from kb_app.periods import Period

MOST_NOTE = 500


class Verdict(StrEnum):
    """What can be said of a page."""

    USEFUL = "useful"
    NOT_USEFUL = "not-useful"
    OUT_OF_DATE = "out-of-date"
    MINE_IS_DIFFERENT = "mine-is-different"


@dataclass(frozen=True, slots=True)
class Said:
    """One tap, and what was added to it."""

    page: str
    lang: str
    verdict: Verdict
    query: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FeedbackBox:
    """Where taps are collected; all methods raise DatabaseBusyError."""

    database: Database
    keys: Keys

    def take(self, said: Said, key: str, day: date) -> None:
        """Keep a tap; the same key again changes nothing."""
        key_hash = self.keys.print_of("feedback-key", key)
        with self.database.writing() as session:
            if session.scalar(select(Feedback.id).where(Feedback.key_hash == key_hash)) is None:
                session.add(
                    Feedback(
                        page=said.page,
                        lang=said.lang,
                        verdict=said.verdict.value,
                        query=said.query,
                        note=said.note,
                        day=day,
                        key_hash=key_hash,
                    )
                )

    def counts(self, page: str) -> Mapping[Verdict, int]:
        """How often each was said of a page."""
        grouped = (
            select(Feedback.verdict, func.count())
            .where(Feedback.page == page)
            .group_by(Feedback.verdict)
        )
        with self.database.reading() as session:
            found = dict(session.execute(grouped).all())
        return {verdict: found.get(verdict.value, 0) for verdict in Verdict}

    def by_page(self, period: Period) -> Mapping[str, Mapping[Verdict, int]]:
        """How often each was said of every page in some days; pages without a tap are left out."""
        grouped = (
            select(Feedback.page, Feedback.verdict, func.count())
            .where(Feedback.day >= period.start, Feedback.day < period.end)
            .group_by(Feedback.page, Feedback.verdict)
            .order_by(Feedback.page)
        )
        found: dict[str, dict[Verdict, int]] = {}
        with self.database.reading() as session:
            for page, verdict, count in session.execute(grouped):
                found.setdefault(page, dict.fromkeys(Verdict, 0))[Verdict(verdict)] = count
        return found
