"""How often each option was chosen: sums by week, from which nobody can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from kb_app.database import Database
from kb_app.keys import Keys
from kb_app.models import Choice, ChoiceKey
from kb_app.periods import week_of
from kb_app.weekly.spacing import After

# How long an answer that comes twice is known again; a phone tries every ten minutes at least.
KEY_DAYS = 70


@dataclass(frozen=True, slots=True)
class KeptChoice:
    """An option (from 1) that somebody chose, and as what the item was asked."""

    item: str
    choice: int
    after: After


@dataclass(frozen=True, slots=True)
class Totals:
    """Where choices are summed; all methods raise DatabaseBusyError."""

    database: Database
    keys: Keys

    def take(self, said: KeptChoice, key: str, day: date) -> None:
        """Count a choice in the week of `day`; the same key again changes nothing.

        Of the key only a print is kept, for ten weeks, beside nothing but the week: it is made up
        by the phone for this one answer, so that two answers of one phone cannot be put together.
        """
        key_hash = self.keys.print_of("choice-key", key)
        week = week_of(day).start
        insert = sqlite.insert if self.database.is_sqlite else postgresql.insert
        known = insert(ChoiceKey).values(key_hash=key_hash, week=week).on_conflict_do_nothing()
        one = insert(Choice).values(
            item=said.item, week=week, after=said.after.value, choice=said.choice, count=1
        )
        with self.database.writing() as session:
            old = ChoiceKey.week < week - timedelta(days=KEY_DAYS)
            session.execute(delete(ChoiceKey).where(old))
            if session.scalar(known.returning(ChoiceKey.key_hash)) is not None:
                # Two that come at once both count, on either sort of database.
                place = (Choice.item, Choice.week, Choice.after, Choice.choice)
                more = {"count": Choice.count + 1}
                session.execute(one.on_conflict_do_update(index_elements=place, set_=more))

    def by_item(self) -> Mapping[str, tuple[Choice, ...]]:
        """Every sum, by item, the earliest week first."""
        ordered = select(Choice).order_by(Choice.item, Choice.week, Choice.after, Choice.choice)
        found: dict[str, list[Choice]] = {}
        with self.database.reading() as session:
            for row in session.scalars(ordered):
                found.setdefault(row.item, []).append(row)
            session.expunge_all()
        return {item: tuple(rows) for item, rows in found.items()}
