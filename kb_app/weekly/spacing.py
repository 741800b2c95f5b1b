"""When a question comes back: the rule by which five are chosen for a week.

Answers never leave a phone, so the rule runs there, in `lanewise-weekly.js`. It is written down
here as well: the page for browsers without scripts chooses by it, and a test holds both to the
same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kb_app.weekly.bank import Item

A_WEEK = 5
# Places in a week for what is new, if there is so much of it; changed rules leave it one.
_NEW = 2
# After 3 days, and then so many days later each time: 2, 5 and 10 weeks after the first answer.
WAITS = (3, 11, 21, 35)
_OFFSET, _FACTOR, _WORD = 2166136261, 16777619, 2**32


class After(StrEnum):
    """How long after its first answer a question is asked; phones and totals say it so."""

    NEW = "new"
    DAYS_3 = "3d"
    WEEKS_2 = "2w"
    WEEKS_5 = "5w"
    WEEKS_10 = "10w"
    CHANGED = "changed"


_RETURNS = (After.DAYS_3, After.WEEKS_2, After.WEEKS_5, After.WEEKS_10)


@dataclass(frozen=True, slots=True)
class Known:
    """What a phone keeps of an item: which return comes next, when it was answered, its print."""

    next: int
    on: date
    print: str


def due_on(known: Known) -> date | None:
    """The first day on which it may come back; None for one that rests.

    >>> due_on(Known(0, date(2026, 11, 23), "p")), due_on(Known(4, date(2026, 11, 23), "p"))
    (datetime.date(2026, 11, 26), None)
    """
    if known.next >= len(WAITS):
        return None
    return known.on + timedelta(days=WAITS[known.next])


def after(item: Item, known: Known | None) -> After:
    """As what an item is asked.

    >>> str(after(Item("a.1", "", (), 1, "", "", "", (), "p"), Known(2, date(2026, 11, 23), "p")))
    '5w'
    """
    if known is None:
        return After.NEW
    if known.print != item.print or known.next >= len(_RETURNS):
        return After.CHANGED
    return _RETURNS[known.next]


def answered(item: Item, known: Known | None, choice: int, day: date) -> Known:
    """What is kept once an option (from 1) has been chosen; a wrong one starts over."""
    returned = after(item, known) in _RETURNS
    goes_on = known is not None and returned and choice == item.answer
    return Known(known.next + 1 if known and goes_on else 0, day, item.print)


def chosen(
    items: Iterable[Item], known: Mapping[str, Known], day: date, week: date
) -> tuple[Item, ...]:
    """At most five for the week that begins on `week`, chosen on `day`.

    First what has changed, then what is due, the longest due first, then what is new. Three places
    are for what was asked before and two for what is new, if there is enough of both; four changed
    ones leave one. Nothing comes before it is due. What is new comes in an order that is the same
    on every phone, so that people who sit together have the same questions.
    """
    ranked = sorted(items, key=lambda item: (mixed(f"{week}:{item.id}"), item.id))
    new = [item for item in ranked if item.id not in known]
    asked = [(item, known[item.id]) for item in ranked if item.id in known]
    changed = [item for item, before in asked if before.print != item.print]
    old = [*changed, *_due(asked, day)]
    kept_free = 1 if len(changed) > A_WEEK - _NEW else _NEW
    first = old[: A_WEEK - min(len(new), kept_free)]
    return (*first, *new[: A_WEEK - len(first)])


def _due(asked: Iterable[tuple[Item, Known]], day: date) -> list[Item]:
    """What has not changed and is due, the longest due first."""
    unchanged = ((due_on(before), item) for item, before in asked if before.print == item.print)
    ready = [(first, item) for first, item in unchanged if first is not None and first <= day]
    return [item for _, item in sorted(ready, key=lambda pair: pair[0])]


def mixed(text: str) -> int:
    """A number from ASCII text that looks like chance and is not (FNV-1a, 32 bits).

    >>> mixed("2026-11-23:a")
    2923289409
    """
    found = _OFFSET
    for byte in text.encode("ascii"):
        found = (found ^ byte) * _FACTOR % _WORD
    return found
