"""What became of questions in some days: received, settled, reopened, and what is left. Pure.

A question is settled and opened again at its events, so every number is a count of steps that can
be listed, and they add up: carried + received + reopened - settled = open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kb_app.periods import Period
from kb_app.questions.clocks import china_day
from kb_app.questions.life import Happening, Life, State, Step, apply, begin


class Way(StrEnum):
    """How a question came to be settled; silence is told apart from the asker's word."""

    ASKER = "asker"
    SILENCE = "silence"
    SELF = "self"
    MERGED = "merged"
    REFERRED = "referred"


_WAYS: Mapping[State, Way] = {
    State.SELF_RESOLVED: Way.SELF,
    State.MERGED: Way.MERGED,
    State.REFERRED: Way.REFERRED,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A question right after one of its events."""

    day: date
    event: Happening
    life: Life
    was_settled: bool

    @property
    def settles(self) -> bool:
        """Whether this event has settled it."""
        return self.life.is_settled and not self.was_settled

    @property
    def reopens(self) -> bool:
        """Whether this event has opened again what was settled."""
        return self.was_settled and not self.life.is_settled

    @property
    def way(self) -> Way:
        """How it was settled, if it was."""
        return _WAYS.get(self.life.state, Way(self.life.confirmed_by or Way.ASKER))


@dataclass(frozen=True, slots=True)
class Tally:
    """The questions of a period, each list by number; `carried` were open when it began.

    `open` and `overdue` are as of its end, or of today while it runs; so are the two totals since
    the first question, of which `received_ever` is the sum of `open` and `settled_ever`.
    """

    carried: tuple[Stage, ...]
    received: tuple[Stage, ...]
    reopened: tuple[Stage, ...]
    settled: tuple[Stage, ...]
    open: tuple[Stage, ...]
    overdue: tuple[Stage, ...]
    answered: tuple[Stage, ...]
    received_ever: int
    settled_ever: int

    def ways(self) -> Mapping[Way, int]:
        """How many were settled in each way."""
        return {way: sum(each.way is way for each in self.settled) for way in Way}


def stages(histories: Mapping[int, Sequence[Happening]]) -> tuple[tuple[Stage, ...], ...]:
    """The stages of every question, by number. Raises IllegalMoveError on an unlawful history."""
    return tuple(_stages(number, events) for number, events in sorted(histories.items()))


def tally(lived: Iterable[Sequence[Stage]], period: Period, today: date) -> Tally:
    """Count a period; what happened after it, or after today, is not looked at."""
    so_far = [[each for each in one if each.day < period.end] for one in lived]
    begun = [one for one in so_far if one]
    ends = [one[-1] for one in begun]
    left = tuple(each for each in ends if not each.life.is_settled)
    steps = [each for one in begun for each in one if period.covers(each.day)]
    closes = period.closes(today)
    return Tally(
        carried=tuple(_open_before(begun, period.start)),
        received=_those(steps, lambda each: each.event.kind is Step.RECEIVED),
        reopened=_those(steps, lambda each: each.reopens),
        settled=_those(steps, lambda each: each.settles),
        open=left,
        overdue=_those(left, lambda each: is_overdue(each.life, closes)),
        answered=_those(steps, lambda each: each.event.kind is Step.ANSWERED),
        received_ever=len(begun),
        settled_ever=len(ends) - len(left),
    )


def is_overdue(life: Life, today: date) -> bool:
    """Whether a promised day is over without what was promised on it."""
    promised = (life.echo_awaited, life.settling_awaited)
    return any(day is not None and day < today for day in promised)


def _stages(number: int, events: Sequence[Happening]) -> tuple[Stage, ...]:
    life = begin(number, events[0])
    found = [Stage(china_day(events[0].at), events[0], life, was_settled=False)]
    for event in events[1:]:
        was_settled, life = life.is_settled, apply(life, event)
        found.append(Stage(china_day(event.at), event, life, was_settled))
    return tuple(found)


def _those(found: Iterable[Stage], wanted: Callable[[Stage], bool]) -> tuple[Stage, ...]:
    return tuple(each for each in found if wanted(each))


def _open_before(begun: Iterable[Sequence[Stage]], start: date) -> Iterator[Stage]:
    for one in begun:
        before = [each for each in one if each.day < start]
        if before and not before[-1].life.is_settled:
            yield before[-1]
