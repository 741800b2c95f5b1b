"""The content model: what a page, its facts and the tables beside it are, as frozen values.

Nothing here reads a file. The reader turns Markdown into these values; the index, the site and
the service use them and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple


class Lang(StrEnum):
    """The two languages, equal in rank; facts are written in Chinese files first."""

    ZH = "zh"
    EN = "en"

    @property
    def other(self) -> Lang:
        """The language that is not this one."""
        return Lang.EN if self is Lang.ZH else Lang.ZH


class Kind(StrEnum):
    """What sort of page a file is; the folder below the language says which."""

    PROBLEM = "problem"
    CASE = "case"
    GUIDE = "guide"
    SESSION = "session"
    PLAN = "plan"
    ABOUT = "about"
    PAGE = "page"

    @property
    def folder(self) -> str:
        """Name of the folder that holds this kind below ``zh/`` and ``en/``.

        >>> Kind.CASE.folder, Kind.ABOUT.folder, Kind.PAGE.folder
        ('cases', 'about', '')
        """
        return {"about": "about", "page": ""}.get(self.value, f"{self.value}s")


class Status(StrEnum):
    """Only a published page is built; a retired one keeps its address but not its place."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Outcome(StrEnum):
    """What became of a case."""

    WORKED = "worked"
    PARTLY = "partly"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Provenance(StrEnum):
    """Whether a case happened as told, or was put together for teaching."""

    REPORTED = "reported"
    COMPOSITE = "composite"


class Grade(StrEnum):
    """How far a source may be leaned on: A measured, B counted, C stated."""

    A = "A"
    B = "B"
    C = "C"


class Evidence(StrEnum):
    """How well a case is proven; computed by `evidence`, never typed.

    The order is from strongest to weakest.
    """

    SEVERAL = "several"
    MEASURED = "measured"
    ONCE = "once"
    UNTESTED = "untested"
    FAILED = "failed"


class AgendaKind(StrEnum):
    """What a part of a training session is."""

    READ = "read"
    CASE = "case"
    QUIZ = "quiz"
    DISCUSS = "discuss"


class Finding(NamedTuple):
    """Something an author can fix, and where."""

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        """Format as editors and terminals make clickable.

        >>> str(Finding(PurePosixPath("zh/cases/a.md"), 3, "`title` is empty"))
        'zh/cases/a.md:3: `title` is empty'
        """
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date as exact as it is known: a year, a month or a day.

    >>> when = PartialDate(2022, 2)
    >>> when.first.isoformat(), when.last.isoformat(), str(when)
    ('2022-02-01', '2022-02-28', '2022-02')
    """

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

        Raises ValueError on anything else, also on days that do not exist.
        """
        parts = text.split("-")
        widths = [len(part) for part in parts]
        if widths != [4, 2, 2][: len(parts)] or not all(p.isascii() and p.isdigit() for p in parts):
            msg = f"not a date: {text!r}"
            raise ValueError(msg)
        found = cls(*(int(part) for part in parts))
        date(found.year, found.month or 1, found.day or 1)
        return found

    @property
    def first(self) -> date:
        """The earliest day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The latest day it can mean."""
        if self.day is not None:
            return self.first
        if self.month in {None, 12}:
            return date(self.year, 12, 31)
        return date(self.year, (self.month or 0) + 1, 1) - timedelta(days=1)

    def __str__(self) -> str:
        """Write it the way it was typed."""
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    title: str
    outlet: str
    grade: Grade
    date: PartialDate | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A legal line: the rule's glossary term, the article, and the day somebody looked.

    `changed_on` is the day since when its words are others, where they have changed.
    """

    rule: str
    checked_on: date
    article: str | None = None
    changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """City and district of a case; never an address."""

    city: str
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something happened, as exact as known."""

    start: PartialDate
    end: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What was counted before and after, when, and how."""

    what: str
    before: float | None = None
    after: float | None = None
    before_on: PartialDate | None = None
    after_on: PartialDate | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Recheck:
    """A later look at the same place, and whether the result had held."""

    on: PartialDate
    held: bool
    value: float | None = None


@dataclass(frozen=True, slots=True)
class DecisionPoint:
    """A dilemma that can be run in a room: ask, vote, then what was really done and why."""

    at: str
    ask: str
    options: tuple[str, ...]
    done: str
    why: str


@dataclass(frozen=True, slots=True)
class QuizItem:
    """One question of the bank; `answer` counts from 1, `source` is ``slug#anchor``."""

    stem: str
    options: tuple[str, ...]
    answer: int
    explain: str
    source: str


@dataclass(frozen=True, slots=True)
class Card:
    """The street card: five rows that fit one phone screen, first action first."""

    look: str
    do: tuple[str, ...]
    who: str
    basis: str
    dont: str


@dataclass(frozen=True, slots=True)
class Share:
    """One row of who does what: the duty, who leads, who supports, what is not ours."""

    duty: str
    lead: str
    support: tuple[str, ...] = ()
    not_ours: str | None = None


@dataclass(frozen=True, slots=True)
class Routine:
    """What is done every day, week and month."""

    daily: tuple[str, ...] = ()
    weekly: tuple[str, ...] = ()
    monthly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    """What people can do afterwards, and the quiz item (from 1) that shows it."""

    text: str
    quiz: int


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A part of a session: how long, what, which page, and what the trainer says."""

    minutes: int
    kind: AgendaKind
    ref: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the work plan."""

    task: str
    owner_role: str
    start: PartialDate
    end: PartialDate
    measure: str
    support: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What only a case has."""

    provenance: Provenance = Provenance.REPORTED
    place: Place | None = None
    happened: Span | None = None
    place_kind: str | None = None
    parties: tuple[str, ...] = ()
    basis: tuple[Rule, ...] = ()
    outcome: Outcome = Outcome.UNKNOWN
    measure: Measure | None = None
    rechecks: tuple[Recheck, ...] = ()
    reused_from: tuple[str, ...] = ()
    decision_points: tuple[DecisionPoint, ...] = ()
    not_do: tuple[str, ...] = ()
    quiz: tuple[QuizItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ProblemType:
    """What only a problem page has."""

    card: Card | None = None
    season: tuple[int, ...] = ()
    basis: tuple[Rule, ...] = ()
    quiz: tuple[QuizItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """What only a duty guide has."""

    role: str | None = None
    shares: tuple[Share, ...] = ()
    routine: Routine | None = None
    basis: tuple[Rule, ...] = ()
    steps: tuple[str, ...] = ()
    read_aloud: bool = False
    version: str | None = None
    quiz: tuple[QuizItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """What only a trainer's session has."""

    audience: str | None = None
    minutes: int | None = None
    objectives: tuple[Objective, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    quiz: tuple[QuizItem, ...] = ()
    board: tuple[str, ...] = ()
    handouts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What only a work plan has."""

    year: int | None = None
    tasks: tuple[Task, ...] = ()


Details = Case | ProblemType | Guide | Session | Plan


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a page's body under one heading.

    `anchor` is the id of the heading on the site ("" before the first heading), `level` its depth
    (2 for ``##``), `text` the Markdown below it up to the next heading, `line` where it starts.
    `blocks` are the words of that text if they are known already.
    """

    anchor: str
    heading: str
    level: int
    text: str
    line: int
    blocks: tuple[str, ...] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language, with the facts it inherits already filled in."""

    id: str
    kind: Kind
    lang: Lang
    path: PurePosixPath
    title: str
    lesson: str = ""
    problems: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    owner: str | None = None
    checked_on: date | None = None
    published_on: date | None = None
    review_months: int | None = None
    status: Status = Status.PUBLISHED
    sources: tuple[Source, ...] = ()
    details: Details | None = None
    sections: tuple[Section, ...] = ()
    digest: str = ""

    @property
    def url(self) -> str:
        """Address of the page below the service's root.

        >>> Page("parking-lock", Kind.PROBLEM, Lang.ZH, PurePosixPath("x.md"), "私装地锁").url
        '/zh/problems/parking-lock/'
        """
        folder = self.kind.folder
        return f"/{self.lang}/{folder + '/' if folder else ''}{self.id}/"

    @property
    def review_due(self) -> date | None:
        """The last day on which its review is not overdue; None if it has none.

        >>> page = Page("a", Kind.CASE, Lang.ZH, PurePosixPath("a.md"), "a",
        ...             checked_on=date(2026, 8, 31), review_months=6)
        >>> page.review_due.isoformat()
        '2027-02-28'
        """
        if self.checked_on is None or self.review_months is None:
            return None
        months = self.checked_on.month - 1 + self.review_months
        month = PartialDate(self.checked_on.year + months // 12, months % 12 + 1)
        return min(month.last, month.first + timedelta(days=self.checked_on.day - 1))

    def stale(self, today: date) -> bool:
        """Whether the review is overdue on the day `today`."""
        return self.review_due is not None and today > self.review_due


@dataclass(frozen=True, slots=True)
class Topic:
    """A node of the taxonomy: a problem type, or a duty topic."""

    id: str
    group: str
    zh: str
    en: str

    def name(self, lang: Lang) -> str:
        """Name in the reader's language."""
        return self.zh if lang is Lang.ZH else self.en


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the taxonomy, in the order it is shown."""

    id: str
    zh: str
    en: str
    topics: tuple[Topic, ...] = ()

    def name(self, lang: Lang) -> str:
        """Name in the reader's language."""
        return self.zh if lang is Lang.ZH else self.en


@dataclass(frozen=True, slots=True)
class Term:
    """A row of the glossary."""

    zh: str
    en: str
    aliases_zh: tuple[str, ...] = ()
    aliases_en: tuple[str, ...] = ()
    note: str = ""

    def name(self, lang: Lang) -> str:
        """The official term in the reader's language."""
        return self.zh if lang is Lang.ZH else self.en


@dataclass(frozen=True, slots=True)
class Emergency:
    """A class of signs of danger to life.

    A sign is words that must all occur; ``a|b`` in it means either. `harmless` looks alike and
    silences the rule. `call` are telephone numbers, the first one first.
    """

    id: str
    call: tuple[str, ...]
    message: Mapping[Lang, str]
    signs: tuple[str, ...]
    harmless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """Everything that was read: pages by language and id, and the tables beside them."""

    pages: Mapping[tuple[Lang, str], Page] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    glossary: tuple[Term, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    days_off: frozenset[date] = frozenset()
    days_on: frozenset[date] = frozenset()

    def page(self, slug: str, lang: Lang) -> Page | None:
        """The page in that language, else in the other one, else None."""
        return self.pages.get((lang, slug)) or self.pages.get((lang.other, slug))

    def published(self, lang: Lang | None = None, kind: Kind | None = None) -> tuple[Page, ...]:
        """Published pages by id, of one language or kind if asked."""
        return tuple(
            page
            for (its_lang, _), page in sorted(self.pages.items(), key=lambda item: item[0][1])
            if page.status is Status.PUBLISHED
            and lang in {None, its_lang}
            and kind in {None, page.kind}
        )

    def topic(self, topic_id: str) -> Topic | None:
        """The taxonomy's node of that id."""
        return next((t for g in self.groups for t in g.topics if t.id == topic_id), None)

    def term(self, key: str, lang: Lang) -> str:
        """A term in the reader's language; a word the glossary lacks stands for itself."""
        found = next((t for t in self.glossary if key in {t.zh, t.en}), None)
        return found.name(lang) if found else key

    @cached_property
    def reused(self) -> Mapping[tuple[Lang, str], int]:
        """How many published cases that worked reuse a case, by its language and id."""
        cases = ((page.lang, page.details) for page in self.published(kind=Kind.CASE))
        return Counter(
            (lang, slug)
            for lang, case in cases
            if isinstance(case, Case) and case.outcome is Outcome.WORKED
            for slug in set(case.reused_from)
        )

    def cases_of(self, topic_id: str, lang: Lang) -> tuple[Page, ...]:
        """Published cases about a topic, by id."""
        cases = self.published(lang, Kind.CASE)
        return tuple(page for page in cases if topic_id in page.problems)


@dataclass(frozen=True, slots=True)
class Proof:
    """The evidence level of a case, and whether its newest recheck did not hold."""

    level: Evidence
    relapsed: bool = False


def evidence(page: Page, library: Library) -> Proof | None:
    """How well a case is proven; None for every other kind of page.

    The rule stands in content/*/about/evidence-levels.md: `failed` if the outcome is failed;
    `several` if it worked and at least two published cases that worked reuse it; `measured` if it
    worked, has a before and an after, and the newest recheck came 30 days or more later and held;
    `once` if it worked or partly worked and a recheck held, or it worked with a before and after
    and nobody has rechecked; else `untested`. A newest recheck that did not hold lowers one step.
    """
    case = page.details
    if not isinstance(case, Case):
        return None
    if case.outcome is Outcome.FAILED:
        return Proof(Evidence.FAILED)
    rechecks = sorted(case.rechecks, key=lambda recheck: recheck.on.first)
    relapsed = bool(rechecks) and not rechecks[-1].held
    level = _level(case, library.reused.get((page.lang, page.id), 0), rechecks)
    if relapsed:
        lower = {Evidence.SEVERAL: Evidence.MEASURED, Evidence.MEASURED: Evidence.ONCE}
        level = lower.get(level, Evidence.UNTESTED)
    return Proof(level, relapsed)


def _level(case: Case, reuses: int, rechecks: list[Recheck]) -> Evidence:
    worked = case.outcome is Outcome.WORKED
    compared = _compared(case.measure)
    if worked and reuses >= 2:  # noqa: PLR2004 - "several" begins at two others
        return Evidence.SEVERAL
    if worked and compared and rechecks and rechecks[-1].held and _late_enough(case, rechecks[-1]):
        return Evidence.MEASURED
    held = case.outcome in {Outcome.WORKED, Outcome.PARTLY} and any(r.held for r in rechecks)
    if held or (worked and compared and not rechecks):
        return Evidence.ONCE
    return Evidence.UNTESTED


def _compared(measure: Measure | None) -> bool:
    return measure is not None and None not in {measure.before, measure.after}


def _late_enough(case: Case, recheck: Recheck) -> bool:
    """At least 30 days after the act, whatever the inexact dates turn out to mean."""
    acted = case.measure.after_on if case.measure else None
    if acted is None and case.happened is not None:
        acted = case.happened.end or case.happened.start
    return acted is not None and recheck.on.first - acted.last >= timedelta(days=30)
