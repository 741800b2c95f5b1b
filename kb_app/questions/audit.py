"""Proof that nothing was lost: whether what the database holds keeps the law.

It only reads, and it believes neither the rows nor the program that wrote them: every life is
lived once more from its events.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb_app.database import Database
from kb_app.models import Counter, Draft, Event, Question, Review, Words
from kb_app.questions import clocks
from kb_app.questions.clocks import WorkingDays
from kb_app.questions.errors import IllegalMoveError
from kb_app.questions.ledger import happening, life_of, links_of
from kb_app.questions.life import (
    SETTLED,
    Happening,
    Life,
    State,
    Step,
    apply,
    begin,
    end_of_merges,
)

# How long after its day a promise may still be unkept: the service may have stood still.
GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is wrong; `question` is None where it is no single question's."""

    question: int | None
    rule: str
    detail: str

    def __str__(self) -> str:
        where = f"question {self.question}" if self.question is not None else "database"
        return f"{where}: {self.rule}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at, and what is wrong with it."""

    received: int
    open: int
    settled: int
    events: int
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """Everything that the database holds about questions, read in one view."""

    counter: int | None
    rows: Mapping[int, Question]
    events: Mapping[int, list[Event]]
    words: Mapping[int, list[Words]]
    links: Mapping[int, list[str]]
    drafts: list[Draft]
    reviews: list[Review]


@dataclass(frozen=True, slots=True)
class _Case:
    """One question to be looked at, with the life that its events tell."""

    row: Question
    events: list[Happening]
    words: Mapping[int, Words]
    links: list[str]
    life: Life
    now: datetime
    working: WorkingDays


def audit(database: Database, working: WorkingDays, now: datetime) -> Audit:
    """Look at everything. Raises DatabaseBusyError."""
    with database.reading() as session:
        held = _read(session)
        breaches = (*_whole(held), *_each(held, working, now))
    states = [row.state for row in held.rows.values()]
    settled = sum(state in {each.value for each in SETTLED} for state in states)
    return Audit(
        received=held.counter or 0,
        open=len(states) - settled,
        settled=settled,
        events=sum(map(len, held.events.values())),
        breaches=breaches,
    )


def _read(session: Session) -> _Held:
    counter = session.get(Counter, "question")
    rows = {row.number: row for row in session.scalars(select(Question).order_by(Question.number))}
    events: dict[int, list[Event]] = {}
    for event in session.scalars(select(Event).order_by(Event.question, Event.position)):
        events.setdefault(event.question, []).append(event)
    words: dict[int, list[Words]] = {}
    for each in session.scalars(select(Words).order_by(Words.question, Words.position)):
        words.setdefault(each.question, []).append(each)
    return _Held(
        counter.value if counter else None,
        rows,
        events,
        words,
        links_of(session, rows),
        list(session.scalars(select(Draft))),
        list(session.scalars(select(Review))),
    )


def _whole(held: _Held) -> Iterator[Breach]:
    """What can only be seen of all questions together."""
    numbers = list(held.rows)
    if held.counter is None:
        yield Breach(None, "numbers", "the counter is missing")
    elif numbers != list(range(1, held.counter + 1)):
        missing = sorted(set(range(1, held.counter + 1)) ^ set(numbers))[:10]
        yield Breach(None, "numbers", f"{held.counter} were given; these do not fit: {missing}")
    for question in sorted({*held.events, *held.words} - set(numbers)):
        yield Breach(question, "numbers", "there are events or words, but no question")
    yield from _keys_known_once(list(held.rows.values()))
    yield from _drafts_belong(held)


def _keys_known_once(rows: Collection[Question]) -> Iterator[Breach]:
    for name in ("key_hash", "nonce"):
        tally = Tally(getattr(row, name) for row in rows)
        for row in rows:
            value = getattr(row, name)
            if not value or tally[value] > 1:
                yield Breach(row.number, "keys", f"{name} is missing or stands twice")


def _drafts_belong(held: _Held) -> Iterator[Breach]:
    for draft in held.drafts:
        if draft.question is not None and draft.question not in held.rows:
            detail = f"the draft {draft.slug} answers a question that is not there"
            yield Breach(draft.question, "drafts", detail)
    known = {draft.id for draft in held.drafts}
    for review in held.reviews:
        if review.draft not in known:
            yield Breach(None, "drafts", f"review {review.id} is of no draft")


def _each(held: _Held, working: WorkingDays, now: datetime) -> Iterator[Breach]:
    merged = {number: row.merged_into for number, row in held.rows.items()}
    for number, row in held.rows.items():
        yield from _merges_end(number, merged)
        events = [_event(event) for event in held.events.get(number, [])]
        life = yield from _relived(number, events)
        if life is not None:
            words = {each.position: each for each in held.words.get(number, [])}
            kept = [event for event in events if event is not None]
            case = _Case(row, kept, words, held.links.get(number, []), life, now, working)
            for rule, check in _RULES.items():
                for detail in check(case):
                    yield Breach(number, rule, detail)


def _event(row: Event) -> Happening | None:
    """An event as the law knows it; None where the law has no such step."""
    try:
        return happening(row)
    except ValueError:
        return None


def _relived(number: int, events: list[Happening | None]) -> Generator[Breach, None, Life | None]:
    """Live a life once more; the breach where that cannot be done, and the life where it can."""
    if not events or events[0] is None:
        yield Breach(number, "events", "nothing was received")
        return None
    try:
        life = begin(number, events[0])
        for event in events[1:]:
            if event is None:
                yield Breach(number, "events", "there is no such step")
                return None
            life = apply(life, event)
    except (IllegalMoveError, KeyError, TypeError, ValueError) as error:
        yield Breach(number, "events", str(error) or type(error).__name__)
        return None
    return life


def _merges_end(number: int, merged: Mapping[int, int | None]) -> Iterator[Breach]:
    try:
        end = end_of_merges(number, merged.get)
    except IllegalMoveError:
        yield Breach(number, "merges", "the chain of merges is a circle")
        return
    if end not in merged:
        yield Breach(number, "merges", f"merged into {end}, which is not there")


def _row_says_what_events_say(case: _Case) -> Iterator[str]:
    try:
        shown = life_of(case.row, case.links)
    except ValueError:
        yield f"there is no state {case.row.state}"
        return
    for each in fields(Life):
        told, said = getattr(case.life, each.name), getattr(shown, each.name)
        if told != said:
            yield f"{each.name} is {said}, but the events say {told}"


def _settled_for_a_reason(case: _Case) -> Iterator[str]:
    life = case.life
    if life.state in {State.ANSWERED, State.CONFIRMED} and not case.links:
        yield "answered without a page"
    if life.state is State.MERGED and case.row.merged_into is None:
        yield "merged, and nobody knows into which"
    if life.state is State.REFERRED:
        why = _last(case, Step.REFERRED)
        if not case.row.referred_to or not (why and (why.text or why.redacted_at)):
            yield "referred without a name or a reason"


def _last(case: _Case, step: Step) -> Words | None:
    found = [event.position for event in case.events if event.kind is step]
    return case.words.get(found[-1]) if found else None


def _clocks_are_right(case: _Case) -> Iterator[str]:
    begins = [e for e in case.events if e.kind in {Step.RECEIVED, Step.REOPENED}]
    for event in begins:
        said = (event.data.get("echo_due"), event.data.get("settled_due"))
        if case.life.danger:
            if any(said):
                yield "a danger to life has a clock"
            continue
        if not all(said):
            yield "no days were promised"
        elif event.data.get("holidays") == case.working.fingerprint:
            days = clocks.dues(event.at, case.working)
            if said != (days.echo.isoformat(), days.settled.isoformat()):
                yield f"{said} were promised, but {days.echo} and {days.settled} are right"
        elif not _in_order(event.at, *map(str, said)):
            yield f"the promised days {said} are not in order"


def _in_order(began: datetime, echo: str, settled: str) -> bool:
    return clocks.china_day(began) < date.fromisoformat(echo) < date.fromisoformat(settled)


def _words_are_there_or_removed(case: _Case) -> Iterator[str]:
    removed = {e.data.get("position", 1) for e in case.events if e.kind is Step.REDACTED}
    for position, words in case.words.items():
        left = (words.text, words.query, words.contact)
        if position > case.life.position:
            yield f"words belong to event {position}, which is not there"
        if position in removed and (any(left) or words.redacted_at is None):
            yield f"the words of event {position} were to be removed and are still there"
        if position not in removed and (words.text is None or words.redacted_at is not None):
            yield f"the words of event {position} are gone without a reason"
    for position in {1} | removed:
        if position not in case.words:
            yield f"the words of event {position} are missing"


def _contacts_go_in_time(case: _Case) -> Iterator[str]:
    first = case.words.get(1)
    if first is None or first.contact is None:
        return
    if any(event.kind is Step.CONTACT_PURGED for event in case.events):
        yield "the contact was to be removed and is still there"
    over = timedelta(days=clocks.CONTACT_DAYS) + GRACE
    if case.life.settled_at is not None and case.now > case.life.settled_at + over:
        yield "the contact is kept for too long"


def _silence_confirms(case: _Case) -> Iterator[str]:
    if case.life.confirms_at is not None and case.now > case.life.confirms_at + GRACE:
        yield "silence should have confirmed the answer"


_RULES: Mapping[str, Callable[[_Case], Iterator[str]]] = {
    "row": _row_says_what_events_say,
    "reason": _settled_for_a_reason,
    "clocks": _clocks_are_right,
    "words": _words_are_there_or_removed,
    "contact": _contacts_go_in_time,
    "silence": _silence_confirms,
}
