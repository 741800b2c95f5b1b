"""Counts from lanes whose chief had a session, and from lanes whose chief had not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from kb_app import trail
from kb_app.database import Database, now
from kb_app.models import Comparison, Room
from kb_app.personal import findings
from kb_app.questions.clocks import china_day
from kb_app.room.effect import Effect, Side, Span, misfits
from kb_app.room.errors import PersonalError, UnfitError
from kb_app.translations import mark

MOST_WORDS = 200
MOST_COUNT = 9_999_999
_MISFITS = {
    "order": mark(
        "The two periods must follow each other without overlapping, each from its first day to"
        " its last."
    ),
    "held": mark("A day of this session must lie between the two periods."),
    "future": mark("Both periods must be over."),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What was counted, how, and what came of it."""

    what: str
    method: str
    effect: Effect
    id: int = 0


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The comparisons of a database; all methods raise DatabaseBusyError."""

    database: Database
    now: Callable[[], datetime] = now

    def add(self, page: str, found: Compared, *, actor: int) -> None:
        """Keep a comparison for a session page. Raises UnfitError and PersonalError."""
        effect = found.effect
        _check(found)
        for why in misfits(effect.before, effect.after, self.held(page), china_day(self.now())):
            raise UnfitError(_MISFITS[why])
        with self.database.writing() as session:
            row = Comparison(
                page=page,
                what=found.what,
                method=found.method,
                before_from=effect.before.start,
                before_to=effect.before.end,
                after_from=effect.after.start,
                after_to=effect.after.end,
                lanes=effect.trained.lanes,
                before=effect.trained.before,
                after=effect.trained.after,
                other_lanes=effect.other.lanes,
                other_before=effect.other.before,
                other_after=effect.other.after,
                made_by=actor,
                made_at=self.now(),
            )
            session.add(row)
            session.flush()
            trail.note(session, self.now(), actor, "added comparison", f"comparison {row.id}")

    def remove(self, page: str, comparison: int, *, actor: int) -> None:
        """Take a comparison away that was entered by mistake; nothing happens if it is gone."""
        with self.database.writing() as session:
            row = session.get(Comparison, comparison)
            if row is not None and row.page == page:
                session.delete(row)
                trail.note(session, self.now(), actor, "removed comparison", f"comparison {row.id}")

    def of_page(self, page: str) -> tuple[Compared, ...]:
        """All comparisons for a session page, the newest first."""
        wanted = select(Comparison).where(Comparison.page == page).order_by(Comparison.id.desc())
        with self.database.reading() as session:
            return tuple(_compared(row) for row in session.scalars(wanted))

    def held(self, page: str) -> tuple[date, ...]:
        """The days on which a session was held, the earliest first."""
        wanted = select(Room.opened_at).where(Room.page == page)
        with self.database.reading() as session:
            return tuple(sorted({china_day(moment) for moment in session.scalars(wanted)}))


def _check(found: Compared) -> None:
    for text in (found.what, found.method):
        if not text:
            raise UnfitError(mark("Please say what was counted, and how."))
        if len(text) > MOST_WORDS:
            raise UnfitError(mark("Please use at most {most} characters."), most=MOST_WORDS)
        if sorts := findings(text):
            raise PersonalError(sorts)
    trained, other = found.effect.trained, found.effect.other
    if trained.lanes < 1 or other.lanes < 1:
        raise UnfitError(mark("Without lanes on both sides there is nothing to compare."))
    counts = (trained.before, trained.after, other.before, other.after)
    if not all(0 <= each <= MOST_COUNT for each in (*counts, trained.lanes, other.lanes)):
        raise UnfitError(mark("Please enter whole numbers, nought or more, in every field."))


def _compared(row: Comparison) -> Compared:
    return Compared(
        row.what,
        row.method,
        Effect(
            Span(row.before_from, row.before_to),
            Span(row.after_from, row.after_to),
            Side(row.lanes, row.before, row.after),
            Side(row.other_lanes, row.other_before, row.other_after),
        ),
        row.id,
    )
