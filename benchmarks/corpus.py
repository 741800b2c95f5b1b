"""What is searched and what is asked: real text where there is some, else our own, repeated."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path, PurePosixPath

from search_index import Kind, Lang, Library, Page, Section, read_library

PROJECT = Path(__file__).parents[1]
CORPORA = PROJECT.parent / "shared" / "corpora"
FILES = {Lang.EN: "en_100k.jsonl.gz", Lang.ZH: "zh_10k.jsonl.gz"}
QUERIES = 200
_TITLE = re.compile(r"^title: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Doc:
    """One row of a corpus."""

    id: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it is typed."""

    text: str


def source(lang: Lang) -> str:
    """Where the text of a language comes from, for the report."""
    if (CORPORA / FILES[lang]).is_file():
        return f"{FILES[lang]} (public technical documentation)"
    return "our own content, REPEATED to the size asked for"


def docs(lang: Lang, size: int) -> Iterator[Doc]:
    """The first `size` rows of a corpus, from its beginning again where it is too short."""
    path = CORPORA / FILES[lang]
    found = _again(path) if path.is_file() else cycle(_own(lang))
    for number, (title, body) in enumerate(islice(found, size)):
        yield Doc(f"row-{number:06}", title, body)


def _again(path: Path) -> Iterator[tuple[str, str]]:
    while True:
        yield from _read(path)


def _read(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield row["title"], row["body"]


def _own(lang: Lang) -> list[tuple[str, str]]:
    """The parts of our pages, cut at their headings: quick, for every measurement needs them."""
    found = []
    for path in sorted((PROJECT / "content" / lang).rglob("*.md")):
        _, front, body = path.read_text("utf-8").split("---\n", 2)
        title = _TITLE.search(front)
        for part in f"\n{body}".split("\n## ")[1:]:
            heading, _, words = part.partition("\n")
            found.append((f"{title[1] if title else path.stem} - {heading}", words.strip()))
    return found


def queries(lang: Lang) -> list[Asked]:
    """The queries of a language."""
    path = CORPORA / f"queries_{lang}.txt"
    if path.is_file():
        texts = path.read_text("utf-8").split("\n")
    else:
        texts = list(dict.fromkeys(title for title, _ in _own(lang)))
    texts = [text for text in texts if text.strip()][:QUERIES]
    return [Asked(text) for text in texts]


def library(found: Iterator[Doc], lang: Lang) -> Library:
    """A library with a plain page for each row, and our own glossary and rules of emergency.

    With these tables every part of the understanding of queries has its usual work.
    """
    own = read_library(PROJECT / "content").library
    pages = {(lang, doc.id): _page(doc, lang) for doc in found}
    return Library(pages, own.groups, own.glossary, own.emergencies)


def _page(doc: Doc, lang: Lang) -> Page:
    *_, heading = doc.title.rpartition(" - ")
    section = Section("text", heading, 2, doc.body, 1)
    path = PurePosixPath(lang, f"{doc.id}.md")
    return Page(doc.id, Kind.PAGE, lang, path, doc.title, sections=(section,), digest=doc.id)
