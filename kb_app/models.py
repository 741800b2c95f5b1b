"""The tables of the database.

`events` and `audit_trail` are only ever added to; the database itself refuses anything else. A row
of `questions` is where its events have led, kept so that it need not be worked out at each reading.
What people wrote stands in `words`, beside the events, where it can be removed without touching
them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A point in time, in UTC and aware, the same from every database.

    >>> from sqlalchemy.dialects import sqlite
    >>> Moment().process_bind_param(datetime(2026, 11, 23, tzinfo=UTC), sqlite.dialect())
    datetime.datetime(2026, 11, 23, 0, 0)
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; a time without a zone is refused, for nobody knows when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value} has no time zone"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Model(DeclarativeBase):
    """What all tables share: texts of any length, aware times, exact JSON."""

    type_annotation_map: ClassVar = {
        str: Text(),
        datetime: Moment(),
        dict[str, Any]: JSON(),
    }


class Counter(Model):
    """The last number given; the row that every write to questions locks first."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Account(Model):
    """Somebody who answers, teaches or runs the service; whoever reads or asks needs none."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("role in ('trainer', 'editor', 'administrator')", name="role_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Login(Model):
    """A browser where somebody is signed in; the token itself is with the browser only."""

    __tablename__ = "logins"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Question(Model):
    """Where the events of a question have led."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_state_silent_since", "state", "silent_since"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    position: Mapped[int]
    lang: Mapped[str]
    problem: Mapped[str | None]
    danger: Mapped[bool]
    received_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    echo_due: Mapped[date | None]
    settled_due: Mapped[date | None]
    echoed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    silent_since: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("questions.number"), index=True)
    referred_to: Mapped[str | None]
    redacted: Mapped[bool] = mapped_column(default=False)
    # What no event tells: how the asker's key and code are known again.
    key_hash: Mapped[str] = mapped_column(unique=True)
    asked_hash: Mapped[str]
    nonce: Mapped[str]


class Event(Model):
    """One step in the life of a question; never changed, never removed."""

    __tablename__ = "events"

    question: Mapped[int] = mapped_column(ForeignKey("questions.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    data: Mapped[dict[str, Any]]


class Words(Model):
    """What somebody wrote at an event; the texts become null when they are removed."""

    __tablename__ = "words"

    question: Mapped[int] = mapped_column(ForeignKey("questions.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    query: Mapped[str | None]
    contact: Mapped[str | None]
    redacted_at: Mapped[datetime | None]


class Link(Model):
    """A page that answers a question."""

    __tablename__ = "links"

    question: Mapped[int] = mapped_column(ForeignKey("questions.number"), primary_key=True)
    page: Mapped[str] = mapped_column(primary_key=True, index=True)
    place: Mapped[int]


class Feedback(Model):
    """One tap at the end of a page; says nothing about who tapped."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(index=True)
    lang: Mapped[str]
    verdict: Mapped[str]
    query: Mapped[str | None]
    note: Mapped[str | None]
    day: Mapped[date]
    key_hash: Mapped[str] = mapped_column(unique=True)


class Search(Model):
    """What was looked for; `visit` is a print that changes daily and leads back to nobody."""

    __tablename__ = "searches"
    __table_args__ = (Index("ix_searches_day_visit", "day", "visit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]
    lang: Mapped[str]
    day: Mapped[date]
    answered: Mapped[bool]
    hits: Mapped[int]
    opened: Mapped[bool] = mapped_column(default=False)
    visit: Mapped[str]
    problem: Mapped[str | None]


class Draft(Model):
    """A page written at the desk, until it is published into the content folder."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_slug_lang", "slug", "lang", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    kind: Mapped[str]
    lang: Mapped[str]
    text: Mapped[str]
    author: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    question: Mapped[int | None] = mapped_column(ForeignKey("questions.number"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Review(Model):
    """A second pair of eyes on one version of a draft."""

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft: Mapped[int] = mapped_column(ForeignKey("drafts.id"), index=True)
    version: Mapped[int]
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    approved: Mapped[bool]
    remark: Mapped[str | None]
    at: Mapped[datetime]


class Trace(Model):
    """Who changed what besides questions, when, and what it was before and after."""

    __tablename__ = "audit_trail"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
