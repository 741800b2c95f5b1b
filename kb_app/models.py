"""The tables of the database.

`events` and `audit_trail` are only ever added to; the database itself refuses anything else. A row
of `questions` is where its events have led, kept so that it need not be worked out at each reading.
What people wrote stands in `words`, beside the events, where it can be removed without touching
them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
)
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


class Room(Model):
    """One holding of a session: what is shown now, and the plan as it was when it was opened.

    `code` is what people type to come in; `version` counts the trainer's moves; `secret` makes the
    codes of attendance. `notes` are the trainer's own, written when it is closed; `present` is how
    many came, kept also when the names are gone.
    """

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    page: Mapped[str] = mapped_column(index=True)
    lang: Mapped[str]
    plan: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    secret: Mapped[str]
    place: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    teams: Mapped[int] = mapped_column(default=0)
    opened_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    notes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    present: Mapped[int | None]


class Ballot(Model):
    """A vote in a room: open from `opened_at` until `closed_at`; `name` is its name in the plan.

    `options` is how many there are to choose from, `answer` which of them is right, from 1, if one
    is, and `source` the paragraph that it comes from, as ``slug#anchor``.
    """

    __tablename__ = "ballots"

    room: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    options: Mapped[int]
    answer: Mapped[int | None]
    source: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Vote(Model):
    """What one phone chose; `phone` is a print that is another one in every room.

    `tap` is when it was tapped, in milliseconds of the phone's own clock: what was tapped before
    but comes later, because the network held it up, counts no more.
    """

    __tablename__ = "votes"

    room: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    ballot: Mapped[str] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[int]
    team: Mapped[int | None]
    tap: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class Attendance(Model):
    """Who was there; `who` is a name or a staff code, and `how` code, hand or paper."""

    __tablename__ = "attendances"
    __table_args__ = (UniqueConstraint("room", "who"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    who: Mapped[str]
    role: Mapped[str]
    lane: Mapped[str]
    how: Mapped[str]
    phone: Mapped[str | None]
    at: Mapped[datetime]


class RosterEntry(Model):
    """Somebody who should have heard the duty guides, as the trainer's list has it."""

    __tablename__ = "roster"

    code: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    lane: Mapped[str]


class ReadAloud(Model):
    """A duty guide that was read to its end in a room, and in which version."""

    __tablename__ = "readings"

    room: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    guide: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    ended_at: Mapped[datetime]


class Raised(Model):
    """A question raised in a room; `number` is its number among all questions, once it has one.

    From then on its text is kept there alone, where it can be removed.
    """

    __tablename__ = "raised"

    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    text: Mapped[str | None]
    lang: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    number: Mapped[int | None] = mapped_column(ForeignKey("questions.number"))


class Reaction(Model):
    """The slip that somebody fills in at the end: grades of the session, never of a person."""

    __tablename__ = "reactions"

    room: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(primary_key=True)
    useful: Mapped[int | None]
    clear: Mapped[int | None]
    will_use: Mapped[int | None]
    words: Mapped[str | None]
    at: Mapped[datetime]


class ActionCard(Model):
    """What somebody means to do after a session; found again by its code, by nobody else."""

    __tablename__ = "action_cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    lane: Mapped[str]
    step: Mapped[str]
    due_on: Mapped[date]
    measure: Mapped[str]
    made_at: Mapped[datetime]
    outcome: Mapped[str | None]
    note: Mapped[str | None]
    looked_at: Mapped[datetime | None]


class Comparison(Model):
    """What was counted where chiefs had the session and where they had not, before and after."""

    __tablename__ = "comparisons"

    id: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(index=True)
    what: Mapped[str]
    method: Mapped[str]
    before_from: Mapped[date]
    before_to: Mapped[date]
    after_from: Mapped[date]
    after_to: Mapped[date]
    lanes: Mapped[int]
    before: Mapped[int]
    after: Mapped[int]
    other_lanes: Mapped[int]
    other_before: Mapped[int]
    other_after: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class Choice(Model):
    """How often an option of a weekly quiz item was chosen in a week; nobody knows by whom.

    `after` is how long since the item was last asked there: new, 3d, 2w, 5w, 10w or changed.
    """

    __tablename__ = "choices"

    item: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    after: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class ChoiceKey(Model):
    """A print of the key that an answer came with, by which it counts once; it names nobody."""

    __tablename__ = "choice_keys"

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date]
