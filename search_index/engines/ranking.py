"""The exact best works for a bag of weighted terms, without scoring every document that has one.

Short lists of postings are added up whole. A long list is left out as long as even the best score
in it could not lift a document that has nothing else into the results (MaxScore, Turtle and Flood
1995); of the documents that may still win, its score is then looked up. What is found in all is
counted with bitmaps.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_index.engines.arrays import Floats, Postings

# So many postings are added up before it is worth asking which lists can be left out; so many more
# are added up at once. To look up one score takes as long as to add up so many (measured).
FEW, FEW_MORE = 8192, 65536
LOOKING_UP = 20

Docs = NDArray[np.int32]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]


class Weighted(NamedTuple):
    """The postings of a term from `low` up to `high`, the weight of its scores, the most they add.

    A list that `finds` brings documents into the results; the others only rank them.
    """

    size: int
    low: int
    high: int
    weight: float
    most: float
    place: int
    finds: bool


class Wanted(NamedTuple):
    """What is to be ranked: how many works, how much more some count, which are allowed."""

    works: int
    by_document: Floats | None
    by_work: Mapping[int, float]
    allowed: Mask | None


class Ranking:
    """Ranks the works of an index; `work_of` says to which work a document belongs."""

    def __init__(self, postings: Postings, work_of: Docs, works: int) -> None:
        self._postings = postings
        self._work_of = work_of
        self._works = works
        self._own = threading.local()

    def lists(self, weighted: Mapping[str, float], *, finds: bool) -> Iterator[Weighted]:
        """The postings of those terms that some document has."""
        its = self._postings
        starts = its.starts
        for term, weight in weighted.items():
            place = its.terms.place(term)
            if place is not None:
                low, high = starts[place], starts[place + 1]
                most = its.most[place] * weight
                yield Weighted(high - low, low, high, weight, most, place, finds)

    def having(self, lists: Iterable[Weighted]) -> Mask:
        """The works that have a term that finds."""
        its = self._postings
        common, rare = [], []
        for each in lists:
            if each.finds:
                bitmap = its.bitmap_of[each.place]
                if bitmap >= 0:
                    common.append(bitmap)
                else:
                    rare.append(its.docs[each.low : each.high])
        if common:
            bits = np.bitwise_or.reduce(its.bitmaps[common], axis=0)
            found: Mask = np.unpackbits(bits, count=self._works).view(np.bool_)
        else:
            found = np.zeros(self._works, np.bool_)
        if rare:
            found[self._work_of[np.concatenate(rare)]] = True
        return found

    @contextmanager
    def scoring(self, lists: Sequence[Weighted]) -> Iterator[Scoring]:
        """Score by these lists; leaves nothing behind."""
        own = self._own
        if not hasattr(own, "sums"):
            own.sums = np.zeros(len(self._work_of), np.float32)
        try:
            yield Scoring(self._postings, self._work_of, sorted(lists), own.sums)
        finally:
            own.sums.fill(0)


class Scoring:
    """One search: lists that were added up, and lists of which single scores are looked up.

    `sums` is room for the sum of each document; all are zero.
    """

    def __init__(
        self, postings: Postings, work_of: Docs, lists: list[Weighted], sums: Floats
    ) -> None:
        self._postings = postings
        self._work_of = work_of
        self._sums = sums
        # Shortest first; what only ranks is never added up.
        self._left = [each for each in lists if each.finds]
        self._ranking = [each for each in lists if not each.finds]

    def best(self, wanted: Wanted) -> list[tuple[int, float]]:
        """The best works with their scores, equal ones in their order."""
        few = FEW
        while True:
            self._add(self._shortest(few))
            rest = self._rest()
            size = sum(each.size for each in rest)
            if size <= FEW_MORE:
                return self._first(self._whole(wanted), wanted)
            sums = self._allowed(self._sums, wanted)
            scores = _times(sums, wanted.by_document)
            top = self._with_named(_top(scores, 2 * wanted.works), scores, wanted)
            best = self._ordered(top, self._weighed(top, self.exact(top), wanted), wanted.works)
            least = best[-1][1] if len(best) == wanted.works else 0.0
            ahead = sum(each.most for each in rest)
            if not self._left or ahead * _largest(wanted) < least:
                break
            few = 4 * (few + self._left[0].size)
        may = self._may_win(sums, ahead, least, wanted)
        may[top] = False
        others = np.flatnonzero(may)
        if len(others) * LOOKING_UP * len(rest) > size:
            return self._first(self._whole(wanted), wanted)
        if len(others):
            whole = self._weighed(top, self.exact(top), wanted)
            others, others_whole = self._looked_up(others, sums[others], least, wanted)
            scores = np.concatenate([whole, others_whole])
            best = self._ordered(np.concatenate([top, others]), scores, wanted.works)
        return best

    def _allowed(self, sums: Floats, wanted: Wanted) -> Floats:
        """The sums of documents of works that are allowed."""
        if wanted.allowed is None:
            return sums
        return np.where(wanted.allowed[self._work_of], sums, np.float32(0))

    def _whole(self, wanted: Wanted) -> Floats:
        """The scores of all documents that are found, with every list added up."""
        self._add(self._left)
        sums = self._sums
        if self._ranking:
            found = sums > 0
            self._add(self._ranking)
            sums = sums * found
        self._left, self._ranking = [], []
        return _times(self._allowed(sums, wanted), wanted.by_document)

    def _rest(self) -> list[Weighted]:
        """The lists that were not added up, the most weighty first."""
        return sorted((*self._left, *self._ranking), key=lambda each: -each.most)

    def _shortest(self, few: int) -> list[Weighted]:
        """The shortest of the lists that find and are left, about `few` postings; one at least."""
        size, taken = 0, 0
        for each in self._left:
            if taken and size + each.size > few:
                break
            size += each.size
            taken += 1
        lists, self._left = self._left[:taken], self._left[taken:]
        return lists

    def _add(self, lists: Sequence[Weighted]) -> None:
        """Add up lists."""
        if not lists:
            return
        its = self._postings
        docs = np.concatenate([its.docs[each.low : each.high] for each in lists])
        scores = [
            its.scores[each.low : each.high]
            if each.weight == 1.0
            else its.scores[each.low : each.high] * np.float32(each.weight)
            for each in lists
        ]
        np.add.at(self._sums, docs, np.concatenate(scores))

    def _first(self, scores: Floats, wanted: Wanted) -> list[tuple[int, float]]:
        """The best works where every score is whole."""
        size = 2 * wanted.works
        while True:
            top = self._with_named(_top(scores, size), scores, wanted)
            best = self._ordered(top, self._named(top, scores[top], wanted), wanted.works)
            if len(best) == wanted.works or len(top) < size:
                return best
            size *= 4

    def _with_named(self, top: Places, scores: Floats, wanted: Wanted) -> Places:
        """The places of the best, and of the works that count more."""
        if not wanted.by_work:
            return top
        named = [
            np.arange(*self._work_of.searchsorted([work, work + 1])) for work in wanted.by_work
        ]
        places: Places = np.unique(np.concatenate([top, *named]))
        some: Places = places[scores[places] > 0]
        return some

    def _may_win(self, sums: Floats, ahead: float, least: float, wanted: Wanted) -> Mask:
        """The documents of which the lists to come could make one of the best.

        A little less is enough, since sums differ in the last digit with the order of their parts.
        """
        most = _times(sums + np.float32(ahead), wanted.by_document)
        most *= np.float32(max(wanted.by_work.values(), default=1.0))
        return (most >= np.float32(least * 0.99999)) & (sums > 0)

    def _looked_up(
        self, docs: Places, sums: Floats, least: float, wanted: Wanted
    ) -> tuple[Places, Floats]:
        """Those of some documents that may be among the best, with whole scores.

        List by list, the most weighty first; whoever cannot get there any more is left out.
        """
        rest = self._rest()
        ahead = sum(each.most for each in rest)
        for each in rest:
            if not len(docs):
                break
            sums = sums + self._scores_of(each, docs)
            ahead -= each.most
            most = self._weighed(docs, sums + np.float32(ahead), wanted)
            may = most >= np.float32(least * 0.99999)
            docs, sums = docs[may], sums[may]
        return docs, self._weighed(docs, sums, wanted)

    def exact(self, docs: Places) -> Floats:
        """The whole scores of some documents."""
        scores: Floats = self._sums[docs]
        for each in self._rest():
            scores += self._scores_of(each, docs)
        return scores

    def _scores_of(self, each: Weighted, docs: Places) -> Floats:
        """What one list adds to the scores of documents."""
        mine = self._postings.docs[each.low : each.high]
        at = mine.searchsorted(docs)
        scores = self._postings.scores[each.low : each.high].take(at, mode="clip")
        has = mine.take(at, mode="clip") == docs
        added: Floats = scores * has * np.float32(each.weight)
        return added

    def _weighed(self, docs: Places, scores: Floats, wanted: Wanted) -> Floats:
        """The scores of some documents, times what they count more."""
        if wanted.by_document is not None:
            scores = scores * wanted.by_document[docs]
        return self._named(docs, scores, wanted)

    def _named(self, docs: Places, scores: Floats, wanted: Wanted) -> Floats:
        for work, weight in wanted.by_work.items():
            scores = np.where(self._work_of[docs] == work, scores * np.float32(weight), scores)
        return scores

    def _ordered(self, docs: Places, scores: Floats, works: int) -> list[tuple[int, float]]:
        """The best works of some documents, every work once, by its best document."""
        owners = self._work_of[docs]
        order = np.lexsort((owners, -scores))
        found: dict[int, float] = {}
        for work, score in zip(owners[order].tolist(), scores[order].tolist(), strict=True):
            if work not in found:
                found[work] = score
                if len(found) == works:
                    break
        return list(found.items())


def _top(scores: Floats, size: int) -> Places:
    """The places of the best `size` scores above zero and perhaps a few more, in order of place.

    The best of every stretch is looked at first: as many of these as are wanted stand at or above
    a line, so that only what reaches it has to be ordered.
    """
    stretch = max(1, len(scores) // (16 * size))
    whole = len(scores) // stretch * stretch
    best = scores[:whole].reshape(-1, stretch).max(axis=1)
    if len(best) <= size:
        return np.flatnonzero(scores)
    line = np.partition(best, len(best) - size)[len(best) - size]
    return np.flatnonzero(scores >= line) if line > 0 else np.flatnonzero(scores)


def _times(scores: Floats, factors: Floats | None) -> Floats:
    return scores if factors is None else scores * factors


def _largest(wanted: Wanted) -> float:
    """The most that a work's score can be multiplied by."""
    by_document = float(wanted.by_document.max()) if wanted.by_document is not None else 1.0
    return by_document * max(wanted.by_work.values(), default=1.0)


def having_any(postings: Postings, place: int, ranges: Sequence[tuple[int, int]]) -> list[bool]:
    """For each range of documents whether one of them has a term."""
    docs = postings.docs_view
    start, end = postings.starts[place], postings.starts[place + 1]
    found = []
    for low, high in ranges:
        at = bisect_left(docs, low, start, end)
        found.append(at < end and docs[at] < high)
    return found
