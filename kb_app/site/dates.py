"""Dates as people write them, as exact as they are known."""

from __future__ import annotations

from datetime import date

from search_index import Lang, PartialDate

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def month_name(month: int, lang: Lang) -> str:
    """The name of a month.

    >>> month_name(11, Lang.ZH), month_name(11, Lang.EN)
    ('11月', 'November')
    """
    return f"{month}月" if lang is Lang.ZH else _MONTHS[month - 1]


def written(when: date | PartialDate, lang: Lang) -> str:
    """A date in words.

    >>> written(date(2026, 11, 2), Lang.ZH), written(PartialDate(2021, 3), Lang.EN)
    ('2026年11月2日', 'March 2021')
    """
    month, day = when.month, when.day
    if lang is Lang.ZH:
        return f"{when.year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")
    parts = [str(day) if day else "", _MONTHS[month - 1] if month else "", str(when.year)]
    return " ".join(part for part in parts if part)


def from_to(start: PartialDate, end: PartialDate | None, lang: Lang) -> str:
    """A stretch of time; what both ends share is said once.

    >>> from_to(PartialDate(2021, 3), PartialDate(2021, 9), Lang.ZH)
    '2021年3月至9月'
    >>> from_to(PartialDate(2021, 3), PartialDate(2022), Lang.EN)
    'March 2021 – 2022'
    """
    if end is None or end == start:
        return written(start, lang)
    if lang is Lang.ZH:
        last = written(end, lang)
        if end.year == start.year and end.month is not None:
            last = last.removeprefix(f"{end.year}年")
        return f"{written(start, lang)}至{last}"
    first = written(start, lang)
    if end.year == start.year and end.month is not None:
        first = first.removesuffix(f" {start.year}")
    return f"{first} – {written(end, lang)}"
