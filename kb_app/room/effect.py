"""What changed where chiefs had a session, beside what changed where they had not.

Never without the other lanes: counts move with weather, season and the rules of dispatch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp, log, sqrt

from kb_app.room.learning import Interval, Z

LEAST_LANES = 5
WEEKS_4 = 28  # days; rates are told for so many


class Reading(StrEnum):
    """What may be said of a comparison."""

    TOO_FEW = "too-few"
    CHANCE = "chance"
    LESS = "less"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Span:
    """Days on end, both ends counted."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Side:
    """So many lanes, and what was counted in all of them before and after."""

    lanes: int
    before: int
    after: int

    @property
    def log_ratio(self) -> tuple[float, float] | None:
        """The logarithm of after to before, and its standard error; None where one is nought.

        Counts as in Poisson's distribution: K. J. Rothman, Epidemiology: An Introduction (2012),
        chapter 9, on the ratio of two rates.
        """
        if not (self.before and self.after):
            return None
        return log(self.after / self.before), sqrt(1 / self.before + 1 / self.after)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio and its interval."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Effect:
    """Two sides in the same two spans."""

    before: Span
    after: Span
    trained: Side
    other: Side

    def per_lane(self, count: int, lanes: int, span: Span) -> float:
        """A count as a lane has it in four weeks."""
        return count / lanes / span.days * WEEKS_4

    def change(self, side: Side) -> float:
        """After less before, for a lane in four weeks."""
        return self.per_lane(side.after, side.lanes, self.after) - self.per_lane(
            side.before, side.lanes, self.before
        )

    @property
    def difference(self) -> float:
        """By how much more the trained side changed than the other, for a lane in four weeks."""
        return self.change(self.trained) - self.change(self.other)

    @property
    def ratio(self) -> Ratio | None:
        """The change of the trained side as a multiple of the other's; None with a nought.

        Lanes and days are the same on both sides of a fraction and fall out.
        """
        first, second = self.trained.log_ratio, self.other.log_ratio
        return ratio_of_ratios(first, second) if first and second else None

    @property
    def reading(self) -> Reading:
        """What may be said of it."""
        if min(self.trained.lanes, self.other.lanes) < LEAST_LANES or self.ratio is None:
            return Reading.TOO_FEW
        if self.ratio.interval.has(1.0):
            return Reading.CHANCE
        return Reading.LESS if self.ratio.value < 1 else Reading.MORE


def ratio_of_ratios(first: tuple[float, float], second: tuple[float, float]) -> Ratio:
    """The first ratio divided by the second, each given by its logarithm and standard error.

    D. G. Altman and J. M. Bland, BMJ 326 (2003), 219, whose example is of 0.67 (0.46 to 0.98) and
    0.88 (0.71 to 1.08), that is with these logarithms and errors:

    >>> found = ratio_of_ratios((-0.4005, 0.1929), (-0.1278, 0.1070))
    >>> round(found.value, 2), round(found.interval.low, 2), round(found.interval.high, 2)
    (0.76, 0.49, 1.17)
    """
    middle = first[0] - second[0]
    half = Z * sqrt(first[1] ** 2 + second[1] ** 2)
    return Ratio(exp(middle), Interval(exp(middle - half), exp(middle + half)))


def misfits(before: Span, after: Span, held: tuple[date, ...], today: date) -> Iterator[str]:
    """What is wrong with two spans and the days of a session, by short names.

    >>> day = date.fromisoformat
    >>> first, second = (Span(day(f"2026-{m}-01"), day(f"2026-{m}-28")) for m in ("09", "10"))
    >>> list(misfits(first, second, (day("2026-09-30"),), day("2026-11-01")))
    []
    >>> list(misfits(second, first, (), day("2026-10-20")))
    ['order', 'held', 'future']
    """
    if before.start > before.end or after.start > after.end or before.end >= after.start:
        yield "order"
    if not any(before.end < day < after.start for day in held):
        yield "held"
    if max(before.end, after.end) > today:
        yield "future"
