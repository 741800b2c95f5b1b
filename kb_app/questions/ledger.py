"""Lives as rows: how the events of a question and where they led are read and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb_app.models import Counter, Event, Link, Question, Words
from kb_app.questions.errors import UnknownQuestionError
from kb_app.questions.life import SETTLED, Happening, Life, State, Step, apply

_KEPT = tuple(f.name for f in fields(Life) if f.name not in {"number", "links"})


@dataclass(frozen=True, slots=True)
class Move:
    """A step that somebody means to take, with the words that belong to it."""

    kind: Step
    actor: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions; received = open + settled. Silence is never counted as agreement."""

    received: int
    open: int
    settled: int
    by_state: Mapping[State, int]
    confirmed_by_asker: int
    confirmed_by_silence: int


def append(session: Session, life: Life, move: Move, at: datetime) -> Life:
    """Add an event, its words, and where it leads. A clock that was set back stands still."""
    event = Happening(
        life.position + 1, move.kind, max(at, life.moved_at), move.actor, dict(move.data)
    )
    moved = apply(life, event)
    session.add(event_row(life.number, event))
    session.flush()
    if move.text:
        session.add(Words(question=life.number, position=event.position, text=move.text))
    _write(session, moved)
    return moved


def events_of(session: Session, number: int) -> tuple[Happening, ...]:
    """The events of a question in their order."""
    rows = select(Event).where(Event.question == number).order_by(Event.position)
    return tuple(happening(row) for row in session.scalars(rows))


def all_events(session: Session) -> dict[int, tuple[Happening, ...]]:
    """The events of every question, in their order."""
    found: dict[int, list[Happening]] = {}
    for row in session.scalars(select(Event).order_by(Event.question, Event.position)):
        found.setdefault(row.question, []).append(happening(row))
    return {number: tuple(events) for number, events in found.items()}


def happening(row: Event) -> Happening:
    """An event as the law knows it."""
    return Happening(row.position, Step(row.kind), row.at, row.actor, row.data)


def counts_of(session: Session) -> Counts:
    """How many questions there are, by what their rows say."""
    grouped = select(Question.state, Question.confirmed_by, func.count()).group_by(
        Question.state, Question.confirmed_by
    )
    found = [(State(state), by, count) for state, by, count in session.execute(grouped)]
    by_state = {state: sum(c for s, _, c in found if s is state) for state in State}
    settled = sum(by_state[state] for state in SETTLED)
    return Counts(
        received=session.get_one(Counter, "question").value,
        open=sum(by_state.values()) - settled,
        settled=settled,
        by_state=by_state,
        confirmed_by_asker=sum(count for _, by, count in found if by == "asker"),
        confirmed_by_silence=sum(count for _, by, count in found if by == "silence"),
    )


def row_of(session: Session, number: int) -> Question:
    """The row of a question. Raises UnknownQuestionError."""
    row = session.get(Question, number)
    if row is None:
        raise UnknownQuestionError
    return row


def life_in(session: Session, number: int) -> Life:
    """Where a question is, by its row. Raises UnknownQuestionError."""
    return life_of(row_of(session, number), links_of(session, [number]).get(number, ()))


def life_of(row: Question, links: Sequence[str]) -> Life:
    """A row as the law knows it."""
    kept = {name: getattr(row, name) for name in _KEPT}
    return Life(**{**kept, "number": row.number, "state": State(row.state), "links": tuple(links)})


def links_of(session: Session, numbers: Iterable[int]) -> dict[int, list[str]]:
    """The pages that answer each of some questions, in the order in which they were named."""
    found: dict[int, list[str]] = {}
    rows = select(Link).where(Link.question.in_(list(numbers))).order_by(Link.question, Link.place)
    for link in session.scalars(rows):
        found.setdefault(link.question, []).append(link.page)
    return found


def kept(life: Life) -> dict[str, Any]:
    """What the row of a question repeats of its life."""
    return {name: getattr(life, name) for name in _KEPT} | {"state": life.state.value}


def _write(session: Session, life: Life) -> None:
    """The row as the events have left it."""
    row = row_of(session, life.number)
    for name, value in kept(life).items():
        setattr(row, name, value)
    session.execute(delete(Link).where(Link.question == life.number))
    for place, page in enumerate(life.links):
        session.add(Link(question=life.number, page=page, place=place))
    session.flush()


def event_row(number: int, event: Happening) -> Event:
    """An event as it is stored."""
    return Event(
        question=number,
        position=event.position,
        kind=event.kind.value,
        at=event.at,
        actor=event.actor,
        data=dict(event.data),
    )
