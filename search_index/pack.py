"""The pack: one small file per language from which a phone offline ranks as the server does.

The same folding, characters, pairs, stems, glossary and weights; scores are kept by page instead of
by passage, each as one of seven steps. ``kb_app/site/assets/lanewise-matcher.js`` reads it.

Layout: four bytes (length of the head, little endian), the head as JSON, then three runs of bytes,
each as long as `head.runs` says: how many pages each term has; the pages, each as the distance from
the one before; the steps of their scores. The first two are numbers of seven bits a byte, the
highest bit saying that more follows. A step stands for its square times `head.scale`. It is made to
become small when it is compressed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from typing import Any

import numpy as np

from search_index.analysis import fold, is_han, stem, words
from search_index.answer import FAVOUR, GLOSSARY, PREFIX
from search_index.build import official_terms, shown
from search_index.content import Kind, Lang, Library, Page
from search_index.emergency import parts_of, stems
from search_index.engines.arrays import inverted
from search_index.engines.forward import Collector
from search_index.passages import Passage, cut
from search_index.query import HINT, QUESTION_ZH, STOP_EN

PACK_VERSION = 2
MOST_PAGES = 65_535
STEPS = 7
# Before each term of the lexicon stands a letter: A if it shares nothing with the one before, B for
# one character, and so on. Terms are folded, so there is no such letter in them.
_MOST_SHARED = 8


def pack_of(library: Library, lang: Lang) -> bytes:
    """The pack of all published pages in one language, as bytes.

    Raises ValueError for more pages than two bytes can number.
    """
    pages = sorted(library.published(lang), key=_neighbours)
    if len(pages) > MOST_PAGES:
        msg = f"{len(pages)} pages are too many for one pack"
        raise ValueError(msg)
    passages = [list(cut(page, library)) for page in pages]
    lexicon, starts, docs, scores = _postings(passages)
    most = float(scores.max(initial=1e-9))
    steps = np.clip(np.rint(np.sqrt(scores / most) * STEPS), 1, STEPS).astype("u1").tobytes()
    runs = (short_numbers(np.diff(starts)), short_numbers(_distances(starts, docs)), steps)
    head = {
        "version": PACK_VERSION,
        "lang": lang,
        "pages": [[page.id, *shown(page, library)] for page in pages],
        "terms": _front_coded(lexicon),
        "scale": most / STEPS**2,
        "stems": _stems(passages, library),
        "simplified": _simplified(lexicon),
        "asking": sorted(QUESTION_ZH, key=lambda words: (-len(words), words)),
        "stop": sorted(STOP_EN),
        "glossary": _glossary(library, set(lexicon)),
        "emergencies": _emergencies(library, lang),
        "weights": {"hint": HINT, "glossary": GLOSSARY, "prefix": PREFIX},
        "favour": {kind: FAVOUR.get(kind, 1.0) for kind in Kind},
        "runs": [len(run) for run in runs],
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((len(text).to_bytes(4, "little"), text, *runs))


def _neighbours(page: Page) -> tuple[tuple[str, ...], Kind, str]:
    """Pages about the same stand together, for they share words, and distances are small then."""
    return page.problems[:1], page.kind, page.id


def short_numbers(values: Iterable[int]) -> bytes:
    """Numbers from 0 up, seven bits a byte, the lowest first.

    >>> short_numbers([1, 127, 128, 300]).hex(" ")
    '01 7f 80 01 ac 02'
    """
    out = bytearray()
    for value in values:
        rest = int(value)
        while rest > 0x7F:  # noqa: PLR2004 - seven bits
            out.append(rest & 0x7F | 0x80)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def _distances(starts: Any, docs: Any) -> Any:
    """Each page as the distance from the one before; the first of a term from minus one."""
    pages = docs.astype(np.int64)
    before = np.concatenate(([-1], pages[:-1]))[: len(pages)]
    before[starts[:-1]] = -1
    return pages - before


def _front_coded(lexicon: Sequence[str]) -> str:
    """Sorted terms without the beginning that each shares with the one before.

    >>> _front_coded(["car", "cart", "dog"])
    'AcarDtAdog'
    """
    parts = []
    for before, term in pairwise(["", *lexicon]):
        pairs = zip(before[:_MOST_SHARED], term, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        parts.append(chr(ord("A") + shared) + term[shared:])
    return "".join(parts)


def _emergencies(library: Library, lang: Lang) -> list[list[Any]]:
    """The rules of danger to life: signs, harmless, whom to call, and what to say."""
    return [
        [*map(_stemmed, (rule.signs, rule.harmless)), list(rule.call), rule.message[lang]]
        for rule in library.emergencies
    ]


def _stemmed(signs: Iterable[str]) -> list[str]:
    """Signs as they are written in the rules, with stems for Latin words.

    >>> _stemmed(["gas_leaks|煤气 smelled"])
    ['gas_leak|煤气 smell']
    """
    return [
        " ".join("|".join("_".join(stems(a)) if a.isascii() else a for a in part) for part in sign)
        for sign in parts_of(signs)
    ]


def _postings(passages: list[list[Passage]]) -> tuple[list[str], Any, Any, Any]:
    """The terms, and for each its pages with the best score that a passage of theirs has."""
    collector = Collector()
    for of_page in passages:
        collector.add(of_page)
    words = collector.done()
    owner = np.repeat(np.arange(len(passages), dtype=np.int32), np.diff(words.pages))
    parts = inverted(words, owner, len(passages))
    starts, docs, scores = parts["postings"].astype(np.int64), parts["docs"], parts["scores"]
    term = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    pages = owner[docs]
    firsts = np.flatnonzero(np.diff(term * len(passages) + pages, prepend=-1))
    best = np.maximum.reduceat(scores, firsts) if len(firsts) else scores
    starts = np.searchsorted(term[firsts], np.arange(len(starts)))
    return sorted(set(words.stems)), starts, pages[firsts], best


def _stems(passages: list[list[Passage]], library: Library) -> dict[str, str]:
    """Every word with its stem, so that the browser needs no stemmer."""
    signs = (sign for rule in library.emergencies for sign in (*rule.signs, *rule.harmless))
    said = {
        word
        for of_page in passages
        for passage in of_page
        for word in words(
            fold(f"{passage.title}\n{passage.section}\n{passage.text}\n{passage.names}")
        )
    }
    said |= {word for sign in signs for word in words(fold(sign.replace("_", " ")))}
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
        known = [official for official in official_terms(term) if official in have]
        names = (*term.aliases_zh, *term.aliases_en, term.zh, term.en)
        said = [fold(name) for name in names if len(fold(name)) > 1]
        if known and said:
            entries.append([said, known])
    return entries
