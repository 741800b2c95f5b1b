"""The engines that are compared, each behind the same three calls.

Peers get the texts as our index terms, joined by spaces, and split them at spaces; a query they get
as it was typed, and make terms of it as we do. All give back the same stored fields.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from benchmarks.corpus import Asked, Doc, library
from search_index import Answers, BuildFolder, Lang, answer, build_index
from search_index.analysis import terms
from search_index.answer import FAVOUR
from search_index.engine import Query, open_engine
from search_index.query import parse, words
from search_index.snippet import snippet

TOP = 10
TITLE_WEIGHT = 1.5
Row = Mapping[str, Any]
SHOWN = ("id", "kind", "lang", "title", "lesson", "url", "problems", "evidence")


class Contestant(Protocol):
    """An engine in the benchmark."""

    name: str
    has_snippets: bool

    def prepare(self, found: Sequence[Doc], lang: Lang) -> Any:
        """What building takes, made before the clock runs."""

    def build(self, prepared: Any, folder: Path) -> None:
        """Write the index into an empty folder."""

    def open(self, folder: Path) -> None:
        """Open the index."""

    def search(self, asked: Asked, *, snippets: bool) -> Sequence[Row]:
        """The ten best rows, complete."""


def shown(doc: Doc, lang: Lang) -> dict[str, Any]:
    """The stored fields of a row."""
    url = f"/{lang}/{doc.id}/#text"
    cells = (doc.id, "page", lang.value, doc.title, "", url, [], None)
    return dict(zip(SHOWN, cells, strict=True))


def terms_of(asked: Asked) -> Sequence[str]:
    """The index terms of a query, made anew each time it is asked."""
    return tuple(words(parse(asked.text).words).terms)


def joined(text: str) -> str:
    """The index terms of a text for an engine that splits at spaces."""
    return " ".join(terms(text))


def _analysed(found: Sequence[Doc], lang: Lang) -> list[tuple[dict[str, Any], str, str]]:
    return [(shown(doc, lang), joined(doc.title), joined(doc.body)) for doc in found]


class Ours:
    """What ships: from Markdown to understood queries, facets and rows."""

    name = "ours"
    has_snippets = True

    def prepare(self, found: Sequence[Doc], lang: Lang) -> Any:
        """Pages as the reader would give them."""
        return library(iter(found), lang)

    def build(self, prepared: Any, folder: Path) -> None:
        """Build a generation as `kb build` does, so that the real service can serve it."""
        whole = BuildFolder(folder)
        index = whole.new("index")
        done = build_index(prepared, f"whoosh://{index}")
        whole.publish(index=index, site=None, fingerprint=done)

    def open(self, folder: Path) -> None:
        """Open the answers of the generation that is live."""
        self.answers = Answers.open(_live(folder))

    def search(self, asked: Asked, *, snippets: bool) -> Sequence[Any]:
        """Search by what was typed. There is no switch for snippets, so they are taken out."""
        setattr(answer, "snippet", snippet if snippets else _no_snippet)  # noqa: B010
        return self.answers.search(asked.text).hits


def _no_snippet(*_: object) -> str:
    return ""


def _live(folder: Path) -> str:
    current = BuildFolder(folder).current()
    if current is None:
        msg = f"nothing was built in {folder}"
        raise FileNotFoundError(msg)
    return f"whoosh://{folder / current.index}"


class Bare(Ours):
    """Our engine alone: the same weighted terms, its hits and their passages."""

    name = "ours, bare engine"
    has_snippets = False

    def open(self, folder: Path) -> None:
        """Open the engine of the generation that is live."""
        self.engine = open_engine(_live(folder))
        self.engine.fingerprint()
        self.prepared: dict[str, Query] = {}

    def search(self, asked: Asked, *, snippets: bool) -> Sequence[Any]:  # noqa: ARG002
        """Search for a query that was understood before."""
        return self.engine.search(self.prepared[asked.text]).hits

    def understand(self, asked: Sequence[Asked]) -> None:
        """Understand queries before the clock runs."""
        for each in asked:
            found = words(parse(each.text).words)
            self.prepared[each.text] = Query(
                terms=found.terms, units=found.units, hints=found.hints, favour=FAVOUR
            )


class Whoosh:
    """Whoosh without anything of ours but the analyzer: title and body with positions, BM25F."""

    name = "Whoosh"
    has_snippets = True

    def prepare(self, found: Sequence[Doc], lang: Lang) -> Any:
        """The rows; Whoosh analyses them itself."""
        return [(shown(doc, lang), doc) for doc in found]

    def build(self, prepared: Any, folder: Path) -> None:
        """One writer, one process, enough memory for one segment."""
        from whoosh.fields import ID, STORED, TEXT, Schema
        from whoosh.index import create_in

        schema = Schema(
            id=ID(stored=True, unique=True),
            row=STORED,
            title=TEXT(analyzer=_whoosh_analyzer(), phrase=True),
            body=TEXT(analyzer=_whoosh_analyzer(), phrase=True, stored=True),
        )
        writer = create_in(str(folder), schema).writer(limitmb=1024)
        for row, doc in prepared:
            writer.add_document(id=doc.id, row=row, title=doc.title, body=doc.body)
        writer.commit()

    def open(self, folder: Path) -> None:
        """Open the index and one searcher, which is kept."""
        from whoosh.index import open_dir
        from whoosh.scoring import BM25F

        self.searcher = open_dir(str(folder)).searcher(weighting=BM25F())

    def search(self, asked: Asked, *, snippets: bool) -> Sequence[Row]:
        """Any of the terms in title or body; snippets by Whoosh's own highlighter."""
        from whoosh.query import Or, Term

        query = Or(
            [Term("title", term, boost=TITLE_WEIGHT) for term in terms_of(asked)]
            + [Term("body", term) for term in terms_of(asked)]
        )
        hits = self.searcher.search(query, limit=TOP)
        if snippets:
            return [{**hit["row"], "snippet": hit.highlights("body", top=1)} for hit in hits]
        return [hit["row"] for hit in hits]


def _whoosh_analyzer() -> Any:
    from benchmarks.whoosh_terms import Terms

    return Terms()


class Tantivy:
    """tantivy: frequencies without positions (none are asked for), one segment, one thread."""

    name = "tantivy"
    has_snippets = True
    counts = False

    def prepare(self, found: Sequence[Doc], lang: Lang) -> Any:
        """Rows and their terms."""
        return _analysed(found, lang)

    def _schema(self) -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("row", stored=True, tokenizer_name="raw", index_option="basic")
        for name, stored in (("title", False), ("body", True)):
            builder.add_text_field(
                name, stored=stored, tokenizer_name="whitespace", index_option="freq"
            )
        return builder.build()

    def build(self, prepared: Any, folder: Path) -> None:
        """One thread and enough memory for one segment."""
        import tantivy

        index = tantivy.Index(self._schema(), path=str(folder))
        writer = index.writer(heap_size=1_000_000_000, num_threads=1)
        for row, title, body in prepared:
            document = tantivy.Document()
            document.add_text("row", json.dumps(row))
            document.add_text("title", title)
            document.add_text("body", body)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        """Open the index and one searcher."""
        import tantivy

        self.tantivy = tantivy
        self.index = tantivy.Index.open(str(folder))
        self.index.reload()
        self.schema = self.index.schema
        self.searcher = self.index.searcher()

    def search(self, asked: Asked, *, snippets: bool) -> Sequence[Row]:
        """Any of the terms; without counting, blocks can be skipped."""
        query = self._query(terms_of(asked))
        hits = self.searcher.search(query, limit=TOP, count=self.counts).hits
        found = [self.searcher.doc(address) for _, address in hits]
        rows: list[Row] = [json.loads(document.get_first("row")) for document in found]
        if not snippets:
            return rows
        excerpts = self.tantivy.SnippetGenerator.create(self.searcher, query, self.schema, "body")
        return [
            {**row, "snippet": excerpts.snippet_from_doc(document).to_html()}
            for row, document in zip(rows, found, strict=True)
        ]

    def _query(self, asked: Sequence[str]) -> Any:
        query, should = self.tantivy.Query, self.tantivy.Occur.Should
        clauses = []
        for term in asked:
            title = query.term_query(self.schema, "title", term, "freq")
            clauses.append((should, query.boost_query(title, TITLE_WEIGHT)))
            clauses.append((should, query.term_query(self.schema, "body", term, "freq")))
        return query.boolean_query(clauses)


class TantivyCounting(Tantivy):
    """The same, with the number of all documents found, which a page of results shows."""

    name = "tantivy, counting"
    counts = True


class Fts5:
    """SQLite's FTS5, optimised after building, its file mapped into memory."""

    name = "SQLite FTS5"
    has_snippets = True

    def prepare(self, found: Sequence[Doc], lang: Lang) -> Any:
        """Rows and their terms."""
        return _analysed(found, lang)

    def build(self, prepared: Any, folder: Path) -> None:
        """One transaction, then one segment. The ascii tokenizer keeps our terms whole."""
        with sqlite3.connect(folder / "index.db") as database:
            database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, row TEXT)")
            database.execute("CREATE VIRTUAL TABLE found USING fts5(title, body, tokenize='ascii')")
            numbered = list(enumerate(prepared))
            database.executemany(
                "INSERT INTO rows VALUES (?, ?)",
                ((n, json.dumps(row)) for n, (row, *_) in numbered),
            )
            database.executemany(
                "INSERT INTO found (rowid, title, body) VALUES (?, ?, ?)",
                ((n, title, body) for n, (_, title, body) in numbered),
            )
            database.execute(
                "INSERT INTO found (found, rank) VALUES ('rank', ?)", (f"bm25({TITLE_WEIGHT}, 1)",)
            )
            database.execute("INSERT INTO found (found) VALUES ('optimize')")
        database.close()

    def open(self, folder: Path) -> None:
        """Open the database to read."""
        self.database = sqlite3.connect(f"file:{folder / 'index.db'}?mode=ro", uri=True)
        self.database.execute("PRAGMA mmap_size = 4000000000")
        self.database.execute("SELECT count(*) FROM rows WHERE id = 0").fetchone()

    def search(self, asked: Asked, *, snippets: bool) -> Sequence[Row]:
        """Any of the terms, by `rank`."""
        excerpt = "snippet(found, 1, '<mark>', '</mark>', '…', 24)" if snippets else "''"
        best = self.database.execute(
            f"SELECT row, {excerpt} FROM found JOIN rows ON rows.id = found.rowid"
            " WHERE found MATCH ? ORDER BY rank LIMIT ?",
            (" OR ".join(f'"{term}"' for term in terms_of(asked)), TOP),
        )
        return [{**json.loads(row), "snippet": snippet} for row, snippet in best]


class Bm25s:
    """bm25s: scores in a sparse matrix, mapped into memory; one field, so the title goes ahead."""

    name = "bm25s"
    has_snippets = False

    def prepare(self, found: Sequence[Doc], lang: Lang) -> Any:
        """Rows and their terms."""
        return _analysed(found, lang)

    def build(self, prepared: Any, folder: Path) -> None:
        """Index and save, with the rows beside it."""
        import bm25s

        index = bm25s.BM25(method="lucene")
        index.index([f"{t} {b}".split() for _, t, b in prepared], show_progress=False)
        index.save(str(folder), corpus=[row for row, *_ in prepared], show_progress=False)

    def open(self, folder: Path) -> None:
        """Open, mapped, with the rows."""
        import bm25s

        self.index = bm25s.BM25.load(str(folder), mmap=True, load_corpus=True, show_progress=False)

    def search(self, asked: Asked, *, snippets: bool) -> Sequence[Row]:  # noqa: ARG002
        """The ten best; there are no snippets."""
        known = [term for term in terms_of(asked) if term in self.index.vocab_dict]
        if not known:
            return []
        found, scores = self.index.retrieve([known], k=TOP, show_progress=False)
        return [row for row, score in zip(found[0], scores[0], strict=True) if score > 0]


CONTESTANTS: dict[str, type[Any]] = {
    each.name: each for each in (Ours, Bare, Whoosh, Tantivy, TantivyCounting, Fts5, Bm25s)
}
_PACKAGES = {"tantivy": "tantivy", "bm25s": "bm25s", "Whoosh": "whoosh3"}


def missing() -> list[str]:
    """The contestants whose package is not installed."""
    return [
        name for name in CONTESTANTS
        if name.startswith(("tantivy", "bm25s"))
        and importlib.util.find_spec(name.partition(",")[0]) is None
    ]  # fmt: skip


def versions() -> Iterator[str]:
    """Names and versions of all that take part."""
    for name in CONTESTANTS:
        if name in _PACKAGES and name not in missing():
            package = _PACKAGES[name]
            yield f"{package} {importlib.metadata.version(package)}"
    yield f"SQLite {sqlite3.sqlite_version}"
    yield f"numpy {importlib.metadata.version('numpy')}"
