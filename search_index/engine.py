"""The seam: what every search engine takes and gives, as our own values.

An engine keeps passages and finds pages. It knows the index terms of `analysis` and nothing of
languages, glossaries or emergencies beyond what a `Query` tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from search_index.content import Kind, Lang
from search_index.errors import SearchIndexError
from search_index.passages import Passage


@dataclass(frozen=True, slots=True)
class Query:
    """What to find: weighted index terms, and what a page must or must not be.

    `terms` were typed: a page with one of them is found. `units` are what the coverage counts: each
    is a word or character as typed, with the terms any of which shows that a page has it. `extras`
    come from the glossary: they find pages too, but nobody misses them. `hints` only help to rank
    what was found otherwise (single characters of longer Chinese words).
    `phrases` are folded text that must stand in a page to the character, `excluded` text that must
    not. `favour` multiplies the scores of a kind of page, and of the pages in `named`, whose names
    the whole query is. `lang` is the language that pages are
    shown in where they exist in it; both languages are searched.
    """

    terms: Mapping[str, float]
    extras: Mapping[str, float] = field(default_factory=dict)
    hints: Mapping[str, float] = field(default_factory=dict)
    units: tuple[tuple[str, tuple[str, ...]], ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    problems: frozenset[str] = frozenset()
    favour: Mapping[Kind, float] = field(default_factory=dict)
    named: Mapping[str, float] = field(default_factory=dict)
    lang: Lang | None = None


class Hit(NamedTuple):
    """A page that was found, by its best passage."""

    passage: Passage
    score: float


class Facet(NamedTuple):
    """How many of all found pages have a value."""

    value: str
    count: int  # type: ignore[assignment]  # hides a tuple's method, which nobody calls


@dataclass(frozen=True, slots=True)
class Hits:
    """A stretch of the ranked list, with the number of all pages found and their facets.

    The order is promised: by score, best first, equal scores by page id. `coverage` is the share of
    the query that the best three of all pages found have, on average.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)
    coverage: float = 0.0


class Engine(Protocol):
    """Six methods; a seventh needs a reason that every engine can honour."""

    def rebuild(
        self,
        passages: Iterable[Passage],
        *,
        fingerprint: str,
        progress: Callable[[int], None] | None = None,
        previous: Path | None = None,
    ) -> int:
        """Replace everything by `passages`, whole or not at all; gives back their number.

        Passages of one page follow one another, and pages come in the order of their ids. What did
        not change since the index in the folder `previous` may be taken from there. While it
        runs, and if it fails, searches go on over what was there. `progress` is called with the
        number of passages taken so far.
        """

    def search(self, query: Query, *, offset: int = 0, limit: int = 10) -> Hits:
        """The pages that have any term of the query and meet all its conditions."""

    def passages(self, page: str, lang: Lang) -> tuple[Passage, ...]:
        """The passages of one page, in the order in which they stand there; none if unknown."""

    def words(self) -> Mapping[str, tuple[int, str]]:
        """Every word as it stands in the passages, folded: how many have it, and its index term.

        Chinese comes as characters and pairs. Asked when an index is built, not while it is
        searched.
        """

    def fingerprint(self) -> str | None:
        """What the index was built from; None if there is none."""

    def close(self) -> None:
        """Let go of files; the engine is not used afterwards."""


def open_engine(url: str) -> Engine:
    """The engine behind an address.

    ``whoosh:`` lives in memory, ``whoosh:///some/folder`` on disk. Raises SearchIndexError for an
    address that no engine knows.
    """
    scheme, _, rest = url.partition(":")
    if scheme != "whoosh" or (rest and not rest.startswith("//")):
        msg = f"no search engine for `{url}`; use `whoosh:` or `whoosh:///folder`"
        raise SearchIndexError(msg)
    from search_index.engines.whoosh import WhooshEngine

    return WhooshEngine(Path(rest[2:]) if rest else None)
