"""The library as the readers of one language see it on one day."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kb_app.site.words import counted, said, word
from search_index import (
    Case,
    Evidence,
    Grade,
    Group,
    Kind,
    Lang,
    Library,
    Outcome,
    Page,
    Proof,
    Status,
    Topic,
    evidence,
)

# How the ids of topics begin that are about the chief's work, not about problems in the lane.
DUTY = "duty-"
EVIDENCE_PAGE = "evidence-levels"


@dataclass(frozen=True)
class Edition:
    """A language's part of the library, with what every page needs to know of the others.

    `related` names for a page's id the pages nearest to it, as the search sees them.
    """

    library: Library
    lang: Lang
    today: date
    related: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def word(self, key: str, **values: object) -> str:
        """What the site says."""
        return word(self.lang, key, **values)

    def counted(self, key: str, n: int) -> str:
        """A number with its noun."""
        return counted(self.lang, key, n)

    def said(self, value: Evidence | Kind | Outcome | Grade) -> str:
        """The name of a fixed choice."""
        return said(self.lang, value)

    def term(self, key: str) -> str:
        """A term of the glossary."""
        return self.library.term(key, self.lang)

    def listed(self, terms: Iterable[str]) -> str:
        """Terms of the glossary in a row."""
        return self.word("and").join(self.term(key) for key in terms)

    @cached_property
    def built(self) -> Mapping[str, Page]:
        """The pages that this language's site has, by id; a retired page keeps its address."""
        return {
            slug: page
            for (lang, slug), page in sorted(self.library.pages.items())
            if lang is self.lang and page.status is not Status.DRAFT
        }

    def known(self, slugs: Iterable[str]) -> list[Page]:
        """Those of the pages that this site has."""
        return [self.built[slug] for slug in slugs if slug in self.built]

    @cached_property
    def _by_kind(self) -> Mapping[Kind, tuple[Page, ...]]:
        return {kind: self.library.published(self.lang, kind) for kind in Kind}

    def pages(self, kind: Kind) -> tuple[Page, ...]:
        """Published pages of a kind, by id."""
        return self._by_kind[kind]

    @cached_property
    def proofs(self) -> Mapping[str, Proof]:
        """How well each case is proven."""
        found = {page.id: evidence(page, self.library) for page in self.pages(Kind.CASE)}
        return {slug: proof for slug, proof in found.items() if proof is not None}

    @cached_property
    def cases_by_topic(self) -> Mapping[str, tuple[Page, ...]]:
        """Published cases of each problem type, the best proven first."""
        return {
            topic.id: tuple(
                page for page in self.ranked(self.pages(Kind.CASE)) if topic.id in page.problems
            )
            for topic in self.topics
        }

    def ranked(self, cases: Iterable[Page]) -> tuple[Page, ...]:
        """Cases with the best proven first; failures are evidence and come before the untested."""
        order = [
            Evidence.SEVERAL, Evidence.MEASURED, Evidence.ONCE, Evidence.FAILED, Evidence.UNTESTED,
        ]  # fmt: skip
        known = {page.id: self.proofs.get(page.id, Proof(Evidence.UNTESTED)) for page in cases}
        pages = [self.built[slug] for slug in known]
        return tuple(
            sorted(pages, key=lambda page: (order.index(known[page.id].level), page.id)),
        )

    @property
    def topics(self) -> Iterator[Topic]:
        """Every problem type and duty topic, in the order of the taxonomy."""
        return (topic for group in self.library.groups for topic in group.topics)

    @cached_property
    def problem_groups(self) -> tuple[Group, ...]:
        """The groups of problems in the lane."""
        return tuple(group for group in self.library.groups if not is_duty(group))

    @cached_property
    def group_of(self) -> Mapping[str, Group]:
        """The group of each topic."""
        return {topic.id: group for group in self.library.groups for topic in group.topics}

    def main_group(self, page: Page) -> Group | None:
        """The group of a page's first problem."""
        return next((self.group_of[p] for p in page.problems if p in self.group_of), None)

    def of_group(self, group: Group, kind: Kind) -> tuple[Page, ...]:
        """Published pages of a kind about any topic of a group, by id."""
        topics = {topic.id for topic in group.topics}
        return tuple(page for page in self.pages(kind) if topics & set(page.problems))

    def reused_by(self, page: Page) -> tuple[Page, ...]:
        """Published cases that took their method from this one."""
        return tuple(
            other
            for other in self.pages(Kind.CASE)
            if isinstance(other.details, Case) and page.id in other.details.reused_from
        )

    def twin(self, page: Page) -> str | None:
        """The address of the page in the other language, if it is built there."""
        other = self.library.pages.get((self.lang.other, page.id))
        return other.url if other is not None and other.status is not Status.DRAFT else None

    def home(self) -> str:
        """The address of the first page."""
        return f"/{self.lang}/"


def is_duty(group: Group) -> bool:
    """Whether a group is about the chief's work.

    >>> is_duty(Group("duties", "职责", "Duties", (Topic("duty-plan", "duties", "计划", "Plan"),)))
    True
    """
    return bool(group.topics) and all(topic.id.startswith(DUTY) for topic in group.topics)


def href(here: str, there: str) -> str:
    """The relative link from one page's address to another's, with its fragment.

    >>> href("/zh/problems/parking-lock/", "/zh/cases/dajing/#result")
    '../../cases/dajing/#result'
    >>> href("/zh/", "/zh/cases/"), href("/zh/cases/", "/zh/")
    ('cases/', '../')
    """
    path, mark, fragment = there.partition("#")
    relative = posixpath.relpath(path, here)
    return ("./" if relative == "." else f"{relative}/") + mark + fragment
