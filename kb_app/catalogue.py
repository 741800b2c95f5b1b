"""What is known of the library without reading it: cases with days, guides, problem types."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from search_index import Case, Guide, Kind, Lang, Library, Page


@dataclass(frozen=True, slots=True)
class CaseNote:
    """A published case; `relapses` are the days of rechecks at which the result had not held.

    A recheck whose day is not known counts from the first day that it can have been.
    """

    id: str
    titles: Mapping[Lang, str]
    urls: Mapping[Lang, str]
    published_on: date | None = None
    relapses: tuple[date, ...] = ()
    decision_points: int = 0

    def title(self, lang: Lang) -> str:
        """Its title, in the other language where it has none in this one."""
        return self.titles.get(lang) or self.titles[lang.other]

    def url(self, lang: Lang) -> str:
        """Its address below the service's root."""
        return self.urls.get(lang) or self.urls[lang.other]


@dataclass(frozen=True, slots=True)
class GuideNote:
    """A published duty guide that is read aloud, in its version of now."""

    id: str
    titles: Mapping[Lang, str]
    urls: Mapping[Lang, str]
    version: str

    def title(self, lang: Lang) -> str:
        """Its title, in the other language where it has none in this one."""
        return self.titles.get(lang) or self.titles[lang.other]

    def url(self, lang: Lang) -> str:
        """Its address below the service's root."""
        return self.urls.get(lang) or self.urls[lang.other]


@dataclass(frozen=True, slots=True)
class GroupNote:
    """A group of problem types, by their ids."""

    names: Mapping[Lang, str]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Cases and guides by id, and the groups in the order in which they are shown."""

    cases: Mapping[str, CaseNote] = field(default_factory=dict)
    groups: tuple[GroupNote, ...] = ()
    guides: Mapping[str, GuideNote] = field(default_factory=dict)

    def group_of(self, topic: str | None) -> GroupNote | None:
        """The group of a problem type; None for one that the taxonomy lacks."""
        return next((group for group in self.groups if topic in group.topics), None)


def catalogue_of(library: Library) -> Catalogue:
    """What is published."""
    groups = (
        GroupNote({lang: group.name(lang) for lang in Lang}, tuple(t.id for t in group.topics))
        for group in library.groups
    )
    return Catalogue(
        {slug: _noted(twins) for slug, twins in _twins(library, Kind.CASE)},
        tuple(groups),
        {
            slug: _guide(twins, twins[0].details)
            for slug, twins in _twins(library, Kind.GUIDE)
            if isinstance(twins[0].details, Guide) and twins[0].details.read_aloud
        },
    )


def read_catalogue(text: str) -> Catalogue:
    """The catalogue that was written down as JSON. Raises ValueError or KeyError on other text."""
    found = json.loads(text)
    cases = (_read_case(each) for each in found["cases"].values())
    groups = (GroupNote(g["names"], tuple(g["topics"])) for g in found["groups"])
    guides = {slug: GuideNote(**guide) for slug, guide in found["guides"].items()}
    return Catalogue({case.id: case for case in cases}, tuple(groups), guides)


def _twins(library: Library, kind: Kind) -> Iterable[tuple[str, list[Page]]]:
    """The published pages of a kind, each with its other language."""
    pages: dict[str, list[Page]] = {}
    for page in library.published(kind=kind):
        pages.setdefault(page.id, []).append(page)
    return pages.items()


def _guide(twins: list[Page], guide: Guide) -> GuideNote:
    return GuideNote(
        id=twins[0].id,
        titles={page.lang: page.title for page in twins},
        urls={page.lang: page.url for page in twins},
        version=guide.version or "",
    )


def _noted(twins: list[Page]) -> CaseNote:
    """A case by its pages in one language or two, which share their facts."""
    first = twins[0]
    case = first.details if isinstance(first.details, Case) else Case()
    return CaseNote(
        id=first.id,
        titles={page.lang: page.title for page in twins},
        urls={page.lang: page.url for page in twins},
        published_on=first.published_on,
        relapses=tuple(each.on.first for each in case.rechecks if not each.held),
        decision_points=len(case.decision_points),
    )


def _read_case(found: Mapping[str, Any]) -> CaseNote:
    published = found["published_on"]
    return CaseNote(
        id=found["id"],
        titles=found["titles"],
        urls=found["urls"],
        published_on=date.fromisoformat(published) if published else None,
        relapses=tuple(map(date.fromisoformat, found["relapses"])),
        decision_points=found["decision_points"],
    )
