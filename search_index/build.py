"""From a library to an index: the passages for the engine, and the tables that go with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from search_index.analysis import ANALYSIS_VERSION, fold, is_han, terms, words
from search_index.content import Emergency, Evidence, Kind, Lang, Library, Page, Term, evidence
from search_index.engine import open_engine
from search_index.errors import ContentError, IndexMissingError, SearchIndexError
from search_index.passages import Passage, cut_all
from search_index.pinyin import Sounds, sounds_of

TABLES_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Row:
    """What a result shows of a page besides its passage."""

    kind: Kind
    title: str
    lesson: str
    url: str
    problems: tuple[str, ...]
    evidence: Evidence | None
    relapsed: bool
    checked_on: date | None
    review_due: date | None


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything an index needs besides passages, taken from the same content.

    `vocabulary` are the words of all pages that are not Chinese, folded and unstemmed, with how
    many passages have them; `pairs` the pairs of Chinese characters that stand in some page;
    `sounds` what its names sound like. Prefixes and corrections are looked up there.
    """

    rows: Mapping[tuple[Lang, str], Row]
    names: Mapping[tuple[Lang, str], tuple[str, ...]]
    glossary: tuple[Term, ...]
    emergencies: tuple[Emergency, ...]
    vocabulary: Mapping[str, int]
    sounds: Sounds
    pairs: frozenset[str]
    passages: int
    built_at: str


def fingerprint(library: Library) -> str:
    """A print of everything the index is made from; equal prints mean equal indexes."""
    parts: list[object] = [ANALYSIS_VERSION, TABLES_VERSION]
    parts += [(page.lang, page.id, page.digest) for page in library.published()]
    parts += [library.groups, library.glossary, library.emergencies]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def build_index(
    library: Library, url: str, *, progress: Callable[[int, int], None] | None = None
) -> str:
    """Build the index of a library at an engine's address and give back its fingerprint.

    `progress` is called with the passages done and their number. What stood at the address stays
    until the new index is complete. Raises ContentError if nothing is published.
    """
    passages = list(cut_all(library))
    if not passages:
        msg = "there is no published page to index"
        raise ContentError(msg)
    done = fingerprint(library)
    path = _tables_path(url, done)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_packed(library, passages), ensure_ascii=False), "utf-8")
    engine = open_engine(url)
    try:
        engine.rebuild(
            passages,
            fingerprint=done,
            progress=None if progress is None else lambda count: progress(count, len(passages)),
        )
    finally:
        engine.close()
    return done


def tables_of(library: Library) -> Tables:
    """The tables of a library, for an index in memory."""
    return _unpacked(_packed(library, cut_all(library)))


def read_tables(url: str, of: str) -> Tables:
    """The tables written with the index of fingerprint `of`; raises IndexMissingError."""
    path = _tables_path(url, of)
    try:
        return _unpacked(json.loads(path.read_text("utf-8") if path else "null"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"the index at {url} is incomplete; run `kb build`"
        raise IndexMissingError(msg) from error


def _tables_path(url: str, of: str) -> Path | None:
    _, _, rest = url.partition("://")
    if not rest:
        msg = f"`{url}` is no folder to build an index in; use `whoosh:///folder`"
        raise SearchIndexError(msg)
    return Path(rest) / f"tables-{of}.json"


def _packed(library: Library, passages: Iterable[Passage]) -> dict[str, Any]:
    published = library.published()
    cut = list(passages)
    return {
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": [[page.lang, page.id, *shown(page, library)] for page in published],
        "names": [[page.lang, page.id, [page.title, *page.aliases]] for page in published],
        "glossary": [asdict(term) for term in library.glossary],
        "emergencies": [
            {**asdict(rule), "message": dict(rule.message)} for rule in library.emergencies
        ],
        "vocabulary": _vocabulary(cut, library.glossary),
        "pairs": "".join(sorted(_pairs(cut, library.glossary))),
        "sounds": asdict(sounds_of(_names(library))),
        "passages": len(cut),
    }


def shown(page: Page, library: Library) -> tuple[object, ...]:
    """What a result shows of a page, in the order of `Row`, the day its review is due last."""
    proof = evidence(page, library)
    return (
        page.kind,
        page.title,
        page.lesson,
        page.url,
        page.problems,
        proof.level if proof else None,
        bool(proof and proof.relapsed),
        page.checked_on.isoformat() if page.checked_on else None,
        due.isoformat() if (due := page.review_due) else None,
    )


def _vocabulary(passages: Iterable[Passage], glossary: Iterable[Term]) -> dict[str, int]:
    """Every word somebody may type and be right, with the number of passages that have it."""
    named = (word for term in glossary for word in (term.en, *term.aliases_en))
    counts = {word: 1 for name in named for word in words(fold(name))}
    for passage in passages:
        said = f"{passage.title}\n{passage.section}\n{passage.text}\n{passage.names}"
        for word in set(words(fold(said))):
            counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items()))


def _names(library: Library) -> Iterator[str]:
    """Everything Chinese that has a name: pages, problem types, glossary terms."""
    for page in library.published():
        yield from (page.title, *page.aliases)
    for group in library.groups:
        yield from (topic.zh for topic in group.topics)
    for term in library.glossary:
        yield from (term.zh, *term.aliases_zh)


def _pairs(passages: Iterable[Passage], glossary: Iterable[Term]) -> frozenset[str]:
    """Every pair of neighbouring Chinese characters in pages and glossary."""
    named = (name for term in glossary for name in (term.zh, *term.aliases_zh))
    said = (f"{p.title}\n{p.section}\n{p.text}\n{p.names}" for p in passages)
    found = {term for text in (*named, *said) for term in terms(text) if is_han(term)}
    return frozenset(term for term in found if len(term) > 1)


def _unpacked(raw: dict[str, Any]) -> Tables:
    rows = {(Lang(lang), slug): _row_of(rest) for lang, slug, *rest in raw["rows"]}
    return Tables(
        rows=rows,
        names={(Lang(lang), slug): tuple(names) for lang, slug, names in raw["names"]},
        glossary=tuple(
            Term(t["zh"], t["en"], tuple(t["aliases_zh"]), tuple(t["aliases_en"]), t["note"])
            for t in raw["glossary"]
        ),
        emergencies=tuple(
            Emergency(
                rule["id"],
                tuple(rule["call"]),
                {Lang(lang): words for lang, words in rule["message"].items()},
                tuple(rule["signs"]),
                tuple(rule["harmless"]),
            )
            for rule in raw["emergencies"]
        ),
        vocabulary=raw["vocabulary"],
        pairs=frozenset(map("".join, zip(raw["pairs"][::2], raw["pairs"][1::2], strict=True))),
        sounds=Sounds(**raw["sounds"]),
        passages=raw["passages"],
        built_at=raw["built_at"],
    )


def _row_of(cells: list[Any]) -> Row:
    kind, title, lesson, url, problems, level, relapsed, checked_on, due = cells
    return Row(
        Kind(kind),
        title,
        lesson,
        url,
        tuple(problems),
        Evidence(level) if level else None,
        relapsed,
        date.fromisoformat(checked_on) if checked_on else None,
        date.fromisoformat(due) if due else None,
    )
