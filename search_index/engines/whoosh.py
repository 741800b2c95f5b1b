"""The Whoosh engine: Whoosh holds the pages and answers structured queries, flat arrays rank them.

The index is made of pickles, so its folder is written by `rebuild` alone and never taken from
anywhere else.
"""

from __future__ import annotations

import marshal
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index
from whoosh.fields import ID, KEYWORD, STORED, Schema
from whoosh.query import And, Or, Term

from search_index.analysis import fold, terms
from search_index.content import Kind, Lang
from search_index.engine import Facet, Hit, Hits, Query
from search_index.engines import forward
from search_index.engines.arrays import Floats, Postings, inverted, said, starts_of, unknown_rarity
from search_index.engines.ranking import Mask, Ranking, Scoring, Wanted, having_any
from search_index.errors import IndexMissingError
from search_index.passages import Passage
from search_index.stored import Stored, records, texts, write

_POINTER = "CURRENT"
# Changes whenever an older index could not be brought up to date.
_VERSION = 2
# Of so many best works the coverage is told.
BEST = 3
# Passages that were shown lately are kept as they are; a thousand take about a megabyte.
_KEPT = 4096
_KINDS = tuple(Kind)
_LANGS = tuple(Lang)


def schema() -> Schema:
    """What Whoosh keeps of a page: what it is, and its passages."""
    return Schema(
        key=ID(stored=True, unique=True, sortable=True),
        lang=ID,
        kind=ID,
        problems=KEYWORD,
        passages=STORED,
    )


class WhooshEngine:
    """An `Engine` on Whoosh, in a folder or (without one) in memory's stead in a temporary one."""

    def __init__(self, folder: Path | None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="index-") if folder is None else None
        self._folder = folder or Path(self._temporary.name if self._temporary else "")
        self._generation: _Generation | None = None

    def rebuild(
        self,
        passages: Iterable[Passage],
        *,
        fingerprint: str,
        progress: Callable[[int], None] | None = None,
        previous: Path | None = None,
    ) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f"generation-{secrets.token_hex(6)}"
        fresh.mkdir()
        before = _generation_in(previous) if previous else None
        try:
            _write(passages, fresh, fingerprint, progress or (lambda _: None), before)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        self._point_at(fresh)
        return self._open().count

    def _point_at(self, fresh: Path) -> None:
        pointer = self._folder / f"{_POINTER}-{fresh.name}"
        pointer.write_text(fresh.name, encoding="utf-8")
        pointer.replace(self._folder / _POINTER)
        # The one before goes with its last reader: nothing here closes it under a running search.
        self._generation = None
        for old in self._folder.glob("generation-*"):
            if old != fresh:
                shutil.rmtree(old, ignore_errors=True)

    def _open(self) -> _Generation:
        if self._generation is None:
            folder = _generation_in(self._folder)
            if folder is None:
                msg = f"there is no index in {self._folder}; run `kb build`"
                raise IndexMissingError(msg)
            self._generation = _Generation(folder)
        return self._generation

    def search(self, query: Query, *, offset: int = 0, limit: int = 10) -> Hits:
        return self._open().search(query, offset=offset, limit=limit)

    def passages(self, page: str, lang: Lang) -> tuple[Passage, ...]:
        return self._open().passages_of(page, lang)

    def words(self) -> Mapping[str, tuple[int, str]]:
        return self._open().words()

    def fingerprint(self) -> str | None:
        try:
            return self._open().fingerprint
        except IndexMissingError:
            return None

    def close(self) -> None:
        if self._generation is not None:
            self._generation.close()
            self._generation = None
        if self._temporary is not None:
            self._temporary.cleanup()


def _generation_in(folder: Path) -> Path | None:
    """The generation that a folder points to."""
    try:
        return folder / (folder / _POINTER).read_text(encoding="utf-8")
    except OSError:
        return None


# Writing -----------------------------------------------------------------------------------------


def _write(
    passages: Iterable[Passage],
    folder: Path,
    fingerprint: str,
    progress: Callable[[int], None],
    before: Path | None,
) -> None:
    """Write one generation: the words of its pages, the arrays, the rows to show, Whoosh's index.

    What did not change since the generation `before` is taken from there.
    """
    collector = forward.Collector(forward.load(before / "forward") if before else None)
    pages: list[tuple[Passage, ...]] = []
    count = 0
    for of_page in _pages(passages):
        collector.add(of_page)
        pages.append(of_page)
        count += len(of_page)
        progress(count)
    words = collector.done()
    words.save(folder / "forward")
    rows = [[_packed(passage) for passage in of_page] for of_page in pages]
    prints = [print_of(row) for row in rows]
    write(folder / "index", _parts(pages, rows, prints, words, fingerprint))
    _write_whoosh(pages, rows, prints, folder, before)


def _pages(passages: Iterable[Passage]) -> Iterator[tuple[Passage, ...]]:
    """The passages of each page, as they come."""
    for _, group in groupby(passages, key=lambda passage: (passage.page, passage.lang)):
        yield tuple(group)


def print_of(row: list[tuple[Any, ...]]) -> bytes:
    """A print of what a page's passages say.

    The format is the last that writes equal values alike, whether or not they are the same object.
    """
    return blake2b(marshal.dumps(row, 2), digest_size=8).digest()


def _packed(passage: Passage) -> tuple[Any, ...]:
    return (
        passage.page, passage.kind.value, passage.lang.value, passage.anchor, passage.section,
        passage.title, passage.blocks, passage.problems,
    )  # fmt: skip


def _unpacked(row: tuple[Any, ...]) -> Passage:
    page, kind, lang, anchor, section, title, blocks, problems = row
    return Passage(
        page, Kind(kind), Lang(lang), anchor, section, title, tuple(blocks), tuple(problems)
    )


def _parts(
    pages: Sequence[tuple[Passage, ...]],
    rows: Sequence[Sequence[tuple[Any, ...]]],
    prints: Sequence[bytes],
    words: forward.Forward,
    fingerprint: str,
) -> dict[str, NDArray[Any]]:
    """What is read while searching; kind and problems are facts, told by a work's first version."""
    firsts = [of_page[0] for of_page in pages]
    begins = starts_of(first.page for first in firsts)
    works = [firsts[place] for place in begins]
    in_pages = np.append(begins, len(pages))
    work_of_page = np.repeat(np.arange(len(works)), np.diff(in_pages))
    work_of = np.repeat(work_of_page, np.diff(words.pages)).astype(np.int32)
    topics = sorted({topic for work in works for topic in work.problems})
    number = {topic: n for n, topic in enumerate(topics)}
    about = [(n, number[topic]) for n, work in enumerate(works) for topic in work.problems]
    return {
        **records("about", [(_VERSION, fingerprint, words.documents)]),
        **inverted(words, work_of, len(works)),
        **records("passages", (row for of_page in rows for row in of_page)),
        **texts("works", [work.page for work in works]),
        **texts("topics", topics),
        "about": np.array(about, dtype=np.int32).reshape(-1, 2).T.copy(),
        "kinds": np.array([_KINDS.index(work.kind) for work in works], dtype=np.uint8),
        "langs": np.array([_LANGS.index(first.lang) for first in firsts], dtype=np.uint8),
        "prints": np.frombuffer(b"".join(prints), np.uint64).copy(),
        "pages": words.pages,
        "work_of": work_of,
        "works": in_pages.astype(np.int64),
    }


def _write_whoosh(
    pages: Sequence[tuple[Passage, ...]],
    rows: Sequence[Sequence[tuple[Any, ...]]],
    prints: Sequence[bytes],
    folder: Path,
    before: Path | None,
) -> None:
    """Write Whoosh's index, or bring a copy of the one before up to date."""
    known = _prints_of(before) if before else {}
    stored = folder / "whoosh"
    if before and known:
        shutil.copytree(before / "whoosh", stored)
        writer = index.open_dir(str(stored)).writer(limitmb=256)
    else:
        stored.mkdir()
        writer = index.create_in(str(stored), schema()).writer(limitmb=256, compound=False)
    with _cancelled_on_failure(writer):
        for of_page, row, its_print in zip(pages, rows, prints, strict=True):
            key = _key(of_page[0].page, of_page[0].lang)
            old = known.pop(key, None)
            if old != its_print:
                if old is not None:
                    writer.delete_by_term("key", key)
                _add_document(writer, key, of_page[0], row)
        for key in known:
            writer.delete_by_term("key", key)
    writer.commit()


def _prints_of(generation: Path) -> dict[str, bytes]:
    """The prints of the pages in a generation, by key; none where it cannot be read."""
    try:
        opened = Stored.open(generation / "index")
        if opened.records("about")[0][0] != _VERSION:
            return {}
        works, in_pages = opened.texts("works"), opened.view("works")
        langs, prints = opened.view("langs"), opened.array("prints")
        return {
            _key(works[work], _LANGS[langs[page]]): prints[page].tobytes()
            for work in range(len(works))
            for page in range(in_pages[work], in_pages[work + 1])
        }
    except (OSError, ValueError, KeyError):
        return {}


def _key(page: str, lang: Lang) -> str:
    return f"{lang.value}/{page}"


@contextmanager
def _cancelled_on_failure(writer: Any) -> Iterator[None]:
    """Make a writer that cannot finish let go of its files."""
    try:
        yield
    except BaseException:
        writer.cancel()
        raise


def _add_document(writer: Any, key: str, first: Passage, row: Sequence[tuple[Any, ...]]) -> None:
    writer.add_document(
        key=key,
        lang=first.lang.value,
        kind=first.kind.value,
        problems=" ".join(first.problems),
        passages=row,
    )


# Searching ---------------------------------------------------------------------------------------


class _Generation:
    """One generation, opened once and never changed; safe for any number of threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        file = Stored.open(folder / "index")
        self.fingerprint: str
        self.count: int
        _, self.fingerprint, self.count = file.records("about")[0]
        self.postings = Postings(file)
        self._rows = file.records("passages")
        self.passage = lru_cache(_KEPT)(self._passage)
        self._names = file.texts("works")
        self._works, self._pages = file.view("works"), file.view("pages")
        self._langs = file.view("langs")
        self._kind_of: NDArray[np.uint8] = file.array("kinds")
        self._kinds = [
            (kind, self._kind_of == n) for n, kind in enumerate(_KINDS) if n in self._kind_of
        ]
        topics = file.texts("topics")
        self._topics = [topics[n] for n in range(len(topics))]
        self._about_work, self._about = file.array("about")
        self._work_of: NDArray[np.int32] = file.array("work_of")
        self._ranking = Ranking(self.postings, self._work_of, len(self._names))
        self._searcher = index.open_dir(str(folder / "whoosh")).searcher()
        # A Whoosh searcher reads through one shared position in its files.
        self._one_at_a_time = Lock()
        self._allowed = lru_cache(maxsize=256)(self._filter)
        self._favoured = lru_cache(maxsize=8)(self._favour)

    def close(self) -> None:
        self._searcher.close()

    def words(self) -> Mapping[str, tuple[int, str]]:
        """The words of all passages, as they were analysed when the index was built."""
        known = forward.load(self._folder / "forward")
        return said(known) if known else {}

    def _passage(self, doc: int) -> Passage:
        return _unpacked(self._rows[doc])

    def passages_of(self, page: str, lang: Lang) -> tuple[Passage, ...]:
        """The passages of a page, as Whoosh keeps them."""
        with self._one_at_a_time:
            found = self._searcher.document(key=_key(page, lang))
        return tuple(map(_unpacked, found["passages"])) if found else ()

    def search(self, query: Query, *, offset: int, limit: int) -> Hits:
        if not self.count:
            return Hits(0, (), {"kind": (), "problem": ()})
        ranking = self._ranking
        lists = [
            *ranking.lists(query.terms, finds=True),
            *ranking.lists(query.extras, finds=True),
            *ranking.lists(query.hints, finds=False),
        ]
        having = ranking.having(lists)
        conditions = query.kinds or query.problems or query.phrases or query.excluded
        if conditions:
            having &= self._conditions(query, having)
        total = int(np.count_nonzero(having))
        if not total:
            return Hits(0, (), {"kind": (), "problem": ()})
        wanted = Wanted(
            min(total, max(offset + limit, BEST)),
            self._favoured(tuple(query.favour.items())),
            {place: weight for slug, weight in query.named.items()
             if (place := self._names.place(slug)) is not None},
            having if conditions else None,
        )  # fmt: skip
        with ranking.scoring(lists) as scoring:
            best = scoring.best(wanted)
            shown = best[offset : offset + limit]
            hits = self._hits(shown, query.lang, scoring)
        return Hits(total, hits, self._facets(having, total), self._coverage(query, best[:BEST]))

    def _favour(self, favour: tuple[tuple[Kind, float], ...]) -> Floats | None:
        """What each document's score is multiplied by; None where that is one for all."""
        weights = np.ones(len(_KINDS), dtype=np.float32)
        for kind, weight in favour:
            weights[_KINDS.index(kind)] = weight
        by_work: Floats = weights[self._kind_of]
        return None if (by_work == 1).all() else by_work[self._work_of]

    def _conditions(self, query: Query, among: Mask) -> Mask:
        """Which of some works meet everything that a query demands besides its words."""
        meets = among
        if query.kinds or query.problems:
            meets = meets & self._allowed(query.kinds, query.problems)
        shown = cache(self._shown_text)
        for phrase in query.phrases:
            meets = self._with_text(phrase, meets, shown)
        for words in query.excluded:
            meets = meets & ~self._with_text(words, meets, shown)
        return meets

    def _filter(self, kinds: frozenset[Kind], problems: frozenset[str]) -> Mask:
        """The works of these kinds and about these problems, as Whoosh finds them."""
        wanted = [
            Or([Term(name, value) for value in sorted(values)])
            for name, values in (("kind", kinds), ("problems", problems))
            if values
        ]
        meets = np.zeros(len(self._names), dtype=np.bool_)
        with self._one_at_a_time:
            keys = self._searcher.reader().column_reader("key")
            found = [keys[doc] for doc in self._searcher.docs_for_query(And(wanted))]
        for key in found:
            _, _, page = key.partition("/")
            meets[self._names.place(page)] = True
        return meets

    def _with_text(self, folded: str, among: Mask, shown: Callable[[int], str]) -> Mask:
        """Those among some works in which a folded text stands to the character."""
        wanted = set(terms(folded))
        candidates = self._with_terms(wanted) & among
        if len(folded) == 1 and wanted == {folded}:
            return candidates  # a character is a term of its own
        meets = np.zeros(len(candidates), dtype=np.bool_)
        for work in np.flatnonzero(candidates):
            meets[work] = folded in shown(int(work))
        return meets

    def _shown_text(self, work: int) -> str:
        """Everything a work shows, folded, each block on a line of its own."""
        passages = [self._passage(doc) for doc in range(*self._documents(work))]
        blocks = [text for p in passages for text in (p.title, p.section, *p.blocks)]
        return fold("\n".join(blocks))

    def _with_terms(self, wanted: Collection[str]) -> Mask:
        """The works that have all the terms; none if there is no term."""
        candidates = np.full(len(self._names), bool(wanted))
        for term in wanted:
            candidates &= self._ranking.having(self._ranking.lists({term: 1.0}, finds=True))
        return candidates

    def _documents(self, work: int) -> tuple[int, int]:
        """The documents of a work, from the first up to the one behind the last."""
        return self._pages[self._works[work]], self._pages[self._works[work + 1]]

    def _coverage(self, query: Query, best: Sequence[tuple[int, float]]) -> float:
        """The share of the query's units that the best works have, on average."""
        unknown = unknown_rarity(self.count)
        its = self.postings
        ranges = [self._documents(work) for work, _ in best]
        having = cache(lambda place: having_any(its, place, ranges))
        whole = has = 0.0
        for name, showing in query.units or tuple((term, (term,)) for term in query.terms):
            itself = its.terms.place(name)
            worth = unknown if itself is None else its.rarity[itself]
            places = [itself if term == name else its.terms.place(term) for term in showing]
            shown = [having(place) for place in places if place is not None]
            whole += worth
            has += worth * sum(map(any, zip(*shown, strict=True)))
        return round(has / (whole * len(best)), 4) if whole else 0.0

    def _hits(
        self, best: Sequence[tuple[int, float]], lang: Lang | None, scoring: Scoring
    ) -> tuple[Hit, ...]:
        """The works as hits, each by its best passage in the language it is shown in."""
        if not best:
            return ()
        spans = [self._documents(work) for work, _ in best]
        # A page of one or two passages leaves no choice.
        widest = max([high - low for low, high in spans])
        if widest <= 2 and len(self._names) == len(self._langs):  # noqa: PLR2004
            return tuple(
                Hit(self.passage(high - 1), round(score, 4))
                for (_, score), (_, high) in zip(best, spans, strict=True)
            )
        docs = np.concatenate([np.arange(low, high, dtype=np.int32) for low, high in spans])
        scores = scoring.exact(docs).tolist()
        hits = []
        at = 0
        for (work, score), (low, high) in zip(best, spans, strict=True):
            mine = scores[at : at + high - low]
            at += high - low
            hits.append(Hit(self._best_passage(work, mine, lang), round(score, 4)))
        return tuple(hits)

    def _best_passage(self, work: int, scores: Sequence[float], lang: Lang | None) -> Passage:
        """The passage that matches; in the other language, the one under the same heading.

        `scores` are those of the work's documents, in order. The first passage of a page only names
        it (title, lesson, aliases), which a result shows anyway: another is taken where there is
        one.
        """
        first, _ = self._documents(work)
        spans = {
            _LANGS[self._langs[page]]: (self._pages[page] - first, self._pages[page + 1] - first)
            for page in range(self._works[work], self._works[work + 1])
        }
        best = max(spans.values(), key=lambda span: max(scores[slice(*span)]))
        shown = spans.get(lang, best) if lang else best
        matching = self.passage(first + _matching(best, scores))
        if shown == best:
            return matching
        if any(scores[slice(*shown)]):
            return self.passage(first + _matching(shown, scores))
        twins = [self.passage(first + place) for place in range(*shown)]
        return next((twin for twin in twins if twin.anchor == matching.anchor), twins[0])

    def _facets(self, found: Mask, total: int) -> dict[str, tuple[Facet, ...]]:
        """How many of the works found are of each kind, and about each problem."""
        if len(self._kinds) == 1:
            kinds = [(str(self._kinds[0][0]), total)]
        else:
            kinds = [(str(kind), int(np.count_nonzero(found & its))) for kind, its in self._kinds]
        about = self._about[found[self._about_work]] if self._topics else self._about
        problems = np.bincount(about, minlength=len(self._topics)).tolist()
        return {
            "kind": _counted(kinds),
            "problem": _counted(zip(self._topics, problems, strict=True)),
        }


def _matching(span: tuple[int, int], scores: Sequence[float]) -> int:
    """The place of the best passage of a page, the first one aside if there is another."""
    low, high = min(span[0] + 1, span[1] - 1), span[1]
    return max(range(low, high), key=scores.__getitem__)


def _counted(counts: Iterable[tuple[str, int]]) -> tuple[Facet, ...]:
    some = [(value, count) for value, count in counts if count]
    return tuple(Facet(*each) for each in sorted(some, key=lambda each: (-each[1], each[0])))
