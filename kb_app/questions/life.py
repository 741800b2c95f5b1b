"""The life of a question: which step may follow which. Pure; knows neither database nor web."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from kb_app.questions.clocks import REOPEN_DAYS, SILENT_DAYS
from kb_app.questions.errors import IllegalMoveError
from kb_app.translations import mark


class State(StrEnum):
    """Where a question is."""

    RECEIVED = "received"
    OPEN = "open"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CONFIRMED = "confirmed"
    SELF_RESOLVED = "self-resolved"
    MERGED = "merged"
    REFERRED = "referred"


# Before the law a question is either open or settled. An answer settles it only when the asker has
# confirmed it, or has been silent for seven days.
SETTLED = frozenset({State.CONFIRMED, State.SELF_RESOLVED, State.MERGED, State.REFERRED})
OPEN = frozenset(State) - SETTLED
_WAITING = frozenset({State.RECEIVED, State.OPEN, State.ASSIGNED, State.REOPENED})


class Step(StrEnum):
    """What can happen to a question."""

    RECEIVED = "received"
    OPENED = "opened"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    NOTE = "note"
    ADDED = "added"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    CONFIRMED_BY_SILENCE = "confirmed-by-silence"
    SELF_RESOLVED = "self-resolved"
    MERGED = "merged"
    REFERRED = "referred"
    REOPENED = "reopened"
    REDACTED = "redacted"
    CONTACT_PURGED = "contact-purged"


# What states and steps are called where people read of them.
NAMES: Mapping[State | Step, str] = {
    State.RECEIVED: mark("received"),
    State.OPEN: mark("open"),
    State.ASSIGNED: mark("assigned"),
    State.ANSWERED: mark("answered"),
    State.REOPENED: mark("reopened"),
    State.CONFIRMED: mark("confirmed"),
    State.SELF_RESOLVED: mark("self-resolved"),
    State.MERGED: mark("merged"),
    State.REFERRED: mark("referred"),
    Step.OPENED: mark("opened"),
    Step.CLASSIFIED: mark("classified"),
    Step.NOTE: mark("note"),
    Step.ADDED: mark("added"),
    Step.CONFIRMED_BY_SILENCE: mark("confirmed-by-silence"),
    Step.REDACTED: mark("redacted"),
    Step.CONTACT_PURGED: mark("contact-purged"),
}


class Who(StrEnum):
    """Who takes a step."""

    ASKER = "asker"
    ACCOUNT = "account"
    CLOCK = "clock"


# A reply of a person stops the first clock; giving a question to somebody is none.
REPLIES = frozenset({Step.NOTE, Step.ANSWERED, Step.MERGED, Step.REFERRED})

_ANYWHERE = frozenset(State)
# From which states a step may be taken, and by whom.
_ALLOWED: Mapping[Step, tuple[frozenset[State], frozenset[Who]]] = {
    Step.OPENED: (frozenset({State.RECEIVED}), frozenset({Who.ASKER, Who.ACCOUNT})),
    Step.CLASSIFIED: (_ANYWHERE, frozenset({Who.ACCOUNT})),
    Step.ASSIGNED: (_WAITING, frozenset({Who.ACCOUNT})),
    Step.NOTE: (_ANYWHERE, frozenset({Who.ACCOUNT})),
    Step.ADDED: (OPEN, frozenset({Who.ASKER})),
    Step.ANSWERED: (_WAITING | {State.ANSWERED}, frozenset({Who.ACCOUNT})),
    Step.CONFIRMED: (frozenset({State.ANSWERED}), frozenset({Who.ASKER})),
    Step.CONFIRMED_BY_SILENCE: (frozenset({State.ANSWERED}), frozenset({Who.CLOCK})),
    Step.SELF_RESOLVED: (_WAITING, frozenset({Who.ASKER})),
    Step.MERGED: (OPEN, frozenset({Who.ACCOUNT})),
    Step.REFERRED: (OPEN, frozenset({Who.ACCOUNT})),
    Step.REOPENED: (SETTLED | {State.ANSWERED}, frozenset({Who.ASKER, Who.ACCOUNT})),
    Step.REDACTED: (_ANYWHERE, frozenset({Who.ACCOUNT})),
    Step.CONTACT_PURGED: (SETTLED, frozenset({Who.CLOCK})),
}
_BY_CLOCK = frozenset({Step.CONFIRMED_BY_SILENCE, Step.CONTACT_PURGED})
# Where a step leads; a step that is not here changes nothing about the state.
_LEADS_TO: Mapping[Step, State] = {
    Step.OPENED: State.OPEN,
    Step.ASSIGNED: State.ASSIGNED,
    Step.ANSWERED: State.ANSWERED,
    Step.CONFIRMED: State.CONFIRMED,
    Step.CONFIRMED_BY_SILENCE: State.CONFIRMED,
    Step.SELF_RESOLVED: State.SELF_RESOLVED,
    Step.MERGED: State.MERGED,
    Step.REFERRED: State.REFERRED,
    Step.REOPENED: State.REOPENED,
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: the `position`-th of its question, at a time, by somebody.

    `actor` is the id of an account; None for the asker, and for the clock. `data` is what JSON
    knows, never words that somebody wrote: these stand beside the events.
    """

    position: int
    kind: Step
    at: datetime
    actor: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Life:
    """Where the events of question `number` have led.

    `silent_since` is when the asker was last heard or answered while an answer waits for a word of
    his; `confirmed_by` is "asker" or "silence". A question that speaks of danger to life has no
    due days: nobody may read that there is time.
    """

    number: int
    state: State
    position: int
    lang: str
    danger: bool
    received_at: datetime
    moved_at: datetime
    problem: str | None = None
    echo_due: date | None = None
    settled_due: date | None = None
    echoed_at: datetime | None = None
    settled_at: datetime | None = None
    silent_since: datetime | None = None
    confirmed_by: str | None = None
    assigned_to: int | None = None
    merged_into: int | None = None
    referred_to: str | None = None
    links: tuple[str, ...] = ()
    redacted: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether it is settled before the law; else it is open."""
        return self.state in SETTLED

    @property
    def confirms_at(self) -> datetime | None:
        """When silence confirms the answer; None where no answer waits for that."""
        return self.silent_since + timedelta(days=SILENT_DAYS) if self.silent_since else None

    @property
    def echo_awaited(self) -> date | None:
        """The day by which a person should reply; None if one has, or no clock runs."""
        return None if self.is_settled or self.echoed_at else self.echo_due

    @property
    def settling_awaited(self) -> date | None:
        """The day by which it should be settled; None if it is, or no clock runs."""
        return None if self.is_settled or self.state is State.ANSWERED else self.settled_due


def begin(number: int, event: Happening) -> Life:
    """The life of a question that was just received."""
    if event.position != 1 or event.kind is not Step.RECEIVED:
        raise IllegalMoveError(mark("A question begins with being received."))
    return Life(
        number=number,
        state=State.RECEIVED,
        position=1,
        lang=event.data["lang"],
        danger=event.data["danger"],
        received_at=event.at,
        moved_at=event.at,
        problem=event.data.get("problem"),
        echo_due=_day(event, "echo_due"),
        settled_due=_day(event, "settled_due"),
    )


def apply(life: Life, event: Happening) -> Life:
    """Where an event leads. Raises IllegalMoveError if the law does not allow it."""
    _check(life, event)
    moved = replace(
        life,
        position=event.position,
        moved_at=event.at,
        state=_LEADS_TO.get(event.kind, life.state),
        echoed_at=life.echoed_at or (event.at if event.kind in REPLIES else None),
    )
    moved = _CHANGES.get(event.kind, _unchanged)(moved, event)
    if moved.is_settled and not life.is_settled:
        moved = replace(moved, settled_at=event.at, silent_since=None)
    return moved


def replay(number: int, events: Iterable[Happening]) -> Life:
    """The life that events have led to, from the first to the last. Raises IllegalMoveError."""
    first, *rest = events
    life = begin(number, first)
    for event in rest:
        life = apply(life, event)
    return life


def end_of_merges(number: int, merged_into: Callable[[int], int | None]) -> int:
    """The question in which a chain of merges ends. Raises IllegalMoveError if it never does.

    >>> end_of_merges(1, {1: 2, 2: 5}.get)
    5
    """
    seen = {number}
    while (following := merged_into(number)) is not None:
        if following in seen:
            raise IllegalMoveError(mark("A question cannot be merged into itself."))
        seen.add(following)
        number = following
    return number


def by_whom(event: Happening) -> Who:
    """Who took a step."""
    if event.actor is not None:
        return Who.ACCOUNT
    return Who.CLOCK if event.kind in _BY_CLOCK else Who.ASKER


def allowed(life: Life, who: Who) -> tuple[Step, ...]:
    """The steps that somebody may take now, in the order in which they are written here."""
    return tuple(
        step
        for step, (states, people) in _ALLOWED.items()
        if life.state in states and who in people
    )


def _check(life: Life, event: Happening) -> None:
    if event.position != life.position + 1:
        raise IllegalMoveError(mark("Events follow each other without a gap."))
    if event.at < life.moved_at:
        raise IllegalMoveError(mark("An event cannot lie before the one that it follows."))
    if event.kind is Step.RECEIVED:
        raise IllegalMoveError(mark("A question is received only once."))
    states, people = _ALLOWED[event.kind]
    if life.state not in states:
        raise IllegalMoveError(
            mark("A question in this state cannot be moved in this way: {state} → {step}."),
            state=life.state,
            step=event.kind,
        )
    if by_whom(event) not in people:
        raise IllegalMoveError(mark("This step is not yours to take."))
    check = _CONDITIONS.get(event.kind)
    if check is not None:
        check(life, event)


def _answer_leads_somewhere(_: Life, event: Happening) -> None:
    if not event.data.get("links"):
        raise IllegalMoveError(mark("An answer names at least one page of the library."))


def _referral_names_a_body(_: Life, event: Happening) -> None:
    if not str(event.data.get("to") or "").strip():
        raise IllegalMoveError(mark("Say who takes it over, and why."))


def _merge_is_with_another(life: Life, event: Happening) -> None:
    if not isinstance(event.data.get("into"), int):
        raise IllegalMoveError(mark("Say which question it is merged into."))
    if event.data["into"] == life.number:
        raise IllegalMoveError(mark("A question cannot be merged into itself."))


def _somebody_takes_it(_: Life, event: Happening) -> None:
    if not isinstance(event.data.get("account"), int):
        raise IllegalMoveError(mark("Say who takes it."))


def _removal_has_a_reason(_: Life, event: Happening) -> None:
    if not str(event.data.get("reason") or "").strip():
        raise IllegalMoveError(mark("Say why the words are removed."))


def _is_silent_for_long(life: Life, event: Happening) -> None:
    if life.confirms_at is None or event.at < life.confirms_at:
        raise IllegalMoveError(mark("The asker has not been silent for seven days yet."))


def _is_settled_lately(life: Life, event: Happening) -> None:
    if life.settled_at and event.at > life.settled_at + timedelta(days=REOPEN_DAYS):
        raise IllegalMoveError(
            mark("It was settled more than {days} days ago; please ask anew."), days=REOPEN_DAYS
        )


_CONDITIONS: Mapping[Step, Callable[[Life, Happening], None]] = {
    Step.ASSIGNED: _somebody_takes_it,
    Step.ANSWERED: _answer_leads_somewhere,
    Step.CONFIRMED_BY_SILENCE: _is_silent_for_long,
    Step.MERGED: _merge_is_with_another,
    Step.REFERRED: _referral_names_a_body,
    Step.REOPENED: _is_settled_lately,
    Step.REDACTED: _removal_has_a_reason,
}


def _unchanged(life: Life, _: Happening) -> Life:
    return life


def _answered(life: Life, event: Happening) -> Life:
    links = dict.fromkeys((*life.links, *event.data["links"]))
    return replace(life, links=tuple(links), silent_since=event.at)


def _added(life: Life, event: Happening) -> Life:
    return replace(life, silent_since=event.at) if life.silent_since else life


def _reopened(life: Life, event: Happening) -> Life:
    """Both clocks begin anew; what settled it before no longer counts."""
    return replace(
        life,
        echo_due=_day(event, "echo_due"),
        settled_due=_day(event, "settled_due"),
        echoed_at=None,
        settled_at=None,
        silent_since=None,
        confirmed_by=None,
        assigned_to=None,
        merged_into=None,
        referred_to=None,
    )


_CHANGES: Mapping[Step, Callable[[Life, Happening], Life]] = {
    Step.CLASSIFIED: lambda life, event: replace(life, problem=event.data.get("problem")),
    Step.ASSIGNED: lambda life, event: replace(life, assigned_to=event.data["account"]),
    Step.ANSWERED: _answered,
    Step.ADDED: _added,
    Step.CONFIRMED: lambda life, _: replace(life, confirmed_by="asker"),
    Step.CONFIRMED_BY_SILENCE: lambda life, _: replace(life, confirmed_by="silence"),
    Step.MERGED: lambda life, event: replace(life, merged_into=event.data["into"]),
    Step.REFERRED: lambda life, event: replace(life, referred_to=event.data["to"]),
    Step.REOPENED: _reopened,
    Step.REDACTED: lambda life, event: replace(
        life, redacted=life.redacted or event.data.get("position", 1) == 1
    ),
}


def _day(event: Happening, name: str) -> date | None:
    said = event.data.get(name)
    return date.fromisoformat(said) if said else None
