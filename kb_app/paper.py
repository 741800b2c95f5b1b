"""The monthly summary in words: the same for the page, the file and the office document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlencode

from babel.dates import format_date

from kb_app.feedback import Verdict
from kb_app.monthly import Summary
from kb_app.periods import Period, month_name
from kb_app.questions import Way
from kb_app.translations import mark, say
from search_index import Lang

MOST_PROBLEMS = 5


class Listing(StrEnum):
    """The lists behind the numbers, as they stand in addresses."""

    CARRIED = "carried"
    RECEIVED = "received"
    REOPENED = "reopened"
    SETTLED = "settled"
    OPEN = "open"
    OVERDUE = "overdue"
    SESSIONS = "sessions"
    NEW_CASES = "new-cases"
    REUSED_CASES = "reused-cases"
    RELAPSES = "relapses"
    GAPS = "gaps"
    FEEDBACK = "feedback"


NAMES: Mapping[Listing, str] = {
    Listing.CARRIED: mark("Open when the month began"),
    Listing.RECEIVED: mark("Received"),
    Listing.REOPENED: mark("Opened again"),
    Listing.SETTLED: mark("Settled"),
    Listing.OPEN: mark("Still open"),
    Listing.OVERDUE: mark("Overdue, among these"),
    Listing.SESSIONS: mark("Sessions held"),
    Listing.NEW_CASES: mark("New cases"),
    Listing.REUSED_CASES: mark("Cases named in answers"),
    Listing.RELAPSES: mark("Relapses"),
    Listing.GAPS: mark("Sought by several, found by nobody"),
    Listing.FEEDBACK: mark("Feedback on pages"),
}
WAYS: Mapping[Way, str] = {
    Way.ASKER: mark("Confirmed by the asker"),
    Way.SILENCE: mark("Seven days without objection"),
    Way.SELF: mark("Solved by the asker"),
    Way.MERGED: mark("Merged with another question"),
    Way.REFERRED: mark("Referred to another body"),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.USEFUL: mark("Useful"),
    Verdict.NOT_USEFUL: mark("Not useful"),
    Verdict.OUT_OF_DATE: mark("Out of date"),
    Verdict.MINE_IS_DIFFERENT: mark("Mine is different"),
}
_DAY = {Lang.ZH: "y年M月d日", Lang.EN: "d MMMM y"}
_MONTH = {Lang.ZH: "y年M月", Lang.EN: "MMMM y"}
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name and its list; `only` narrows the list to what is counted here."""

    name: str
    count: int
    listing: Listing
    only: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, some sentences, and the numbers below them."""

    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A monthly summary, ready to be read."""

    lang: Lang
    title: str
    as_of: str
    parts: tuple[Part, ...]
    foot: str
    home: str

    def address(self, figure: Figure) -> str:
        """Where the list of a number is, below the service's root."""
        narrowed = "?" + urlencode({"only": figure.only}) if figure.only else ""
        return f"{self.home}/{figure.listing}{narrowed}"


def paper(found: Summary, lang: Lang, topic_name: Callable[[str], str]) -> Paper:
    """The summary of a month in a language; `topic_name` says what a problem type is called."""
    parts = (
        _questions(found, lang),
        _ways(found, lang),
        *_problems(found, lang, topic_name),
        _sessions(found, lang),
        _cases(found, lang),
        _gaps(found, lang),
        _feedback(found, lang),
    )
    return Paper(
        lang=lang,
        title=title_of(found.period, lang),
        as_of=_as_of(found, lang),
        parts=tuple(_numbered(parts, lang)),
        foot=say(lang, mark("Counted by question and by page, never by person or by lane.")),
        home=f"/{lang}/desk/reports/{month_name(found.period)}",
    )


def as_text(made: Paper) -> str:
    """The summary for a terminal or a letter."""
    lines = [made.title, made.as_of]
    for part in made.parts:
        lines += ["", part.title, *part.sentences]
        lines += [f"{figure.count:6}  {figure.name}" for figure in part.figures]
    return "\n".join([*lines, "", made.foot, ""])


def title_of(period: Period, lang: Lang) -> str:
    """What the summary of a month is called."""
    month = format_date(period.start, _MONTH[lang], locale=lang.value)
    return say(lang, mark("Questions of street and lane chiefs, {month}"), month=month)


def day_name(day: date, lang: Lang) -> str:
    """A day as people write it.

    >>> day_name(date(2026, 11, 3), Lang.ZH), day_name(date(2026, 11, 3), Lang.EN)
    ('2026年11月3日', '3 November 2026')
    """
    return format_date(day, _DAY[lang], locale=lang.value)


def _as_of(found: Summary, lang: Lang) -> str:
    first = day_name(found.period.start, lang)
    if found.is_over:
        last = day_name(found.period.last, lang)
        return say(lang, mark("{first} to {last}, China time."), first=first, last=last)
    message = mark("{first} to {today}, China time; the month goes on, and its numbers may change.")
    return say(lang, message, first=first, today=day_name(found.today, lang))


def _numbered(parts: tuple[Part, ...], lang: Lang) -> Iterator[Part]:
    for place, part in enumerate(parts):
        number = f"{_NUMERALS[place]}、" if lang is Lang.ZH else f"{place + 1}. "
        yield Part(number + part.title, part.sentences, part.figures)


def _questions(found: Summary, lang: Lang) -> Part:
    tally = found.tally
    lists = {
        Listing.CARRIED: tally.carried,
        Listing.RECEIVED: tally.received,
        Listing.REOPENED: tally.reopened,
        Listing.SETTLED: tally.settled,
        Listing.OPEN: tally.open,
        Listing.OVERDUE: tally.overdue,
    }
    counts = {listing.value: len(those) for listing, those in lists.items()}
    told = mark(
        "Received this month: {received}; settled: {settled}. Open: {open}, of them overdue:"
        " {overdue}."
    )
    month = mark("This month: {carried} + {received} + {reopened} − {settled} = {open} open.")
    ever = mark("Since the first question: {received} received = {open} open + {settled} settled.")
    return Part(
        say(lang, mark("What became of the questions")),
        (
            say(lang, told, **counts),
            say(lang, month, **counts),
            say(
                lang,
                ever,
                received=tally.received_ever,
                open=counts["open"],
                settled=tally.settled_ever,
            ),
        ),
        tuple(
            Figure(say(lang, NAMES[listing]), counts[listing.value], listing) for listing in lists
        ),
    )


def _ways(found: Summary, lang: Lang) -> Part:
    return Part(
        say(lang, mark("How they were settled")),
        (say(lang, mark("Seven days without objection are counted apart; that is not approval.")),),
        tuple(
            Figure(say(lang, WAYS[way]), count, Listing.SETTLED, way)
            for way, count in found.tally.ways().items()
        ),
    )


def _problems(found: Summary, lang: Lang, topic_name: Callable[[str], str]) -> Iterator[Part]:
    asked = found.most_asked(MOST_PROBLEMS)
    if asked:
        yield Part(
            say(lang, mark("What was asked about most")),
            (),
            tuple(
                Figure(topic_name(topic), count, Listing.RECEIVED, topic) for topic, count in asked
            ),
        )


def _sessions(found: Summary, lang: Lang) -> Part:
    present = sum(each.present for each in found.sessions)
    raised = sum(each.questions for each in found.sessions)
    told = mark(
        "Counted in the month in which a session was closed. Signed in: {present}; whoever came to"
        " two sessions is counted twice. Questions raised there: {raised}."
    )
    return Part(
        say(lang, mark("Training")),
        (say(lang, told, present=present, raised=raised),),
        (Figure(say(lang, NAMES[Listing.SESSIONS]), len(found.sessions), Listing.SESSIONS),),
    )


def _cases(found: Summary, lang: Lang) -> Part:
    lists: Mapping[Listing, tuple[object, ...]] = {
        Listing.NEW_CASES: found.new_cases,
        Listing.REUSED_CASES: found.reused_cases,
        Listing.RELAPSES: found.relapses,
    }
    meant = mark(
        "New: published this month. Named: an answer of this month leads to it. Relapse: a recheck"
        " of this month found that the result had not held."
    )
    return Part(
        say(lang, mark("Cases")),
        (say(lang, meant),),
        tuple(Figure(say(lang, NAMES[name]), len(those), name) for name, those in lists.items()),
    )


def _gaps(found: Summary, lang: Lang) -> Part:
    return Part(
        say(lang, mark("Not in the library")),
        (say(lang, mark("Who searched is not known; what only one visit sought is not counted.")),),
        (Figure(say(lang, NAMES[Listing.GAPS]), len(found.gaps), Listing.GAPS),),
    )


def _feedback(found: Summary, lang: Lang) -> Part:
    return Part(
        say(lang, NAMES[Listing.FEEDBACK]),
        (),
        tuple(
            Figure(say(lang, VERDICTS[verdict]), count, Listing.FEEDBACK, verdict)
            for verdict, count in found.verdicts().items()
        ),
    )
