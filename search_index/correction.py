"""Typing slips in words that the library does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import stem
from search_index.query import STOP_EN
from search_index.stored import Stored, texts

SHORTEST = 4
_WORD = re.compile(r"[a-z']+")


def parts(vocabulary: Mapping[str, int]) -> dict[str, NDArray[Any]]:
    """What a `Corrector` reads: words that are right, with how often each is met."""
    ordered = sorted(vocabulary)
    return {
        **texts("words", ordered),
        "words.counts": np.array([vocabulary[word] for word in ordered], dtype=np.uint32),
        **texts("stems", sorted(set(map(stem, ordered)))),
        **_shortened(ordered),
    }


def _shortened(ordered: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Prints of every word with one letter left out, in order, and whose they are.

    Two words at one slip from each other are the same with a letter left out of one of them or of
    both, but for two letters swapped (Garbe's symmetric deletion).
    """
    pairs = [
        (crc32(short.encode()), place)
        for place, word in enumerate(ordered)
        if len(word) >= SHORTEST - 1
        for short in _without_a_letter(word)
    ]
    table = np.array(sorted(pairs), dtype=np.uint32).reshape(-1, 2)
    return {"short": table[:, 0].copy(), "short.words": table[:, 1].copy()}


def _without_a_letter(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


class Corrector:
    """Corrects words by a vocabulary."""

    def __init__(self, file: Stored) -> None:
        self._words = file.texts("words")
        self._counts = file.view("words.counts")
        self._stems = file.texts("stems")
        self._short = file.array("short")
        self._short_words = file.view("short.words")

    def corrected(self, folded: str) -> str:
        """The folded query with each unknown English word replaced by the likeliest known one.

        A word is known if any form of it is, or if it begins a known one. Words of fewer than four
        letters are left alone, and so are words that no single slip (a letter too many, too few,
        wrong, or two swapped) explains.

        >>> words = Stored.of(parts({"blocked": 9, "stairwell": 3}))
        >>> Corrector(words).corrected("blocked staiwell")
        'blocked stairwell'
        """
        return _WORD.sub(lambda match: self._fixed(match[0]), folded)

    def knows(self, stemmed: str) -> bool:
        """Whether any word of the vocabulary has this stem."""
        return stemmed in self._stems

    def is_common(self, word: str) -> bool:
        """Whether more than two passages have a word: one of fewer may be pinyin.

        >>> Corrector(Stored.of(parts({"baoan": 3}))).is_common("bao'an")
        True
        """
        return self._count(word.replace("'", "")) > 2  # noqa: PLR2004 - passages

    def beginning(self, prefix: str, most: int) -> tuple[str, ...]:
        """The words that begin with `prefix`, the commonest if there are more than `most`."""
        places = self._words.beginning(prefix)
        if len(places) > most:
            some = sorted(places, key=lambda place: (-self._counts[place], place))[:most]
            return tuple(self._words[place] for place in some)
        return tuple(self._words[place] for place in places)

    def _count(self, word: str) -> int:
        place = self._words.place(word)
        return 0 if place is None else self._counts[place]

    def _fixed(self, word: str) -> str:
        bare = word.replace("'", "")
        if len(bare) < SHORTEST or bare in STOP_EN or stem(word) in self._stems:
            return word
        if self._words.beginning(bare):
            return word
        near = [(self._count(other), other) for other in self._near(bare)]
        return max(near)[1] if near else word

    def _near(self, word: str) -> set[str]:
        """The words at one slip."""
        short = list(_without_a_letter(word))
        swapped = (word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1))
        found = {other for other in (*short, *swapped) if other in self._words}
        prints = np.array([crc32(text.encode()) for text in (word, *short)], dtype=np.uint32)
        lows = np.searchsorted(self._short, prints)
        highs = np.searchsorted(self._short, prints, side="right")
        for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
            found.update(self._words[place] for place in self._short_words[low:high])
        return {other for other in found if _is_one_slip(word, other)}


def _is_one_slip(word: str, other: str) -> bool:
    """Whether one letter too many, too few, wrong, or two swapped make one word of the other.

    >>> [_is_one_slip("bike", other) for other in ("bikes", "bke", "bake", "bkie", "bkae", "bike")]
    [True, True, True, True, False, False]
    """
    same = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if same is None:
        return abs(len(word) - len(other)) == 1
    mine, theirs = word[same:], other[same:]
    return (
        mine[1:] == theirs
        or mine == theirs[1:]
        or mine[1:] == theirs[1:]
        or (mine[1::-1] == theirs[:2] and mine[2:] == theirs[2:])
    )
