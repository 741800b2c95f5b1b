"""The Whoosh engine: Whoosh holds what is searched and filters it, flat arrays rank it.

The index is made of pickles, so its folder is written by `rebuild` alone and never taken from
anywhere else.
"""

from __future__ import annotations

import json
import mmap
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import index
from whoosh.analysis import Token, Tokenizer
from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema
from whoosh.query import And, Or, Term

from search_index.analysis import fold, terms
from search_index.content import Kind, Lang
from search_index.engine import Facet, Hit, Hits, Query
from search_index.engines.arrays import Arrays, Floats, Ints, Writer, starts_of, unknown_rarity
from search_index.errors import IndexMissingError
from search_index.passages import Passage

_POINTER = "CURRENT"


class _Terms(Tokenizer):
    """Our index terms as Whoosh's tokens."""

    def __call__(self, value: str, *, positions: bool = False, **options: Any) -> Iterator[Token]:
        token = Token(positions, **{k: v for k, v in options.items() if k in {"chars", "mode"}})
        for place, term in enumerate(terms(value), options.get("start_pos", 0)):
            token.text, token.boost, token.stopped = term, 1.0, False
            if positions:
                token.pos = place
            yield token


def schema() -> Schema:
    """What Whoosh keeps of a passage."""
    return Schema(
        id=ID(stored=True, unique=True),
        page=ID,
        lang=ID,
        kind=ID,
        problems=KEYWORD,
        title=TEXT(
            analyzer=_Terms(),  # type: ignore[arg-type]  # a tokenizer is one
            phrase=False,
            spelling=False,
        ),
        body=STORED,
    )


class _Row(NamedTuple):
    """A passage's page and place, as the ranking needs it."""

    page: str
    lang: str
    kind: str
    problems: tuple[str, ...]


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
    ) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f"generation-{secrets.token_hex(6)}"
        fresh.mkdir()
        try:
            count = _write(passages, fresh, fingerprint, progress or (lambda _: None))
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        self._point_at(fresh)
        return count

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
            try:
                name = (self._folder / _POINTER).read_text(encoding="utf-8")
            except OSError as error:
                msg = f"there is no index in {self._folder}; run `kb build`"
                raise IndexMissingError(msg) from error
            self._generation = _Generation(self._folder / name)
        return self._generation

    def search(self, query: Query, *, offset: int = 0, limit: int = 10) -> Hits:
        return self._open().search(query, offset=offset, limit=limit)

    def passages(self, page: str, lang: Lang) -> tuple[Passage, ...]:
        return self._open().passages_of(page, lang)

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


# Writing -----------------------------------------------------------------------------------------


def _write(
    passages: Iterable[Passage], folder: Path, fingerprint: str, progress: Callable[[int], None]
) -> int:
    """Write one generation: Whoosh's index, the arrays, and the rows to show."""
    stored = folder / "whoosh"
    stored.mkdir()
    writer = index.create_in(str(stored), schema()).writer(limitmb=256, compound=False)
    arrays = Writer()
    rows: list[_Row] = []
    ends = [0]
    with (folder / "passages.jsonl").open("wb") as shown, _cancelled_on_failure(writer):
        for count, passage in enumerate(passages, 1):
            _add_document(writer, passage)
            arrays.add(
                {
                    "title": passage.title,
                    "names": passage.names,
                    "body": f"{passage.section}\n{passage.text}",
                }
            )
            rows.append(_Row(passage.page, passage.lang, passage.kind, passage.problems))
            ends.append(ends[-1] + shown.write(_packed(passage)))
            progress(count)
        if not rows:
            shown.write(b"\n")
    writer.commit()
    arrays.write(folder)
    np.save(folder / "passages.npy", np.array(ends, dtype=np.int64))
    _write_pages(rows, folder)
    about = {"fingerprint": fingerprint, "passages": len(rows)}
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    return len(rows)


@contextmanager
def _cancelled_on_failure(writer: Any) -> Iterator[None]:
    """Make a writer that cannot finish let go of its files."""
    try:
        yield
    except BaseException:
        writer.cancel()
        raise


def _add_document(writer: Any, passage: Passage) -> None:
    writer.add_document(
        id=passage.id,
        page=passage.page,
        lang=passage.lang.value,
        kind=passage.kind.value,
        problems=" ".join(passage.problems),
        title=passage.title,
        body=passage.text,
    )


def _packed(passage: Passage) -> bytes:
    row = (
        passage.page, passage.kind, passage.lang, passage.anchor, passage.section, passage.title,
        passage.blocks, passage.problems,
    )  # fmt: skip
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _unpacked(line: bytes) -> Passage:
    page, kind, lang, anchor, section, title, blocks, problems = json.loads(line)
    return Passage(
        page, Kind(kind), Lang(lang), anchor, section, title, tuple(blocks), tuple(problems)
    )


def _write_pages(rows: Sequence[_Row], folder: Path) -> None:
    """Where pages, and works (a page in both its languages), begin among the passages."""
    pages = starts_of((row.page, row.lang) for row in rows)
    works = starts_of(rows[place].page for place in pages)
    np.save(folder / "pages.npy", pages)
    np.save(folder / "works.npy", works)
    table = [
        (rows[place].page, rows[place].lang, rows[place].kind, rows[place].problems)
        for place in pages
    ]
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    (folder / "pages.json").write_text(text, encoding="utf-8")


# Searching ---------------------------------------------------------------------------------------


class _Generation:
    """One generation, opened once and never changed; safe for any number of threads."""

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        self.fingerprint: str = about["fingerprint"]
        self.count: int = about["passages"]
        self.arrays = Arrays(folder)
        self._ends: Ints = np.load(folder / "passages.npy")
        self._starts: Ints = np.load(folder / "pages.npy")
        self._works: Ints = np.load(folder / "works.npy")
        table = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
        self._pages = [_Row(page, lang, kind, tuple(p)) for page, lang, kind, p in table]
        self._places_of_pages = {(r.page, r.lang): place for place, r in enumerate(self._pages)}
        self._kinds = np.array([list(Kind).index(Kind(row.kind)) for row in self._pages])
        # Kind and problems are facts: the first version of a work speaks for both.
        firsts = [self._pages[int(place)] for place in self._works]
        self._topics = sorted({topic for row in firsts for topic in row.problems})
        code = {topic: number for number, topic in enumerate(self._topics)}
        pairs = [(n, code[topic]) for n, row in enumerate(firsts) for topic in row.problems]
        self._about_work, self._about = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        with (folder / "passages.jsonl").open("rb") as file:
            self._shown = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._searcher = index.open_dir(str(folder / "whoosh")).searcher()
        # A Whoosh searcher reads through one shared position in its files.
        self._one_at_a_time = Lock()
        self._allowed = lru_cache(maxsize=256)(self._filter)

    def close(self) -> None:
        self._searcher.close()
        self.arrays.close()
        self._shown.close()

    def passage(self, doc: int) -> Passage:
        """The passage of a document number."""
        return _unpacked(self._shown[self._ends[doc] : self._ends[doc + 1]])

    def passages_of(self, page: str, lang: Lang) -> tuple[Passage, ...]:
        """The passages of a page."""
        place = self._places_of_pages.get((page, lang))
        return () if place is None else tuple(map(self.passage, range(*self._range(place))))

    def search(self, query: Query, *, offset: int, limit: int) -> Hits:
        if not self.count:
            return Hits(0, ())
        docs: Floats = np.zeros(self.count, dtype=np.float32)
        self._add(query.terms, docs)
        self._add(query.extras, docs)
        having = np.maximum.reduceat(docs, self._starts) > 0
        self._add(query.hints, docs)
        pages: Floats = np.maximum.reduceat(docs, self._starts)
        if query.favour:
            weights = np.array([query.favour.get(kind, 1.0) for kind in Kind], dtype=np.float32)
            pages *= weights[self._kinds]
        for slug, weight in query.named.items():
            for place in (self._places_of_pages.get((slug, lang.value)) for lang in Lang):
                if place is not None:
                    pages[place] *= weight
        pages *= self._conditions(query, having)
        works: Floats = np.maximum.reduceat(pages, self._works)
        found = np.flatnonzero(works > 0)
        best = _top(works, found, offset, limit)
        places = self._places(query)
        hits = tuple(self._hit(int(work), query, docs, pages, places) for work in best)
        return Hits(len(found), hits, self._facets(found))

    def _add(self, weighted: Mapping[str, float], docs: Floats) -> None:
        """Add the scores of weighted terms to the passages that have them."""
        for term, weight in weighted.items():
            place = self.arrays.place(term)
            if place is not None:
                self.arrays.add_scores(place, weight, docs)

    def _conditions(self, query: Query, having: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of the pages that have a word of the query meet everything else it demands."""
        meets = having.copy()
        if query.kinds or query.problems:
            meets &= self._allowed(query.kinds, query.problems)
        shown = cache(self._shown_text)
        for phrase in query.phrases:
            meets &= self._with_text(phrase, meets, shown)
        for words in query.excluded:
            # Neither version of a page is shown if one of them has what nobody wants to see.
            works = np.logical_or.reduceat(self._with_text(words, having, shown), self._works)
            meets &= ~np.repeat(works, np.diff([*self._works, len(self._pages)]))
        return meets

    def _filter(self, kinds: frozenset[Kind], problems: frozenset[str]) -> NDArray[np.bool_]:
        """The pages of these kinds and about these problems, as Whoosh finds them."""
        wanted = [
            Or([Term(name, value) for value in sorted(values)])
            for name, values in (("kind", kinds), ("problems", problems))
            if values
        ]
        meets = np.zeros(self.count, dtype=np.bool_)
        with self._one_at_a_time:
            meets[list(self._searcher.docs_for_query(And(wanted)))] = True
        return np.logical_or.reduceat(meets, self._starts)

    def _with_text(
        self, folded: str, among: NDArray[np.bool_], shown: Callable[[int], str]
    ) -> NDArray[np.bool_]:
        """Those among some pages in which a folded text stands to the character."""
        wanted = set(terms(folded))
        candidates = self._with_terms(wanted) & among
        if len(folded) == 1 and wanted == {folded}:
            return candidates  # a character is a term of its own
        meets = np.zeros(len(self._pages), dtype=np.bool_)
        for page in np.flatnonzero(candidates):
            meets[page] = folded in shown(int(page))
        return meets

    def _shown_text(self, page: int) -> str:
        """Everything a page shows, folded, each block on a line of its own."""
        passages = [self.passage(doc) for doc in range(*self._range(page))]
        blocks = [text for p in passages for text in (p.title, p.section, *p.blocks)]
        return fold("\n".join(blocks))

    def _with_terms(self, wanted: Collection[str]) -> NDArray[np.bool_]:
        """The pages that have all the terms; none if there is no term."""
        candidates = np.full(len(self._pages), bool(wanted))
        for term in wanted:
            place = self.arrays.place(term)
            having = np.zeros(self.count, dtype=np.bool_)
            if place is not None:
                having[self.arrays.docs(place)] = True
            candidates &= np.logical_or.reduceat(having, self._starts)
        return candidates

    def _range(self, page: int) -> tuple[int, int]:
        """The documents of a page, from the first up to the one behind the last."""
        following = page + 1 < len(self._starts)
        return int(self._starts[page]), int(self._starts[page + 1]) if following else self.count

    def _versions(self, work: int) -> range:
        """The pages of a work: one, or one in each language."""
        following = work + 1 < len(self._works)
        end = int(self._works[work + 1]) if following else len(self._pages)
        return range(int(self._works[work]), end)

    def _places(self, query: Query) -> list[tuple[list[int], float]]:
        """Each unit's places in the lexicon and what it is worth, for the coverage."""
        unknown = unknown_rarity(self.count)
        units = query.units or tuple((term, (term,)) for term in query.terms)
        found = []
        for name, showing in units:
            itself = self.arrays.place(name)
            worth = unknown if itself is None else float(self.arrays.rarity[itself])
            places = [p for p in map(self.arrays.place, showing) if p is not None]
            found.append((places, worth))
        return found

    def _hit(
        self,
        work: int,
        query: Query,
        docs: Floats,
        pages: Floats,
        places: Sequence[tuple[list[int], float]],
    ) -> Hit:
        versions = self._versions(work)
        best = max(versions, key=lambda page: pages[page])
        shown = next((p for p in versions if self._pages[p].lang == query.lang), best)
        low, _ = self._range(versions[0])
        _, high = self._range(versions[-1])
        worth = sum(value for _, value in places) or 1.0
        has = sum(
            value
            for showing, value in places
            if any(self.arrays.has(place, low, high) for place in showing)
        )
        passage = self._best_passage(best, shown, docs)
        return Hit(passage, round(float(pages[best]), 4), round(has / worth, 4))

    def _best_passage(self, best: int, shown: int, docs: Floats) -> Passage:
        """The passage that matches; in the other language, the one under the same heading.

        The first passage of a page only names it (title, lesson, aliases), which a result shows
        anyway: another is taken where there is one.
        """
        passage = self._matching(best, docs)
        if shown == best:
            return passage
        low, high = self._range(shown)
        if docs[low:high].any():
            return self._matching(shown, docs)
        twins = [self.passage(doc) for doc in range(low, high)]
        return next((twin for twin in twins if twin.anchor == passage.anchor), twins[0])

    def _matching(self, page: int, docs: Floats) -> Passage:
        low, high = self._range(page)
        low = min(low + 1, high - 1)
        return self.passage(low + int(np.argmax(docs[low:high])))

    def _facets(self, found: Ints) -> dict[str, tuple[Facet, ...]]:
        """How many of the works found are of each kind, and about each problem."""
        is_found = np.zeros(len(self._works), dtype=np.bool_)
        is_found[found] = True
        kinds = np.bincount(self._kinds[self._works[found]], minlength=len(Kind))
        about = self._about[is_found[self._about_work]]
        problems = np.bincount(about, minlength=len(self._topics))
        return {
            "kind": _counted(zip(map(str, Kind), kinds.tolist(), strict=True)),
            "problem": _counted(zip(self._topics, problems.tolist(), strict=True)),
        }


def _counted(counts: Iterable[tuple[str, int]]) -> tuple[Facet, ...]:
    some = [(value, count) for value, count in counts if count]
    return tuple(Facet(*each) for each in sorted(some, key=lambda each: (-each[1], each[0])))


def _top(scores: Floats, found: Ints, offset: int, limit: int) -> Ints:
    """The works from `offset` on, best first, equal ones in their order (by id)."""
    wanted = offset + limit
    if len(found) > wanted > 0:
        line = np.partition(scores[found], len(found) - wanted)[len(found) - wanted]
        found = found[scores[found] >= line]
    order = np.lexsort((found, -scores[found]))
    return found[order][offset:wanted]
