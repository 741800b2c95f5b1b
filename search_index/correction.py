"""Typing slips in words that the library does not know."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from string import ascii_lowercase

from search_index.analysis import stem
from search_index.query import STOP_EN

SHORTEST = 4
_WORD = re.compile(r"[a-z']+")


class Corrector:
    """Corrects words by a vocabulary, given in order with how often each word is met."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._ordered = tuple(vocabulary)
        self._stems = frozenset(map(stem, vocabulary))

    def corrected(self, folded: str) -> str:
        """The folded query with each unknown English word replaced by the likeliest known one.

        A word is known if any form of it is, or if it begins a known one. Words of fewer than four
        letters are left alone, and so are words that no single slip (a letter too many, too few,
        wrong, or two swapped) explains.

        >>> Corrector({"blocked": 9, "stairwell": 3}).corrected("blocked staiwell")
        'blocked stairwell'
        """
        return _WORD.sub(lambda match: self._fixed(match[0]), folded)

    def knows(self, stemmed: str) -> bool:
        """Whether any word of the vocabulary has this stem."""
        return stemmed in self._stems

    def beginning(self, prefix: str) -> tuple[str, ...]:
        """The words of the vocabulary that begin with `prefix`."""
        low = bisect_left(self._ordered, prefix)
        return self._ordered[low : bisect_left(self._ordered, prefix + "\uffff")]

    def _fixed(self, word: str) -> str:
        bare = word.replace("'", "")
        if len(bare) < SHORTEST or stem(word) in self._stems or bare in STOP_EN:
            return word
        if self.beginning(bare):
            return word
        near = [other for other in _one_slip(bare) if other in self._vocabulary]
        return max(near, key=lambda other: (self._vocabulary[other], other), default=word)


def _one_slip(word: str) -> Iterator[str]:
    """Every text at one slip from a word."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]
