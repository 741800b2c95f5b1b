"""The pack: one small file per language from which a phone offline ranks as the server does.

The same folding, characters, pairs, stems, glossary and weights; scores are kept by page instead of
by passage, each in a byte. ``kb_app/site/assets/lanewise-matcher.js`` reads it.

Layout: four bytes (length of the head, little endian), the head as JSON padded with spaces to a
multiple of four, then three arrays in the order of `head.arrays`: where each term's postings begin
(uint32, one more than there are terms), the pages (uint16), their scores (uint8, times
`head.scale`).
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from search_index.analysis import fold, is_han, stem, terms, words
from search_index.answer import FAVOUR, GLOSSARY, PREFIX
from search_index.build import shown
from search_index.content import Kind, Lang, Library
from search_index.engines.arrays import inverted
from search_index.engines.forward import Collector
from search_index.passages import Passage, cut
from search_index.query import HINT, QUESTION_ZH, STOP_EN

PACK_VERSION = 1
MOST_PAGES = 65_535


def pack_of(library: Library, lang: Lang) -> bytes:
    """The pack of all published pages in one language, as bytes.

    Raises ValueError for more pages than two bytes can number.
    """
    pages = library.published(lang)
    if len(pages) > MOST_PAGES:
        msg = f"{len(pages)} pages are too many for one pack"
        raise ValueError(msg)
    passages = [list(cut(page, library)) for page in pages]
    lexicon, starts, docs, scores = _postings(passages)
    scale = float(scores.max(initial=1e-9)) / 255
    head = {
        "version": PACK_VERSION,
        "lang": lang,
        "pages": [[page.id, *shown(page, library)[:-1]] for page in pages],
        "terms": "\n".join(lexicon),
        "scale": scale,
        "stems": _stems(passages),
        "simplified": _simplified(lexicon),
        "asking": sorted(QUESTION_ZH, key=lambda words: (-len(words), words)),
        "stop": sorted(STOP_EN),
        "glossary": _glossary(library, set(lexicon)),
        "weights": {"hint": HINT, "glossary": GLOSSARY, "prefix": PREFIX},
        "favour": {kind: FAVOUR.get(kind, 1.0) for kind in Kind},
        "arrays": ["starts", "pages", "scores"],
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = starts.astype("<u4").tobytes() + docs.astype("<u2").tobytes()
    small = np.clip(np.rint(scores / scale), 1, 255).astype("u1").tobytes()
    return b"".join((len(text).to_bytes(4, "little"), text, body, small))


def _postings(passages: list[list[Passage]]) -> tuple[list[str], Any, Any, Any]:
    """The terms, and for each its pages with the best score that a passage of theirs has."""
    collector = Collector()
    for of_page in passages:
        collector.add(of_page)
    words = collector.done()
    owner = np.repeat(np.arange(len(passages), dtype=np.int32), np.diff(words.pages))
    parts = inverted(words, owner, len(passages))
    starts, docs, scores = parts["postings"], parts["docs"], parts["scores"]
    term = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    pages = owner[docs]
    firsts = np.flatnonzero(np.diff(term * len(passages) + pages, prepend=-1))
    best = np.maximum.reduceat(scores, firsts) if len(firsts) else scores
    starts = np.searchsorted(term[firsts], np.arange(len(starts)))
    return sorted(set(words.stems)), starts, pages[firsts], best


def _stems(passages: list[list[Passage]]) -> dict[str, str]:
    """Every word whose stem is not itself, so that the browser needs no stemmer."""
    said = {
        word
        for of_page in passages
        for passage in of_page
        for word in words(
            fold(f"{passage.title}\n{passage.section}\n{passage.text}\n{passage.names}")
        )
    }
    return {word: stem(word) for word in sorted(said)}


def _simplified(lexicon: list[str]) -> str:
    """Pairs of a traditional character and its simplified form, where a page has the latter."""
    have = {term for term in lexicon if len(term) == 1 and is_han(term)}
    every = (chr(code) for code in range(0x4E00, 0x9FFF))
    return "".join(c + fold(c) for c in every if fold(c) != c and fold(c) in have)


def _glossary(library: Library, have: set[str]) -> list[list[Any]]:
    """Aliases with the official terms they stand for, as far as some page has those."""
    entries = []
    for term in library.glossary:
        official = [t for t in dict.fromkeys([*terms(term.zh), *terms(term.en)]) if len(t) > 1]
        known = [t for t in official if t in have]
        names = (*term.aliases_zh, *term.aliases_en, term.zh, term.en)
        said = [fold(name) for name in names if len(fold(name)) > 1]
        if known and said:
            entries.append([said, known])
    return entries
