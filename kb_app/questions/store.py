"""Questions in the database: every step is one transaction that adds an event."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb_app.database import Database, now
from kb_app.keys import Keys
from kb_app.likeness import grams, likeness
from kb_app.models import Counter, Draft, Question, Words
from kb_app.personal import findings
from kb_app.questions import clocks
from kb_app.questions.clocks import CONTACT_DAYS, Overdue, WorkingDays, china_day
from kb_app.questions.errors import (
    IllegalMoveError,
    KeyReusedError,
    StaleMoveError,
    UnknownPageError,
    UnknownQuestionError,
)
from kb_app.questions.ledger import (
    Counts,
    Move,
    all_events,
    append,
    counts_of,
    event_row,
    events_of,
    kept,
    life_in,
    life_of,
    links_of,
    row_of,
)
from kb_app.questions.life import SETTLED, Happening, Life, State, Step, begin, end_of_merges
from kb_app.translations import mark

# So much of its words a question shares with others that its answer may be theirs.
ALIKE = 0.35
_OPEN = tuple(state.value for state in State if state not in SETTLED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks; `danger` says that the emergency rules speak of it."""

    text: str
    lang: str
    contact: str | None = None
    query: str | None = None
    problem: str | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer: the ids of pages, and what else there is to say."""

    links: Sequence[str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the asker gets; `made` is false where the same was received before."""

    number: int
    code: str
    made: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One event with the words that belong to it; None where there are none, or no longer."""

    event: Happening
    text: str | None
    query: str | None
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """A question with all that happened to it; `contact` is uncovered only when asked for."""

    life: Life
    story: tuple[Told, ...]
    has_contact: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer that others may read: its pages and the office's words, never the asker's."""

    links: tuple[str, ...]
    text: str | None
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question on a list, with its first words, and whose list it has come to by waiting."""

    life: Life
    text: str | None
    echo: Overdue
    settling: Overdue

    @property
    def overdue(self) -> Overdue:
        """The higher of the two lists."""
        lists = (self.echo, self.settling)
        return next((o for o in (Overdue.ADMINISTRATOR, Overdue.EDITORS) if o in lists), Overdue.NO)


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a database.

    Whatever is written or listed, first every answer that nobody objected to for seven days is
    confirmed by silence, and every contact is removed whose time is over, so that neither can be
    forgotten. All methods raise DatabaseBusyError; every move raises UnknownQuestionError,
    StaleMoveError if the question has moved on from position `seen`, and IllegalMoveError.
    """

    database: Database
    keys: Keys
    working_days: Callable[[], WorkingDays] = WorkingDays
    now: Callable[[], datetime] = now

    # The asker -----------------------------------------------------------------------------------

    def ask(self, asked: Asked, key: str) -> Receipt:
        """Take in a question and give it the next number.

        The same words with the same key again give the same number and code. Raises KeyReusedError
        if the key came with other words before.
        """
        key_hash = self.keys.print_of("question-key", key)
        asked_hash = self._print(asked)
        with self._writing() as (session, now):
            row = session.scalar(select(Question).where(Question.key_hash == key_hash))
            if row is not None:
                # Of words that were removed nothing is left to compare with.
                if row.asked_hash not in {asked_hash, ""}:
                    raise KeyReusedError
                return Receipt(row.number, self.keys.code(row.number, row.nonce), made=False)
            return self._receive(session, now, asked, key_hash, asked_hash)

    def status(self, number: int, code: str) -> Record:
        """What the asker may know of his question; raises UnknownQuestionError."""
        self._let_in(number, code)
        return self.record(number)

    def open_as_asker(self, number: int, code: str, *, seen: int) -> Life:
        """None of the pages shown has answered it."""
        return self._as_asker(number, code, seen, Move(Step.OPENED))

    def resolve_myself(self, number: int, code: str, *, seen: int, link: str | None = None) -> Life:
        """The asker needs nobody any more; `link` is the page that told him, if one did."""
        data = {"link": link} if link else {}
        return self._as_asker(number, code, seen, Move(Step.SELF_RESOLVED, data=data))

    def confirm(self, number: int, code: str, *, seen: int) -> Life:
        """The answer has answered it."""
        return self._as_asker(number, code, seen, Move(Step.CONFIRMED))

    def add(self, number: int, code: str, text: str, *, seen: int) -> Life:
        """The asker has something to add; what he adds after an answer breaks the silence."""
        return self._as_asker(number, code, seen, Move(Step.ADDED, text=_needed(text)))

    def reopen_as_asker(self, number: int, code: str, why: str, *, seen: int) -> Life:
        """The answer has not answered it, or it has come back; both clocks begin anew."""
        return self._as_asker(number, code, seen, Move(Step.REOPENED, text=_needed(why)))

    # The desk ------------------------------------------------------------------------------------

    def open(self, number: int, *, actor: int, seen: int) -> Life:
        """Take note of it."""
        return self._move(number, seen, Move(Step.OPENED, actor))

    def classify(self, number: int, problem: str | None, *, actor: int, seen: int) -> Life:
        """Say which problem type it speaks of, by the id in the taxonomy."""
        return self._move(number, seen, Move(Step.CLASSIFIED, actor, {"problem": problem}))

    def assign(self, number: int, account: int, *, actor: int, seen: int) -> Life:
        """Give it to an account; that is no reply, so both clocks run on."""
        return self._move(number, seen, Move(Step.ASSIGNED, actor, {"account": account}))

    def note(self, number: int, text: str, *, actor: int, seen: int) -> Life:
        """Write to the asker without answering yet: a reply, so the first clock stops."""
        return self._move(number, seen, Move(Step.NOTE, actor, text=_needed(text)))

    def answer(
        self,
        number: int,
        answer: Answering,
        *,
        actor: int,
        seen: int,
        has_page: Callable[[str], bool],
    ) -> Life:
        """Answer with pages that the library has, or that are being written at the desk.

        Raises UnknownPageError for any other.
        """
        pages = list(dict.fromkeys(answer.links))
        with self._writing() as (session, now):
            for page in pages:
                if not has_page(page) and not _is_drafted(session, page):
                    raise UnknownPageError(page)
            move = Move(Step.ANSWERED, actor, {"links": pages}, answer.text)
            return self._moved(session, now, number, seen, move)

    def merge(self, number: int, into: int, *, actor: int, seen: int, text: str = "") -> Life:
        """Join it to another question that asks the same, or to where that one was merged."""
        with self._writing() as (session, now):
            end = end_of_merges(into, lambda each: row_of(session, each).merged_into)
            move = Move(Step.MERGED, actor, {"into": end}, text)
            return self._moved(session, now, number, seen, move)

    def refer(self, number: int, to: str, why: str, *, actor: int, seen: int) -> Life:
        """Say which named body it belongs to, and why."""
        if not why.strip():
            raise IllegalMoveError(mark("Say who takes it over, and why."))
        return self._move(number, seen, Move(Step.REFERRED, actor, {"to": to.strip()}, why))

    def reopen(self, number: int, why: str, *, actor: int, seen: int) -> Life:
        """Open it again within 30 days of being settled; both clocks begin anew."""
        return self._move(number, seen, Move(Step.REOPENED, actor, text=_needed(why)))

    def redact(self, number: int, reason: str, *, actor: int, seen: int, position: int = 1) -> Life:
        """Remove the words of one event, and leave that it happened, when, and why they went.

        Those of the first event are the question itself, with the words searched and the contact.
        """
        data = {"reason": reason.strip(), "position": position}
        with self._writing() as (session, now):
            row = row_of(session, number)
            words = session.get(Words, (number, position))
            if words is None:
                raise IllegalMoveError(mark("There are no words at this place."))
            life = self._moved(session, now, number, seen, Move(Step.REDACTED, actor, data))
            words.text = words.query = words.contact = None
            words.redacted_at = now
            row.asked_hash = "" if position == 1 else row.asked_hash
        self.database.forget_removed()
        return life

    # Reading -------------------------------------------------------------------------------------

    def record(self, number: int) -> Record:
        """A question and its story, for the desk. Raises UnknownQuestionError."""
        self.keep_promises()
        with self.database.reading() as session:
            life = life_in(session, number)
            words = {each.position: each for each in _all_words(session, number)}
            story = tuple(
                _told(event, words.get(event.position)) for event in events_of(session, number)
            )
            return Record(life, story, has_contact=_has_contact(words))

    def contact(self, number: int) -> str | None:
        """How to reach the asker; None if he did not say, or it was removed or cannot be read."""
        with self.database.reading() as session:
            words = session.get(Words, (number, 1))
            return self.keys.uncover(words.contact) if words and words.contact else None

    def inbox(self) -> tuple[Waiting, ...]:
        """All that are open: danger first, then those who were promised the nearest day."""
        return self._waiting(Question.state.in_(_OPEN))

    def mine(self, account: int) -> tuple[Waiting, ...]:
        """The open ones that an account was given."""
        return self._waiting(Question.state.in_(_OPEN), Question.assigned_to == account)

    def overdue(self) -> tuple[Waiting, ...]:
        """The open ones that have waited for too long."""
        return tuple(each for each in self.inbox() if each.overdue is not Overdue.NO)

    def settled(self, *, limit: int = 50, offset: int = 0) -> tuple[Waiting, ...]:
        """The settled ones, the latest first."""
        self.keep_promises()
        with self.database.reading() as session:
            rows = session.scalars(
                select(Question)
                .where(Question.state.not_in(_OPEN))
                .order_by(Question.settled_at.desc(), Question.number.desc())
                .limit(limit)
                .offset(offset)
            )
            return tuple(self._listed(session, rows.all()))

    def alike(self, words: str, *, but: int, limit: int = 6) -> tuple[tuple[int, str], ...]:
        """Numbers and words of the questions most like some words, without the question `but`."""
        wanted = grams(words)
        with self.database.reading() as session:
            query = select(Words.question, Words.text).where(
                Words.position == 1, Words.question != but, Words.text.is_not(None)
            )
            rows = [(number, text or "") for number, text in session.execute(query)]
        scored = ((likeness(wanted, grams(text)), number, text) for number, text in rows)
        best = sorted((row for row in scored if row[0] > 0), key=lambda row: (-row[0], -row[1]))
        return tuple((number, text) for _, number, text in best[:limit])

    def answered_like(
        self, words: str, *, lang: str, near: Collection[str], limit: int = 3
    ) -> tuple[Settled, ...]:
        """Answers to settled questions like some words, the most alike first.

        A question is like them if it shares many of their words, or if its answer names one of the
        pages `near`. Its words are only compared: what is given away is the office's part.
        """
        wanted = grams(words)
        with self.database.reading() as session:
            query = select(Question.number, Words.text).join(
                Words, (Words.question == Question.number) & (Words.position == 1)
            )
            rows = session.execute(
                query.where(Question.state == State.CONFIRMED, Question.lang == lang)
            ).all()
            links = links_of(session, [number for number, _ in rows])
            scored = [(likeness(wanted, grams(text or "")), number) for number, text in rows]
            alike = [
                (score, number)
                for score, number in scored
                if score >= ALIKE or not set(near).isdisjoint(links.get(number, ()))
            ]
            best = (_published(session, number) for _, number in sorted(alike, reverse=True))
            return tuple(itertools.islice(filter(None, best), limit))

    def published(self, number: int) -> Settled | None:
        """The answer to a question as others may read it; None if there is none that they may."""
        with self.database.reading() as session:
            return _published(session, number)

    def counts(self) -> Counts:
        """How many there are."""
        self.keep_promises()
        with self.database.reading() as session:
            return counts_of(session)

    def histories(self) -> Mapping[int, tuple[Happening, ...]]:
        """The events of every question, for counting."""
        self.keep_promises()
        with self.database.reading() as session:
            return all_events(session)

    # Promises ------------------------------------------------------------------------------------

    def keep_promises(self) -> None:
        """Confirm by silence, and remove contacts whose time is over; writes only if need be."""
        with self.database.reading() as session:
            due = any(self._promised(session, self.now()))
        if due:
            with self._writing():
                pass
            self.database.forget_removed()

    def _promised(self, session: Session, now: datetime) -> tuple[list[int], list[int]]:
        """The questions that silence confirms now, and those whose contact must go."""
        silent = select(Question.number).where(
            Question.state == State.ANSWERED,
            Question.silent_since <= now - timedelta(days=clocks.SILENT_DAYS),
        )
        over = (
            select(Question.number)
            .join(Words, Words.question == Question.number)
            .where(
                Words.contact.is_not(None),
                Question.settled_at <= now - timedelta(days=CONTACT_DAYS),
            )
        )
        return list(session.scalars(silent)), list(session.scalars(over))

    def _keep(self, session: Session, now: datetime) -> None:
        silent, _ = self._promised(session, now)
        for number in silent:
            life = life_in(session, number)
            append(session, life, Move(Step.CONFIRMED_BY_SILENCE), life.confirms_at or now)
        # Asked again: what silence has settled just now may have been settled for long.
        _, over = self._promised(session, now)
        for number in over:
            append(session, life_in(session, number), Move(Step.CONTACT_PURGED), now)
            session.get_one(Words, (number, 1)).contact = None

    # The one way to write ------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[tuple[Session, datetime]]:
        """A transaction that nobody else writes beside, with all promises kept first."""
        with self.database.writing() as session:
            session.execute(select(Counter).where(Counter.name == "question").with_for_update())
            now = self.now()
            self._keep(session, now)
            yield session, now

    def _receive(
        self, session: Session, now: datetime, asked: Asked, key_hash: str, asked_hash: str
    ) -> Receipt:
        counter = session.get_one(Counter, "question")
        counter.value += 1
        nonce = secrets.token_hex(8)
        data = {"lang": asked.lang, "danger": asked.danger, "problem": asked.problem}
        data |= {} if asked.danger else self._dues(now)
        event = Happening(1, Step.RECEIVED, now, data=data)
        life = begin(counter.value, event)
        row = Question(
            number=life.number, key_hash=key_hash, asked_hash=asked_hash, nonce=nonce, **kept(life)
        )
        session.add(row)
        session.flush()
        session.add(event_row(life.number, event))
        session.flush()
        session.add(
            Words(
                question=life.number,
                position=1,
                text=asked.text,
                query=asked.query,
                contact=self.keys.cover(asked.contact) if asked.contact else None,
            )
        )
        return Receipt(life.number, self.keys.code(life.number, nonce), made=True)

    def _dues(self, began: datetime) -> dict[str, Any]:
        """The promised days, and what they were reckoned with."""
        working = self.working_days()
        days = clocks.dues(began, working)
        return {
            "echo_due": days.echo.isoformat(),
            "settled_due": days.settled.isoformat(),
            "holidays": working.fingerprint,
            "years_unknown": list(working.unknown_years(china_day(began), days.settled)),
        }

    def _as_asker(self, number: int, code: str, seen: int, move: Move) -> Life:
        self._let_in(number, code)
        return self._move(number, seen, move)

    def _let_in(self, number: int, code: str) -> None:
        """Raises UnknownQuestionError, in the same time whether the number or the code is wrong."""
        with self.database.reading() as session:
            row = session.get(Question, number)
        if not self.keys.fits(code, number, row.nonce if row else "") or row is None:
            raise UnknownQuestionError

    def _move(self, number: int, seen: int, move: Move) -> Life:
        with self._writing() as (session, now):
            return self._moved(session, now, number, seen, move)

    def _moved(self, session: Session, now: datetime, number: int, seen: int, move: Move) -> Life:
        life = life_in(session, number)
        if life.position != seen:
            raise StaleMoveError
        if move.kind is Step.REOPENED and not life.danger:
            move = replace(move, data={**move.data, **self._dues(now)})
        return append(session, life, move, now)

    def _print(self, asked: Asked) -> str:
        parts = (
            asked.text,
            asked.lang,
            asked.contact or "",
            asked.query or "",
            asked.problem or "",
        )
        return self.keys.print_of("question", *parts)

    def _waiting(self, *wanted: Any) -> tuple[Waiting, ...]:
        self.keep_promises()
        with self.database.reading() as session:
            rows = session.scalars(select(Question).where(*wanted)).all()
            return tuple(sorted(self._listed(session, rows), key=_urgency))

    def _listed(self, session: Session, rows: Sequence[Question]) -> Iterator[Waiting]:
        now, working = self.now(), self.working_days()
        numbers = [row.number for row in rows]
        first = select(Words).where(Words.question.in_(numbers), Words.position == 1)
        texts = {words.question: words.text for words in session.scalars(first)}
        links = links_of(session, numbers)
        for row in rows:
            life = life_of(row, links.get(row.number, ()))
            yield Waiting(
                life,
                texts.get(row.number),
                clocks.overdue(life.echo_awaited, clocks.ECHO_GRACE, now, working),
                clocks.overdue(life.settling_awaited, clocks.SETTLED_GRACE, now, working),
            )


def _needed(text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise IllegalMoveError(mark("Please say it in a few words."))
    return text


def _is_drafted(session: Session, slug: str) -> bool:
    return session.scalar(select(Draft.id).where(Draft.slug == slug).limit(1)) is not None


def _all_words(session: Session, number: int) -> Sequence[Words]:
    return session.scalars(select(Words).where(Words.question == number)).all()


def _published(session: Session, number: int) -> Settled | None:
    """The latest answer of a question; none where it seems to hold personal data."""
    answers = [each for each in events_of(session, number) if each.kind is Step.ANSWERED]
    if not answers:
        return None
    words = session.get(Words, (number, answers[-1].position))
    text = words.text if words else None
    if findings(text or ""):
        return None
    return Settled(tuple(answers[-1].data["links"]), text, answers[-1].at)


def _has_contact(words: Mapping[int, Words]) -> bool:
    return any(each.contact is not None for each in words.values())


def _told(event: Happening, words: Words | None) -> Told:
    if words is None:
        return Told(event, None, None, None)
    return Told(event, words.text, words.query, words.redacted_at)


def _urgency(each: Waiting) -> tuple[object, ...]:
    """Danger before all, then the nearest promise, then the oldest."""
    days = [day for day in (each.life.echo_awaited, each.life.settling_awaited) if day]
    return (not each.life.danger, not days, min(days, default=None) or 0, each.life.number)
