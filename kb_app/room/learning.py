"""What a quiz before and after a session tells, and what it does not: numbers only, no words.

Everything here knows phones, never persons, and gives totals, never what one phone answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb, sqrt

# Of fewer than this nothing is said but that they are too few.
ENOUGH = 10
CHANCE = 0.05
Z = 1.959963984540054  # of the normal distribution, 95 % lies within so many deviations

# What phones chose: by the number of the quiz item, then by phone; choices count from 1.
Answers = Mapping[int, Mapping[str, int]]


class Verdict(StrEnum):
    """What may be said of two sets of answers."""

    TOO_FEW = "too-few"
    CHANCE = "chance"
    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many right of so many.

    >>> Rate(3, 4).share, Rate(0, 0).share
    (0.75, 0.0)
    """

    right: int
    total: int

    @property
    def share(self) -> float:
        """Which part was right, from 0 to 1; 0 of none."""
        return self.right / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a number may lie, with 95 % confidence."""

    low: float
    high: float

    def has(self, number: float) -> bool:
        """Whether a number lies within."""
        return self.low <= number <= self.high


@dataclass(frozen=True, slots=True)
class Shift:
    """The same phones before and after: how many rose, fell, and stayed as they were."""

    gains: int
    losses: int
    same: int

    @property
    def total(self) -> int:
        """How many phones answered both times."""
        return self.gains + self.losses + self.same

    @property
    def chance(self) -> float:
        """How likely a split at least as uneven is where nothing has changed, from 0 to 1."""
        return sign_test(self.gains, self.losses)

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        if self.total < ENOUGH:
            return Verdict.TOO_FEW
        if self.chance > CHANCE:
            return Verdict.CHANCE
        return Verdict.MORE if self.gains > self.losses else Verdict.FEWER


@dataclass(frozen=True, slots=True)
class ItemLearned:
    """One quiz item: all answers before and after, and those of phones that gave both."""

    number: int
    before: Rate
    after: Rate
    shift: Shift

    @property
    def paired(self) -> bool:
        """Whether most of the smaller side answered both times, so that they are compared."""
        smaller = min(self.before.total, self.after.total)
        return self.shift.total > 0 and 2 * self.shift.total >= smaller

    @property
    def difference(self) -> Interval:
        """After less before, for answers of people who are not known to be the same."""
        return newcombe(self.before, self.after)

    @property
    def verdict(self) -> Verdict:
        """What may be said of it: from the pairs if there are enough, else from all answers."""
        if self.paired:
            return self.shift.verdict
        if min(self.before.total, self.after.total) < ENOUGH:
            return Verdict.TOO_FEW
        if self.difference.has(0.0):
            return Verdict.CHANCE
        return Verdict.MORE if self.difference.low > 0 else Verdict.FEWER


@dataclass(frozen=True, slots=True)
class Learned:
    """All items, and of the phones that gave answers both times how many had more right after."""

    items: tuple[ItemLearned, ...]
    phones: Shift


def learned(keys: Mapping[int, int], before: Answers, after: Answers) -> Learned:
    """Compare answers; `keys` has the right choice of every item, by its number."""
    right = {n: (_right(before.get(n, {}), key), _right(after.get(n, {}), key))
             for n, key in sorted(keys.items())}  # fmt: skip
    items = tuple(_item(number, *both) for number, both in right.items())
    return Learned(items, _phones(tuple(right.values())))


def wilson(rate: Rate) -> Interval:
    """The interval of a single proportion, from the score test, without correction.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.

    >>> found = wilson(Rate(81, 263))  # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872
    >>> round(found.low, 4), round(found.high, 4)
    (0.2553, 0.3662)
    """
    if not rate.total:
        return Interval(0.0, 1.0)
    n, p = rate.total, rate.share
    middle = (rate.right + Z * Z / 2) / (n + Z * Z)
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Interval(max(middle - half, 0.0), min(middle + half, 1.0))


def newcombe(before: Rate, after: Rate) -> Interval:
    """The interval of the difference, after less before, of two independent proportions.

    Method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890; its first example:

    >>> found = newcombe(Rate(48, 80), Rate(56, 70))
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    first, second = wilson(before), wilson(after)
    difference = after.share - before.share
    down = sqrt((after.share - second.low) ** 2 + (first.high - before.share) ** 2)
    up = sqrt((second.high - after.share) ** 2 + (before.share - first.low) ** 2)
    return Interval(max(difference - down, -1.0), min(difference + up, 1.0))


def sign_test(gains: int, losses: int) -> float:
    """The exact two-sided test of McNemar: how likely so uneven a split of changes is by chance.

    M. W. Fagerland, S. Lydersen and P. Laake, BMC Medical Research Methodology 13 (2013), 91, with
    the example of 1 and 7:

    >>> round(sign_test(1, 7), 4)
    0.0703
    """
    changes = gains + losses
    tail = sum(comb(changes, k) for k in range(min(gains, losses) + 1))
    return min(1.0, 2 * tail / (1 << changes))


def _right(answers: Mapping[str, int], key: int) -> Mapping[str, bool]:
    return {phone: choice == key for phone, choice in answers.items()}


def _item(number: int, before: Mapping[str, bool], after: Mapping[str, bool]) -> ItemLearned:
    both = [(before[phone], after[phone]) for phone in before.keys() & after.keys()]
    return ItemLearned(number, _rate(before), _rate(after), _shift(both))


def _rate(right: Mapping[str, bool]) -> Rate:
    return Rate(sum(right.values()), len(right))


def _phones(items: tuple[tuple[Mapping[str, bool], Mapping[str, bool]], ...]) -> Shift:
    """By phone, over the items that it answered both times."""
    sums: dict[str, tuple[int, int]] = {}
    for before, after in items:
        for phone in before.keys() & after.keys():
            first, second = sums.get(phone, (0, 0))
            sums[phone] = (first + before[phone], second + after[phone])
    return _shift(list(sums.values()))


def _shift(both: Sequence[tuple[int, int]]) -> Shift:
    gains = sum(after > before for before, after in both)
    losses = sum(after < before for before, after in both)
    return Shift(gains, losses, len(both) - gains - losses)
