"""From a library to an index: the passages for the engine, and the tables that go with them."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from search_index import correction
from search_index.analysis import ANALYSIS_VERSION, fold, is_han, terms, words
from search_index.content import Emergency, Evidence, Kind, Lang, Library, Page, Term, evidence
from search_index.correction import Corrector
from search_index.engine import Engine, open_engine
from search_index.errors import ContentError, IndexMissingError, SearchIndexError
from search_index.passages import cut_all
from search_index.pinyin import Sounds, sounds_of
from search_index.query import STOP_EN
from search_index.stored import Stored, dictionary, records, texts, write

TABLES_VERSION = "2"
# Rows that were shown lately are kept as they are.
_KEPT = 4096


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


class Tables:
    """Everything an index needs besides passages, taken from the same content."""

    def __init__(self, file: Stored) -> None:
        self._file = file
        self.passages: int
        self.built_at: str
        self.passages, self.built_at = file.records("built")[0]
        self._rows = file.dictionary("rows")
        self._named = file.dictionary("named")
        self._names = lru_cache(len(Lang))(file.dictionary("names").__getitem__)
        self.row = lru_cache(_KEPT)(self._row)
        self.glossary: Mapping[str, tuple[str, ...]] = file.records("glossary")[0]
        self.emergencies = tuple(map(_emergency, file.records("emergencies")[0]))
        # Pairs of Chinese characters that stand in some page.
        self.pairs = file.texts("pairs")
        self.sounds = Sounds.read(file)
        self.corrector = Corrector(file)
        self.forms = lru_cache(_KEPT)(self._forms_of)
        self._forms = file.dictionary("forms")

    def _row(self, lang: Lang, page: str) -> Row | None:
        """What a result shows of a page; None for a page that is not published in a language."""
        cells = self._rows.get(f"{lang}/{page}")
        return None if cells is None else _row_of(cells)

    def rows(self) -> Iterator[tuple[str, Lang, Row]]:
        """Every page by id, in each of its languages: id, language and what a result shows."""
        for slug, lang in sorted(tuple(key.split("/", 1)[::-1]) for key in self._rows):
            yield slug, Lang(lang), _row_of(self._rows[f"{lang}/{slug}"])

    def names(self) -> dict[tuple[Lang, str], list[str]]:
        """The title and the other names of every page, by language and id."""
        found: dict[tuple[Lang, str], list[str]] = {}
        for lang in Lang:
            for page, name in self._names(lang.value)[0]:
                found.setdefault((lang, page), []).append(name)
        return found

    def named(self, name: str) -> tuple[str, ...]:
        """The ids of the pages that a folded name without blanks stands for."""
        found: tuple[str, ...] = self._named.get(name, ())
        return found

    def _forms_of(self, term: str) -> tuple[str, ...]:
        """The words as they stand in pages that count as an index term."""
        found: tuple[str, ...] = self._forms.get(term, (term,))
        return found

    def with_name(self, folded: str, lang: Lang) -> Iterator[tuple[str, str]]:
        """The pages one of whose names holds a folded text: page id and the first such name."""
        names, ends, text = self._names(lang.value)
        at = text.find(folded)
        before = None
        while at >= 0:
            number = bisect_right(ends, at)
            page, name = names[number]
            if page != before:
                yield page, name
            before = page
            at = text.find(folded, ends[number])


def fingerprint(library: Library) -> str:
    """A print of everything the index is made from; equal prints mean equal indexes."""
    parts: list[object] = [ANALYSIS_VERSION, TABLES_VERSION]
    parts += [(page.lang, page.id, page.digest) for page in library.published()]
    parts += [library.groups, library.glossary, library.emergencies]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def build_index(
    library: Library,
    url: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    previous: str | None = None,
) -> str:
    """Build the index of a library at an engine's address and give back its fingerprint.

    `progress` is called with the passages done and their number. What did not change since the
    index at the address `previous` is taken from there. Raises ContentError if nothing is
    published.
    """
    passages = list(cut_all(library))
    if not passages:
        msg = "there is no published page to index"
        raise ContentError(msg)
    done = fingerprint(library)
    path = _tables_path(url, done)
    engine = open_engine(url)
    try:
        engine.rebuild(
            passages,
            fingerprint=done,
            progress=None if progress is None else lambda count: progress(count, len(passages)),
            previous=_folder(previous) if previous else None,
        )
        before = _tables_at(previous) if previous else None
        write(path, _parts(library, engine.words(), len(passages), before))
    finally:
        engine.close()
    return done


def _tables_at(url: str) -> Tables | None:
    """The tables of an earlier index, if they can be read."""
    engine = open_engine(url)
    try:
        return read_tables(url, engine.fingerprint() or "none")
    except IndexMissingError:
        return None
    finally:
        engine.close()


def tables_of(library: Library, engine: Engine) -> Tables:
    """The tables of a library whose passages are in an engine, kept in memory."""
    count = sum(1 for _ in cut_all(library))
    return Tables(Stored.of(_parts(library, engine.words(), count)))


def read_tables(url: str, of: str) -> Tables:
    """The tables written with the index of fingerprint `of`; raises IndexMissingError."""
    try:
        return Tables(Stored.open(_tables_path(url, of)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"the index at {url} is incomplete; run `kb build`"
        raise IndexMissingError(msg) from error


def _tables_path(url: str, of: str) -> Path:
    return _folder(url) / f"tables-{of}"


def _folder(url: str) -> Path:
    _, _, rest = url.partition("://")
    if not rest:
        msg = f"`{url}` is no folder to build an index in; use `whoosh:///folder`"
        raise SearchIndexError(msg)
    return Path(rest)


def _parts(
    library: Library,
    said: Mapping[str, tuple[int, str]],
    passages: int,
    before: Tables | None = None,
) -> dict[str, NDArray[Any]]:
    published = library.published()
    built_at = datetime.now(UTC).isoformat(timespec="seconds")
    rows = {f"{page.lang}/{page.id}": _plain(shown(page, library)) for page in published}
    return {
        **records("built", [(passages, built_at)]),
        **dictionary("rows", rows),
        **dictionary("named", _named(published)),
        **dictionary("names", {lang.value: _names_in(published, lang) for lang in Lang}),
        **records("glossary", [_glossary(library.glossary)]),
        **records("emergencies", [[_rule(rule) for rule in library.emergencies]]),
        **texts("pairs", sorted(_pairs(said, library.glossary))),
        **dictionary("forms", _forms(said)),
        **correction.parts(_vocabulary(said, library.glossary)),
        **sounds_of(_names(library), before.sounds if before else None).parts(),
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


def _plain(value: object) -> object:
    """A value as the interpreter's own format knows it: enumerations as their texts."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return str(value) if isinstance(value, str) else value


def _vocabulary(said: Mapping[str, tuple[int, str]], glossary: Iterable[Term]) -> dict[str, int]:
    """Every word somebody may type and be right, with the number of passages that have it."""
    named = (word for term in glossary for word in (term.en, *term.aliases_en))
    counts = {word: 1 for name in named for word in words(fold(name))}
    for word, (count, _) in said.items():
        bare = word.replace("'", "")
        if bare.isalpha() and not is_han(bare):
            counts[bare] = max(count, counts.get(bare, 0))
    return counts


def _forms(said: Mapping[str, tuple[int, str]]) -> dict[str, tuple[str, ...]]:
    """For each index term that does not just stand for itself the words that it stands for."""
    found: dict[str, list[str]] = {}
    for word, (_, term) in said.items():
        found.setdefault(term, []).append(word)
    return {term: tuple(sorted(its)) for term, its in found.items() if its != [term]}


def _named(pages: Iterable[Page]) -> dict[str, tuple[str, ...]]:
    """The ids of the pages that each name or alias stands for, folded and without blanks."""
    found: dict[str, set[str]] = {}
    for page in pages:
        for name in (page.title, *page.aliases):
            found.setdefault(squeezed(name), set()).add(page.id)
    return {name: tuple(sorted(slugs)) for name, slugs in found.items()}


def squeezed(name: str) -> str:
    """A name as compared with what is typed: folded, without blanks."""
    return "".join(fold(name).split())


def _names_in(pages: Iterable[Page], lang: Lang) -> tuple[object, ...]:
    """Pages and names in a language, where each ends in one long folded text, and that text."""
    names = [
        (page.id, name)
        for page in pages
        if page.lang is lang
        for name in (page.title, *page.aliases)
    ]
    lines = [f"\n{fold(name)}" for _, name in names]
    return tuple(names), tuple(accumulate(map(len, lines))), "".join(lines)


def official_terms(term: Term) -> list[str]:
    """The index terms of what a thing is called officially, without words that say nothing.

    >>> official_terms(Term("停车和充电", "parking and charging"))
    ['停车', '车和', '和充', '充电', 'park', 'charg']
    """
    found = dict.fromkeys([*terms(term.zh), *terms(term.en)])
    return [each for each in found if len(each) > 1 and each not in STOP_EN]


def _glossary(glossary: Iterable[Term]) -> dict[str, tuple[str, ...]]:
    """For what people call a thing the index terms of what it is called officially."""
    found: dict[str, dict[str, None]] = {}
    for term in glossary:
        official = official_terms(term)
        for alias in map(fold, (*term.aliases_zh, *term.aliases_en, term.zh, term.en)):
            if len(alias) > 1:
                found.setdefault(alias, {}).update(dict.fromkeys(official))
    return {alias: tuple(its) for alias, its in found.items()}


def _rule(rule: Emergency) -> tuple[object, ...]:
    messages = tuple((lang.value, words) for lang, words in rule.message.items())
    return (rule.id, rule.call, messages, rule.signs, rule.harmless)


def _emergency(cells: tuple[Any, ...]) -> Emergency:
    name, call, messages, signs, harmless = cells
    return Emergency(name, call, {Lang(lang): words for lang, words in messages}, signs, harmless)


def _names(library: Library) -> Iterator[str]:
    """Everything Chinese that has a name: pages, problem types, glossary terms."""
    for page in library.published():
        yield from (page.title, *page.aliases)
    for group in library.groups:
        yield from (topic.zh for topic in group.topics)
    for term in library.glossary:
        yield from (term.zh, *term.aliases_zh)


def _pairs(said: Iterable[str], glossary: Iterable[Term]) -> set[str]:
    """Every pair of neighbouring Chinese characters in pages and glossary."""
    named = (name for term in glossary for name in (term.zh, *term.aliases_zh))
    known = {pair for text in named for pair in terms(text)}
    return {pair for pair in known.union(said) if len(pair) == 2 and is_han(pair)}  # noqa: PLR2004


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
