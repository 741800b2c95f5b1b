"""What comes up more often than before: problem types by week, with a rule for small numbers.

Only visits and questions are counted, and only by problem type: no person and no lane.

A problem rises when this week has at least `LEAST`, at least `TIMES` the mean of the `BEFORE`
weeks before, and so many would come by chance less than once in a thousand weeks. Chance is
reckoned as for two Poisson counts: given `n` in all nine weeks and no change, this week's share is
binomial with one ninth (J. Przyborowski and H. Wilenski, Homogeneity of results in testing samples
from Poisson series, Biometrika 31, 1940, pages 313-323). So the mean itself may rest on few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import comb

from kb_app.periods import Period, weeks_to

BEFORE = 8
LEAST = 5
TIMES = 2
CHANCE = Fraction(1, 1000)

# What was counted: on which day, under which problem type.
Occurrence = tuple[date, str]


@dataclass(frozen=True, slots=True)
class Signal:
    """One problem type in one week: the raw numbers, the oldest week first, this one last.

    `known` is False where records do not reach back far enough to compare.
    """

    problem: str
    counts: tuple[int, ...]
    known: bool

    @property
    def now(self) -> int:
        """How often this week."""
        return self.counts[-1]

    @property
    def before(self) -> int:
        """How often in the weeks before, taken together."""
        return sum(self.counts[:-1])

    @property
    def mean(self) -> float:
        """How often a week before.

        >>> Signal("fire-lane", (1, 0, 0, 0, 0, 0, 0, 1, 6), known=True).mean
        0.25
        """
        return self.before / BEFORE

    @property
    def rising(self) -> bool:
        """Whether it comes up more often than chance explains."""
        return self.known and rises(self.now, self.before)


def rises(now: int, before: int) -> bool:
    """The rule: `now` this week, `before` in the eight weeks before, taken together.

    >>> rises(5, 0), rises(4, 0), rises(5, 8), rises(7, 8)
    (True, False, False, True)
    """
    return now >= LEAST and BEFORE * now >= TIMES * before and chance(now, before) < CHANCE


def chance(now: int, before: int) -> Fraction:
    """How likely at least so many come this week if nothing has changed.

    >>> chance(1, 0), chance(0, 7)
    (Fraction(1, 9), Fraction(1, 1))
    """
    total, weeks = now + before, BEFORE + 1
    ways = sum(comb(total, k) * BEFORE ** (total - k) for k in range(now, total + 1))
    return Fraction(ways, weeks**total)


def signals(found: Iterable[Occurrence], week: Period, since: date | None) -> tuple[Signal, ...]:
    """Every problem type that came up in a week or the eight before; the most frequent first.

    `since` is the day of the oldest record; before it nobody counted, which is not the same as
    nothing having happened.
    """
    weeks = weeks_to(week, BEFORE + 1)
    known = since is not None and since <= weeks[0].start
    rows = (Signal(name, counts, known) for name, counts in by_week(found, weeks).items())
    return tuple(sorted(rows, key=lambda row: (not row.rising, -row.now, -row.before, row.problem)))


def by_week(found: Iterable[Occurrence], weeks: Sequence[Period]) -> Mapping[str, tuple[int, ...]]:
    """How often each problem type came up in each week; only those that came up at all."""
    counts: dict[str, list[int]] = {}
    for day, problem in found:
        place = (day - weeks[0].start).days // 7
        if 0 <= place < len(weeks):
            counts.setdefault(problem, [0] * len(weeks))[place] += 1
    return {problem: tuple(each) for problem, each in counts.items()}
