"""The bank: every quiz item of the published pages, in the few bytes that a phone needs of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

from search_index import Kind, Lang, Library, Page, QuizItem

_PRINT = 8


@dataclass(frozen=True, slots=True)
class Item:
    """One question as a phone gets it; `answer` counts from 1.

    `id` is the page's id with a print of the question's words in the Chinese file (where there is
    none, in the English one), so that it is the same in both languages and stays what it is when
    questions beside it come and go. A question that is put in other words is another question.

    `print` changes when the rule behind it does: when a legal line of the page that `url` leads to
    gets another rule, article or `changed_on`, or when another option becomes the right one. That
    somebody has looked and found the rule unchanged (`checked_on`) is no change.
    """

    id: str
    stem: str
    options: tuple[str, ...]
    answer: int
    explain: str
    url: str
    title: str
    topics: tuple[str, ...]
    print: str


@dataclass(frozen=True, slots=True)
class Bank:
    """The items of one language by id, and the topics they are about, by group, with names."""

    items: Mapping[str, Item] = field(default_factory=dict)
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


def bank_of(library: Library, lang: Lang) -> Bank:
    """All items of a language; of two with one answer that ask the same only the first.

    A session that was built repeats the items of the pages that it was built from.
    """
    found: dict[tuple[str, str], Item] = {}
    for page in sorted(library.published(lang), key=lambda each: each.kind is Kind.SESSION):
        for item in _items(library, page):
            found.setdefault((item.url, item.id.rpartition(".")[2]), item)
    met = {topic for item in found.values() for topic in item.topics}
    groups = (
        (group.name(lang), tuple((t.id, t.name(lang)) for t in group.topics if t.id in met))
        for group in library.groups
    )
    items = {item.id: item for item in found.values()}
    return Bank(items, tuple(group for group in groups if group[1]))


def item_id(page: str, stem: str) -> str:
    """The id of an item by its page and its words in the Chinese file.

    >>> item_id("parking-lock", "先做什么？")
    'parking-lock.69ed5d45'
    """
    return f"{page}.{short_print(stem)}"


def short_print(text: str) -> str:
    """What a text is known by; of an item's words, wherever it is asked, the end of its id.

    >>> short_print("先做什么？")
    '69ed5d45'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:_PRINT]


def written(bank: Bank) -> bytes:
    """A bank as JSON, without the names of fields, which would be most of it."""
    items = [astuple(item) for item in bank.items.values()]
    text = json.dumps([items, bank.groups], ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def read_bank(text: str) -> Bank:
    """The bank that was written. Raises ValueError or TypeError on anything else."""
    items, groups = json.loads(text)
    found = (_read_item(row) for row in items)
    named = tuple((name, tuple((i, n) for i, n in topics)) for name, topics in groups)
    return Bank({item.id: item for item in found}, named)


def _read_item(row: list[Any]) -> Item:
    item_id, stem, options, answer, explain, url, title, topics, its_print = row
    return Item(
        item_id, stem, tuple(options), answer, explain, url, title, tuple(topics), its_print
    )


def _quiz(page: Page) -> tuple[QuizItem, ...]:
    found: tuple[QuizItem, ...] = getattr(page.details, "quiz", ())
    return found


def _items(library: Library, page: Page) -> Iterator[Item]:
    """The items of a page, each with its place on the page that its answer stands on."""
    source = library.pages.get((Lang.ZH, page.id), page)
    for item, first in zip(_quiz(page), _quiz(source), strict=True):
        slug, _, anchor = item.source.partition("#")
        there = library.pages.get((page.lang, slug), page)
        yield Item(
            id=item_id(page.id, first.stem),
            stem=item.stem,
            options=item.options,
            answer=item.answer,
            explain=item.explain,
            url=f"{there.url}#{anchor}" if anchor else there.url,
            title=there.title,
            topics=there.problems or page.problems,
            print=_rules_print(there, first),
        )


def _rules_print(there: Page, item: QuizItem) -> str:
    rules = getattr(there.details, "basis", ())
    lines = [f"{each.rule}|{each.article or ''}|{each.changed_on or ''}" for each in rules]
    return short_print("\n".join([*sorted(lines), *item.options[item.answer - 1 : item.answer]]))
