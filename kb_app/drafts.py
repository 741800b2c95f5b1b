"""Pages on their way into the library: written, handed in, looked at by a second person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb_app import personal, trail
from kb_app.database import Database, now
from kb_app.models import Draft, Review
from kb_app.refusal import Refusal
from kb_app.translations import mark
from search_index import Kind, Lang


class Stage(StrEnum):
    """How far a draft has come."""

    WRITING = "writing"
    READY = "ready"
    RETURNED = "returned"
    PUBLISHED = "published"


class DraftError(Refusal):
    """What cannot be done with a draft; `said` tells why."""


class PrivateError(DraftError):
    """The text holds personal data, which is not kept."""

    def __init__(self, sorts: tuple[str, ...]) -> None:
        super().__init__(
            mark("This is not kept, for it holds personal data: {sorts}."), sorts=sorts
        )


class TakenError(DraftError):
    """A draft of that name exists; `draft` is its id."""

    def __init__(self, slug: str, draft: int) -> None:
        super().__init__(mark("There is a draft {slug} already."), slug=slug)
        self.draft = draft


@dataclass(frozen=True, slots=True)
class New:
    """A page that somebody begins to write; `question` is the one that it answers."""

    slug: str
    kind: Kind
    lang: Lang
    text: str
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as it is; `author` wrote this version, `remark` is why it was given back."""

    id: int
    slug: str
    kind: Kind
    lang: Lang
    text: str
    author: int
    question: int | None
    version: int
    updated_at: datetime
    published_at: datetime | None
    stage: Stage
    remark: str | None

    @property
    def path(self) -> str:
        """Where it will stand below the content folder."""
        return f"{self.lang}/{self.kind.folder}/{self.slug}.md"


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of a database; all methods raise DatabaseBusyError, changes raise DraftError.

    Every change leaves a line in the audit trail, without the text.
    """

    database: Database
    now: Callable[[], datetime] = now

    def begin(self, new: New, *, author: int) -> Written:
        """Keep a new draft. Raises TakenError where one is being written, and PrivateError."""
        return self.begin_all([new], author=author)[0]

    def begin_all(self, several: Iterable[New], *, author: int) -> tuple[Written, ...]:
        """Keep all of some drafts, or none of them."""
        with self.database.writing() as session:
            rows = [self._begun(session, new, author) for new in several]
            return tuple(_written(session, row) for row in rows)

    def get(self, draft: int) -> Written | None:
        """A draft by its id."""
        with self.database.reading() as session:
            row = session.get(Draft, draft)
            return _written(session, row) if row else None

    def find(self, slug: str, lang: Lang) -> Written | None:
        """The draft of a page in a language."""
        with self.database.reading() as session:
            row = _named(session, slug, lang)
            return _written(session, row) if row else None

    def waiting(self) -> tuple[Written, ...]:
        """Those that are not published: handed in first, then the latest written."""
        with self.database.reading() as session:
            query = select(Draft).where(Draft.published_at.is_(None))
            rows = session.scalars(query.order_by(Draft.updated_at.desc())).all()
            found = [_written(session, row) for row in rows]
        return tuple(sorted(found, key=lambda each: each.stage is not Stage.READY))

    def for_question(self, number: int) -> tuple[Written, ...]:
        """The drafts that were begun from a question."""
        with self.database.reading() as session:
            query = select(Draft).where(Draft.question == number).order_by(Draft.id)
            return tuple(_written(session, row) for row in session.scalars(query))

    def save(self, draft: int, text: str, *, author: int, seen: int) -> Written:
        """Keep a new version; an unchanged text is none. Raises PrivateError."""
        return self.save_all([(draft, text, seen)], author=author)[0]

    def save_all(
        self, several: Iterable[tuple[int, str, int]], *, author: int
    ) -> tuple[Written, ...]:
        """Keep new versions of all of some drafts, or of none: ids, texts, versions seen."""
        with self.database.writing() as session:
            rows = [self._saved(session, row, author) for row in several]
            return tuple(_written(session, row) for row in rows)

    def hand_in(self, draft: int, *, account: int, seen: int) -> Written:
        """Say that a version is ready; whoever wrote it does so."""
        with self.database.writing() as session:
            row = self._current(session, draft, seen)
            if row.author != account:
                raise DraftError(mark("Whoever wrote this version hands it in."))
            self._judge(session, row, account, approved=True)
            return _written(session, row)

    def give_back(self, draft: int, remark: str, *, account: int, seen: int) -> Written:
        """Say what must change before it can be published."""
        if not remark.strip():
            raise DraftError(mark("Say what has to change."))
        with self.database.writing() as session:
            row = self._current(session, draft, seen)
            self._judge(session, row, account, approved=False, remark=remark.strip())
            return _written(session, row)

    def may_publish(self, written: Written, account: int, *, second_look: bool) -> None:
        """Raise DraftError unless this account may publish this version."""
        if written.published_at is not None:
            raise DraftError(mark("This draft is published; edit the page instead."))
        if not second_look:
            return
        if written.author == account:
            raise DraftError(mark("Somebody else has to look at it before it is published."))
        if written.stage is not Stage.READY:
            raise DraftError(mark("It has not been handed in yet."))

    def publish(self, draft: int, *, account: int, seen: int) -> Written:
        """Note that the file of a version stands in the content folder now."""
        with self.database.writing() as session:
            row = self._current(session, draft, seen)
            self._judge(session, row, account, approved=True)
            row.published_at = self.now()
            session.flush()
            return _written(session, row)

    def _begun(self, session: Session, new: New, author: int) -> Draft:
        _refuse_private(new.text)
        row = _named(session, new.slug, new.lang)
        if row is not None and row.published_at is None:
            raise TakenError(new.slug, row.id)
        if row is None:
            row = Draft(slug=new.slug, kind=new.kind.value, lang=new.lang.value, text="",
                        author=author, version=0, created_at=self.now())  # fmt: skip
            session.add(row)
        row.published_at = None
        row.kind = new.kind.value
        row.question = new.question
        self._change(session, row, new.text, author)
        return row

    def _saved(self, session: Session, change: tuple[int, str, int], author: int) -> Draft:
        draft, text, seen = change
        row = self._current(session, draft, seen)
        if row.published_at is not None:
            raise DraftError(mark("This draft is published; edit the page instead."))
        if text != row.text:
            self._change(session, row, text, author)
        return row

    def _change(self, session: Session, row: Draft, text: str, author: int) -> None:
        _refuse_private(text)
        row.text = text
        row.author = author
        row.version = row.version + 1
        row.updated_at = self.now()
        session.flush()
        self._trace(session, author, "draft-saved", row)

    def _judge(
        self, session: Session, row: Draft, account: int, *, approved: bool,
        remark: str | None = None,
    ) -> None:  # fmt: skip
        session.add(
            Review(draft=row.id, version=row.version, account=account, approved=approved,
                   remark=remark, at=self.now())
        )  # fmt: skip
        session.flush()
        self._trace(session, account, "draft-approved" if approved else "draft-given-back", row)

    def _trace(self, session: Session, actor: int, action: str, row: Draft) -> None:
        after: dict[str, Any] = {"page": row.slug, "lang": row.lang, "version": row.version}
        trail.note(session, self.now(), actor, action, f"draft:{row.id}", after=after)

    def _current(self, session: Session, draft: int, seen: int) -> Draft:
        row = session.get(Draft, draft)
        if row is None:
            raise DraftError(mark("There is no such draft."))
        if row.version != seen:
            raise DraftError(mark("Somebody else has changed this draft; please look at it again."))
        return row


def _refuse_private(text: str) -> None:
    found = personal.findings(text)
    if found:
        raise PrivateError(found)


def _named(session: Session, slug: str, lang: Lang) -> Draft | None:
    return session.scalar(select(Draft).where(Draft.slug == slug, Draft.lang == lang.value))


def _written(session: Session, row: Draft) -> Written:
    last = session.scalar(
        select(Review)
        .where(Review.draft == row.id, Review.version == row.version)
        .order_by(Review.id.desc())
        .limit(1)
    )
    return Written(
        id=row.id,
        slug=row.slug,
        kind=Kind(row.kind),
        lang=Lang(row.lang),
        text=row.text,
        author=row.author,
        question=row.question,
        version=row.version,
        updated_at=row.updated_at,
        published_at=row.published_at,
        stage=_stage(row, last),
        remark=last.remark if last and not last.approved else None,
    )


def _stage(row: Draft, last: Review | None) -> Stage:
    if row.published_at is not None:
        return Stage.PUBLISHED
    if last is None:
        return Stage.WRITING
    return Stage.READY if last.approved else Stage.RETURNED
