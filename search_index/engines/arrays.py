"""Postings in flat arrays: scoring a bag of words without a Python call per posting.

Whoosh spends its time in Python for every posting it touches. Here each term's postings lie side by
side in memory-mapped arrays, with the score that each adds computed when the index is built. The
scores are those of Whoosh's BM25F over separate fields, summed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_index.engines.forward import BY_PAGE, Field, Forward
from search_index.stored import Stored, texts

K1 = 1.2
# How much a field's length matters, and how much its score counts in the sum.
WEIGHTS: Mapping[str, tuple[float, float]] = {
    "title": (0.5, 1.5),
    "names": (0.4, 0.8),
    "body": (0.6, 1.0),
}
# A term that at least one passage in so many has gets a bitmap of the works that have it.
COMMON = 64

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


class Postings:
    """The postings of every term, by its place in the lexicon: documents in order, and scores.

    `most` is the highest score of a term, `rarity` what it is worth when it is missing.
    """

    def __init__(self, file: Stored) -> None:
        self.terms = file.texts("terms")
        self.starts = file.view("postings")
        self.docs = file.array("docs")
        self.docs_view = file.view("docs")
        self.scores = file.array("scores")
        self.most = file.view("most")
        self.rarity = file.view("rarity")
        self.bitmap_of = file.view("bitmap_of")
        self.bitmaps = file.array("bitmaps")

    def docs_of(self, place: int) -> NDArray[np.int32]:
        """The documents that have a term, in order."""
        found: NDArray[np.int32] = self.docs[self.starts[place] : self.starts[place + 1]]
        return found


def inverted(forward: Forward, work_of: NDArray[np.int32], works: int) -> dict[str, NDArray[Any]]:
    """The parts of a file from which `Postings` are read."""
    lexicon = sorted(set(forward.stems))
    places = {term: place for place, term in enumerate(lexicon)}
    term_of = np.array([places[term] for term in forward.stems], dtype=np.int64)
    spread = _Spread(forward)
    found = {n: _scored(f, term_of, spread, n) for n, f in forward.fields.items()}
    keys = np.concatenate([keys for keys, _, _ in found.values()])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    values = np.concatenate([values for _, values, _ in found.values()])[order]
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    scores = np.add.reduceat(values, firsts) if len(firsts) else values
    term, docs = np.divmod(keys[firsts], max(1, forward.documents))
    starts = np.searchsorted(term, np.arange(len(lexicon) + 1))
    seen = np.max([of_field for _, _, of_field in found.values()], axis=0, initial=0)
    return {
        **texts("terms", lexicon),
        "postings": starts.astype(np.uint64),
        "docs": docs.astype(np.int32),
        "scores": scores.astype(np.float32),
        "most": _most(scores, starts).astype(np.float32),
        "rarity": np.log(1 + forward.documents / (1 + seen)).astype(np.float32),
        **_bitmaps(starts, docs, work_of, works),
    }


class _Spread:
    """How texts of a page become texts of each of its passages."""

    def __init__(self, forward: Forward) -> None:
        self.documents = forward.documents
        self._firsts = forward.pages[:-1]
        self.sizes = np.diff(forward.pages)

    def documents_of(self, pages: Ints) -> tuple[Ints, Ints]:
        """The documents of each of some pages, and which of the pages each belongs to."""
        sizes = self.sizes[pages]
        owners = np.repeat(np.arange(len(pages)), sizes)
        ahead = np.cumsum(sizes) - sizes
        return self._firsts[pages][owners] + np.arange(len(owners)) - ahead[owners], owners


def _scored(
    field: Field, term_of: Ints, spread: _Spread, name: str
) -> tuple[Ints, NDArray[np.float64], Ints]:
    """Keys (term, document) and scores of a field's postings, and how many documents have a term.

    BM25 as in whoosh.scoring.bm25, times the weight of the field.
    """
    b, weight = WEIGHTS[name]
    size = max(1, len(field.starts) - 1)
    owners = np.repeat(np.arange(len(field.starts) - 1), np.diff(field.starts))
    keys, place = np.unique(term_of[field.words] * size + owners, return_inverse=True)
    counts = np.bincount(place, field.counts, len(keys))
    term, text = np.divmod(keys, size)
    repeated = spread.sizes if name in BY_PAGE else np.ones(size)
    terms = int(term_of.max(initial=-1)) + 1
    frequency = np.bincount(term, repeated[text], terms)
    lengths = np.bincount(owners, field.counts, size)
    total = max(1, spread.documents)
    average = max(float(lengths @ repeated) / total if len(repeated) == size else 0.0, 1e-9)
    rarity = np.log(total / (frequency + 1)) + 1
    norm = K1 * ((1 - b) + b * lengths[text] / average)
    scores = weight * rarity[term] * counts * (K1 + 1) / (counts + norm)
    if name not in BY_PAGE:
        return keys, scores, frequency.astype(np.int64)
    docs, owner = spread.documents_of(text)
    return term[owner] * total + docs, scores[owner], frequency.astype(np.int64)


def _most(scores: NDArray[np.float64], starts: Ints) -> NDArray[np.float64]:
    return np.maximum.reduceat(scores, starts[:-1]) if len(scores) else scores


def _bitmaps(
    starts: Ints, docs: Ints, work_of: NDArray[np.int32], works: int
) -> dict[str, NDArray[Any]]:
    """For each term the number of its bitmap, or -1; and the bitmaps, a bit for every work."""
    common = np.flatnonzero(np.diff(starts) * COMMON > len(work_of))
    bitmap_of = np.full(len(starts) - 1, -1, dtype=np.int32)
    bitmap_of[common] = np.arange(len(common))
    bitmaps = np.zeros((len(common), -(-works // 8)), dtype=np.uint8)
    for number, place in enumerate(common):
        having = np.zeros(works, dtype=np.bool_)
        having[work_of[docs[starts[place] : starts[place + 1]]]] = True
        bitmaps[number] = np.packbits(having)
    return {"bitmap_of": bitmap_of, "bitmaps": bitmaps}


def said(forward: Forward) -> dict[str, tuple[int, str]]:
    """Every word as it stands in the text, with the number of passages that have it, and its term.

    Where a title and the text below it both have a word, the larger number counts.
    """
    sizes = np.diff(forward.pages)
    most = np.zeros(len(forward.words), dtype=np.int64)
    for name, field in forward.fields.items():
        owners = np.repeat(np.arange(len(field.starts) - 1), np.diff(field.starts))
        repeated = sizes[owners] if name in BY_PAGE else np.ones(len(owners))
        counts = np.bincount(field.words, repeated, len(forward.words)).astype(np.int64)
        most = np.maximum(most, counts)
    counted = zip(most.tolist(), forward.stems, strict=True)
    return dict(zip(forward.words, counted, strict=True))


def unknown_rarity(documents: int) -> float:
    """What a term that no document has would weigh."""
    return math.log(1 + documents)


def starts_of(keys: Iterable[object]) -> Ints:
    """Where runs of equal neighbours begin.

    >>> starts_of("aabccc").tolist()
    [0, 2, 3]
    """
    found = []
    before: object = object()
    for place, key in enumerate(keys):
        if key != before:
            found.append(place)
        before = key
    return np.array(found, dtype=np.int64)
