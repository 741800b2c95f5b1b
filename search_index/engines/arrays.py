"""Postings in flat arrays: scoring a bag of words without a Python call per posting.

Whoosh spends its time in Python for every posting it touches. Here each term's postings lie side by
side in memory-mapped arrays with their BM25 scores computed at build time, so that a query is a few
vector additions. The scores are those of Whoosh's BM25F over separate fields.
"""

from __future__ import annotations

import math
import mmap
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import terms

K1 = 1.2
# How much a field's length matters, and how much its score counts in the sum.
FIELDS: Mapping[str, tuple[float, float]] = {
    "title": (0.5, 1.5),
    "names": (0.4, 0.8),
    "body": (0.6, 1.0),
}

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


class Writer:
    """Collects the terms of documents, then writes them out as arrays."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._postings = {name: (array("i"), array("i"), array("f")) for name in FIELDS}
        self._lengths: dict[str, array[int]] = {name: array("i") for name in FIELDS}
        self._memo: dict[str, tuple[int, list[tuple[int, int]]]] = {}

    def add(self, texts: Mapping[str, str]) -> None:
        """Take the next document: one text for each field."""
        for name in FIELDS:
            length, counted = self._counted(texts[name], keep=name != "body")
            doc = len(self._lengths[name])
            ids, docs, counts = self._postings[name]
            for term, count in counted:
                ids.append(term)
                docs.append(doc)
                counts.append(count)
            self._lengths[name].append(length)

    def _counted(self, text: str, *, keep: bool) -> tuple[int, list[tuple[int, int]]]:
        """Length and counts of a text; titles and names return with every passage of a page."""
        if keep and text in self._memo:
            return self._memo[text]
        found = terms(text)
        ids = self._ids
        counted = [(ids.setdefault(term, len(ids)), n) for term, n in Counter(found).items()]
        if keep:
            self._memo[text] = (len(found), counted)
        return len(found), counted

    def write(self, folder: Path) -> None:
        """Write the lexicon and the postings of every field into `folder`."""
        ordered = sorted(self._ids)
        rank = np.empty(len(ordered), dtype=np.int64)
        for place, term in enumerate(ordered):
            rank[self._ids[term]] = place
        _write_lexicon(folder, ordered)
        seen = np.zeros(len(ordered), dtype=np.int64)
        docs_total = len(self._lengths["body"])
        for name, (ids, docs, counts) in self._postings.items():
            owners = rank[np.frombuffer(ids, dtype=np.int32)] if ids else np.empty(0, np.int64)
            order = np.argsort(owners, kind="stable")
            owners = owners[order]
            starts = np.searchsorted(owners, np.arange(len(ordered) + 1)).astype(np.int64)
            sorted_docs = (
                np.frombuffer(docs, dtype=np.int32)[order] if ids else np.empty(0, np.int32)
            )
            found = (
                np.frombuffer(counts, dtype=np.float32)[order] if ids else np.empty(0, np.float32)
            )
            lengths = np.array(self._lengths[name], dtype=np.float64)
            scores = _scores(starts, sorted_docs, found, lengths, FIELDS[name])
            np.save(folder / f"{name}.starts.npy", starts)
            np.save(folder / f"{name}.docs.npy", sorted_docs)
            np.save(folder / f"{name}.scores.npy", scores)
            seen = np.maximum(seen, np.diff(starts))
        rarity = np.log(1 + docs_total / (1 + seen)).astype(np.float32)
        np.save(folder / "rarity.npy", rarity)


def _write_lexicon(folder: Path, ordered: list[str]) -> None:
    encoded = [term.encode() for term in ordered]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    np.save(folder / "lexicon.npy", ends)
    (folder / "lexicon.bin").write_bytes(b"".join(encoded) or b"\0")


def _scores(
    starts: Ints,
    docs: NDArray[np.int32],
    counts: Floats,
    lengths: NDArray[np.float64],
    weights: tuple[float, float],
) -> Floats:
    """BM25 of every posting as in whoosh.scoring.bm25, times the weight of the field."""
    b, weight = weights
    total = max(1, len(lengths))
    average = max(lengths.mean() if len(lengths) else 1.0, 1e-9)
    frequency = np.diff(starts)
    rarity = np.repeat(np.log(total / (frequency + 1)) + 1, frequency)
    norm = K1 * ((1 - b) + b * lengths[docs] / average)
    found = counts.astype(np.float64)
    return (weight * rarity * found * (K1 + 1) / (found + norm)).astype(np.float32)


class Arrays:
    """The written arrays, opened without being read: pages come in as they are needed."""

    def __init__(self, folder: Path) -> None:
        self._fields = [
            tuple(_load(folder / f"{name}.{part}.npy") for part in ("starts", "docs", "scores"))
            for name in FIELDS
        ]
        self.rarity = _load(folder / "rarity.npy")
        self._ends = _load(folder / "lexicon.npy")
        with (folder / "lexicon.bin").open("rb") as file:
            self._lexicon = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def term(self, place: int) -> str:
        """The term at a place of the sorted lexicon."""
        return self._bytes(place).decode()

    def _bytes(self, place: int) -> bytes:
        return bytes(self._lexicon[self._ends[place] : self._ends[place + 1]])

    def lower_bound(self, term: bytes) -> int:
        """The first place whose term is not before `term` (UTF-8 keeps the order of characters)."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def place(self, term: str) -> int | None:
        """Where a term stands in the lexicon; None if no document has it."""
        wanted = term.encode()
        place = self.lower_bound(wanted)
        return place if place < len(self) and self._bytes(place) == wanted else None

    def beginning(self, prefix: str) -> range:
        """The places of all terms that begin with `prefix`."""
        start = prefix.encode()
        return range(self.lower_bound(start), self.lower_bound(start + b"\xff"))

    def add_scores(self, place: int, weight: float, scores: Floats) -> None:
        """Add a term's scores, times `weight`, to the documents that have it."""
        for starts, docs, values in self._fields:
            low, high = starts[place], starts[place + 1]
            if low < high:
                scores[docs[low:high]] += values[low:high] * np.float32(weight)

    def docs(self, place: int) -> NDArray[np.int32]:
        """The documents that have a term in any field, sorted."""
        found = [docs[starts[place] : starts[place + 1]] for starts, docs, _ in self._fields]
        return np.unique(np.concatenate(found))

    def has(self, place: int, low: int, high: int) -> bool:
        """Whether any document from `low` up to `high` has a term."""
        for starts, docs, _ in self._fields:
            mine = docs[starts[place] : starts[place + 1]]
            at = int(np.searchsorted(mine, low))
            if at < len(mine) and mine[at] < high:
                return True
        return False

    def close(self) -> None:
        """Let go of the files."""
        self._lexicon.close()


def _load(path: Path) -> NDArray[Any]:
    loaded: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    # A plain array over the same memory: np.memmap costs microseconds at every slice.
    return np.asarray(loaded).view(np.ndarray) if loaded.size else np.array(loaded)


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
