"""How long a question may wait: working days of China, and what happens when they have passed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

# China keeps one time, without summer time, so no table of zones is needed.
CHINA = timezone(timedelta(hours=8), "UTC+08:00")

ECHO_DAYS = 3
SETTLED_DAYS = 15
# So many working days after the day that was promised, the administrator is told as well.
ECHO_GRACE = 2
SETTLED_GRACE = 5
SILENT_DAYS = 7
REOPEN_DAYS = 30
CONTACT_DAYS = 180

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The table of holidays: days off, and weekends that are worked."""

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    @property
    def years(self) -> frozenset[int]:
        """The years that the table speaks of; in others only weekends are free."""
        return frozenset(day.year for day in (*self.off, *self.on))

    @property
    def fingerprint(self) -> str:
        """What table a due day was reckoned with.

        >>> WorkingDays().fingerprint == WorkingDays(off=frozenset({date(2026, 10, 1)})).fingerprint
        False
        """
        days = [f"-{day}" for day in sorted(self.off)] + [f"+{day}" for day in sorted(self.on)]
        return hashlib.sha256("".join(days).encode()).hexdigest()[:12]

    def is_worked(self, day: date) -> bool:
        """Whether somebody is in the office on that day.

        >>> WorkingDays(on=frozenset({date(2026, 10, 10)})).is_worked(date(2026, 10, 10))
        True
        """
        return day in self.on or (day.weekday() < _SATURDAY and day not in self.off)

    def after(self, day: date, count: int) -> date:
        """The last of `count` working days that follow a day.

        >>> WorkingDays().after(date(2026, 11, 20), 3)  # from a Friday
        datetime.date(2026, 11, 25)
        """
        for _, last in zip(range(count), self._following(day), strict=False):
            day = last
        return day

    def unknown_years(self, first: date, last: date) -> tuple[int, ...]:
        """The years between two days that the table lacks, so that a due day can say so.

        >>> WorkingDays().unknown_years(date(2026, 12, 30), date(2027, 1, 4))
        (2026, 2027)
        """
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.years)

    def _following(self, day: date) -> Iterator[date]:
        # Bounded: a table cannot be so wrong that nobody ever works again.
        for ahead in range(1, 3660):
            each = day + timedelta(days=ahead)
            if self.is_worked(each):
                yield each


@dataclass(frozen=True, slots=True)
class Dues:
    """The two promised days: of the echo, which is the first human reply, and of the settling."""

    echo: date
    settled: date


class Overdue(StrEnum):
    """On whose list a question stands because it has waited for too long."""

    NO = "no"
    EDITORS = "editors"
    ADMINISTRATOR = "administrator"


def china_day(moment: datetime) -> date:
    """Which day it is in China at a moment.

    >>> from datetime import UTC
    >>> china_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    """
    return moment.astimezone(CHINA).date()


def dues(began: datetime, working: WorkingDays) -> Dues:
    """What is promised to a question that begins to wait at a moment."""
    day = china_day(began)
    return Dues(working.after(day, ECHO_DAYS), working.after(day, SETTLED_DAYS))


def overdue(due: date | None, grace: int, now: datetime, working: WorkingDays) -> Overdue:
    """Whose list a clock that still runs leads to; a day is over at midnight in China."""
    today = china_day(now)
    if due is None or today <= due:
        return Overdue.NO
    return Overdue.ADMINISTRATOR if today > working.after(due, grace) else Overdue.EDITORS
