"""What sums of choices say about a question; of the people who chose they say nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb_app.models import Choice
from kb_app.weekly.bank import Item
from kb_app.weekly.spacing import After

# From fewer answers nothing can be read.
FEW = 5


@dataclass(frozen=True, slots=True)
class Share:
    """So many answers were right, of so many."""

    right: int
    of: int

    @property
    def is_too_few(self) -> bool:
        """Whether nothing can be read from it."""
        return self.of < FEW


@dataclass(frozen=True, slots=True)
class Tally:
    """One item: each option's count this week and before, and how many were right, and when."""

    item: Item
    this_week: tuple[int, ...]
    earlier: tuple[int, ...]
    all: Share
    new: Share
    five_weeks: Share

    @property
    def wrong(self) -> float:
        """The share of wrong answers; 0 where there are too few to say."""
        return 0.0 if self.all.is_too_few else 1 - self.all.right / self.all.of


def tallies(
    items: Mapping[str, Item], choices: Mapping[str, Sequence[Choice]], week: date
) -> tuple[Tally, ...]:
    """Every item of a bank that was answered; those that many got wrong first, then by id."""
    found = (
        _tally(item, choices[item_id], week)
        for item_id, item in items.items()
        if item_id in choices
    )
    return tuple(sorted(found, key=lambda each: (each.all.is_too_few, -each.wrong, each.item.id)))


def _tally(item: Item, choices: Sequence[Choice], week: date) -> Tally:
    return Tally(
        item,
        this_week=_by_option(item, (each for each in choices if each.week == week)),
        earlier=_by_option(item, (each for each in choices if each.week < week)),
        all=_share(item, choices),
        new=_share(item, (each for each in choices if each.after == After.NEW)),
        five_weeks=_share(item, (each for each in choices if each.after == After.WEEKS_5)),
    )


def _by_option(item: Item, choices: Iterable[Choice]) -> tuple[int, ...]:
    found = [0] * len(item.options)
    for each in choices:
        if each.choice <= len(found):
            found[each.choice - 1] += each.count
    return tuple(found)


def _share(item: Item, choices: Iterable[Choice]) -> Share:
    counted = [(each.choice == item.answer, each.count) for each in choices]
    return Share(sum(n for right, n in counted if right), sum(n for _, n in counted))
