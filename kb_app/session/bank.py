"""The quiz items of the library, and how some are drawn for a session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from search_index import Kind, Lang, Library, Page, QuizItem, Status

LEAST, MOST = 8, 12


@dataclass(frozen=True, slots=True)
class Banked:
    """One item of the bank in both languages, and how near it is to what a session is about.

    `near` is 0 if it comes from a page of the session, 1 from one about the same problems, 2 from
    one about problems of the same group.
    """

    zh: QuizItem
    en: QuizItem
    near: int

    @property
    def page(self) -> str:
        """The page on which its answer stands."""
        return self.zh.source.partition("#")[0]

    def item(self, lang: Lang) -> QuizItem:
        """The item in a language."""
        return self.zh if lang is Lang.ZH else self.en


def draw(
    library: Library, pages: Iterable[Page], topics: frozenset[str], count: int
) -> tuple[Banked, ...]:
    """Up to `count` items: the nearest first, spread over pages, none twice.

    Those whose answer stands in a case of the session come last, for they may tell how it ended.
    """
    named = tuple(pages)
    found = _distinct(_spread(list(_bank(library, {page.id for page in named}, topics))))
    cases = {page.id for page in named if page.kind is Kind.CASE}
    return tuple(sorted(found[:count], key=lambda each: each.page in cases))


def _bank(library: Library, pages: set[str], topics: frozenset[str]) -> Iterator[Banked]:
    """Every item that has to do with these topics, by the page that holds it."""
    group = {t.id for g in library.groups for t in g.topics if {t.id for t in g.topics} & topics}
    for holder in library.published(Lang.ZH):
        twin = library.pages.get((Lang.EN, holder.id))
        theirs = _quiz(twin) if twin and twin.status is Status.PUBLISHED else ()
        for zh, en in zip(_quiz(holder), theirs, strict=False):
            near = _near(library, holder, zh, (pages, topics, group))
            if near is not None:
                yield Banked(zh, en, near)


def _near(
    library: Library,
    holder: Page,
    item: QuizItem,
    wanted: tuple[set[str], frozenset[str], set[str]],
) -> int | None:
    """How near an item is; None if it has nothing to do with what is wanted."""
    pages, topics, group = wanted
    source = library.pages.get((Lang.ZH, item.source.partition("#")[0]))
    if source is None or source.status is not Status.PUBLISHED:
        return None
    if {source.id, holder.id} & pages:
        return 0
    about = set(source.problems)
    return 1 if about & topics else 2 if about & group else None


def _quiz(page: Page) -> tuple[QuizItem, ...]:
    return getattr(page.details, "quiz", ())


def _spread(items: list[Banked]) -> Iterator[Banked]:
    """The nearest first, and among those one of each page in turn."""
    for near in range(3):
        by_page: dict[str, list[Banked]] = {}
        for each in items:
            if each.near == near:
                by_page.setdefault(each.page, []).append(each)
        for turn in zip_longest(*(by_page[page] for page in sorted(by_page))):
            yield from (each for each in turn if each is not None)


def _distinct(items: Iterable[Banked]) -> list[Banked]:
    """Without those that ask what another one asks, in either language."""
    seen: set[str] = set()
    found = []
    for each in items:
        stems = {"".join(each.item(lang).stem.casefold().split()) for lang in Lang}
        if not stems & seen:
            found.append(each)
        seen |= stems
    return found
