"""Months and weeks as people count them: whole days of China, from Monday, from the first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """Some days on end; `end` is the first day that no longer belongs to it."""

    start: date
    end: date

    def covers(self, day: date) -> bool:
        """Whether a day belongs to it.

        >>> november = month("2026-11")
        >>> november.covers(date(2026, 11, 30)), november.covers(date(2026, 12, 1))
        (True, False)
        """
        return self.start <= day < self.end

    def closes(self, today: date) -> date:
        """The day on which its last state is looked at: the day after it, or today while it runs.

        >>> month("2026-11").closes(date(2026, 11, 23)), month("2026-10").closes(date(2026, 11, 23))
        (datetime.date(2026, 11, 23), datetime.date(2026, 11, 1))
        """
        return min(self.end, today)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)


def month(name: str) -> Period:
    """The month written ``2026-11``. Raises ValueError on anything else.

    >>> month("2026-12").end
    datetime.date(2027, 1, 1)
    """
    found = _MONTH.fullmatch(name)
    if found is None:
        message = f"not a month such as 2026-11: {name!r}"
        raise ValueError(message)
    start = date(int(found[1]), int(found[2]), 1)
    return Period(start, (start + timedelta(days=31)).replace(day=1))


def month_name(period: Period) -> str:
    """How a month is written in addresses.

    >>> month_name(month("2026-11"))
    '2026-11'
    """
    return f"{period.start:%Y-%m}"


def month_of(day: date) -> Period:
    """The month that a day belongs to."""
    return month(f"{day:%Y-%m}")


def months_before(period: Period, count: int) -> tuple[Period, ...]:
    """The `count` months before one, the latest first.

    >>> [month_name(each) for each in months_before(month("2026-02"), 2)]
    ['2026-01', '2025-12']
    """
    found = [period]
    for _ in range(count):
        found.append(month_of(found[-1].start - timedelta(days=1)))
    return tuple(found[1:])


def week_of(day: date) -> Period:
    """The ISO week that a day belongs to, from Monday to Sunday.

    >>> week_of(date(2026, 11, 29)).start
    datetime.date(2026, 11, 23)
    """
    start = day - timedelta(days=day.weekday())
    return Period(start, start + _WEEK)


def week_name(period: Period) -> str:
    """The number that ISO gives a week.

    >>> week_name(week_of(date(2027, 1, 1)))
    '2026-W53'
    """
    return f"{period.start:%G-W%V}"


def weeks_to(last: Period, count: int) -> tuple[Period, ...]:
    """The `count` weeks that end with one, the oldest first.

    >>> [week_name(each) for each in weeks_to(week_of(date(2026, 1, 5)), 2)]
    ['2026-W01', '2026-W02']
    """
    starts = (last.start - _WEEK * back for back in reversed(range(count)))
    return tuple(Period(start, start + _WEEK) for start in starts)
