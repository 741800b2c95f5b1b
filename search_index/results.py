"""What a search and an answer give back; names and order are those of the HTTP interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from search_index.content import Evidence, Kind, Lang
from search_index.emergency import Alarm
from search_index.engine import Facet


class PageHit(NamedTuple):
    """A complete result row: one page, by its best passage.

    `snippet` is escaped HTML with the found words in ``<mark>``; `url` is absolute below the
    service's root and lands on the passage.
    """

    id: str
    kind: Kind
    lang: Lang
    title: str
    lesson: str
    url: str
    section: str
    snippet: str
    score: float
    problems: tuple[str, ...]
    evidence: Evidence | None
    relapsed: bool
    checked_on: date | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """The words that were searched instead of the typed ones."""

    query: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search; `coverage` says which share of the query the best pages speak of."""

    query: str
    lang: Lang
    total: int
    took_ms: float
    answered: bool
    coverage: float
    corrected: Correction | None
    emergency: Alarm | None
    facets: Mapping[str, tuple[Facet, ...]]
    hits: tuple[PageHit, ...]


@dataclass(frozen=True, slots=True)
class AnswerPassage:
    """A passage quoted verbatim, with what it does in the answer and where it stands."""

    role: str
    text: str
    id: str
    kind: Kind
    title: str
    section: str
    url: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Up to three verbatim passages, or the reason why the library has none."""

    query: str
    lang: Lang
    answered: bool
    reason: str | None
    passages: tuple[AnswerPassage, ...] = ()
    related: tuple[PageHit, ...] = field(default=())
    emergency: Alarm | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A page whose name continues what is being typed."""

    text: str
    url: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the index in one language, with what an editor wants to know of it.

    `names` are its title and what else people call it.
    """

    id: str
    lang: Lang
    kind: Kind
    title: str
    url: str
    names: tuple[str, ...]
    relapsed: bool
    checked_on: date | None
    review_due: date | None
