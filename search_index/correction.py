"""Typing slips in words that the library does not know."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from string import ascii_lowercase

from search_index.analysis import fold, stem
from search_index.query import STOP_EN

SHORTEST = 4
_WORD = re.compile(r"[a-z']+")


def corrected(typed: str, vocabulary: Mapping[str, int]) -> str | None:
    """The query with each unknown English word replaced by the likeliest known one.

    A word is known if any form of it is, or if it begins a known one. Words of fewer than four
    letters are left alone, and so are words that no single slip (a letter too many, too few, wrong,
    or two swapped) explains. None if nothing was replaced. `vocabulary` is in order.

    >>> corrected("blocked staiwell", {"blocked": 9, "stairwell": 3})
    'blocked stairwell'
    """
    known = {stem(word) for word in vocabulary}
    ordered = tuple(vocabulary)
    folded = fold(typed)

    def fix(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < SHORTEST or stem(word) in known or word.replace("'", "") in STOP_EN:
            return word
        following = bisect_left(ordered, word)
        if following < len(ordered) and ordered[following].startswith(word):
            return word
        near = [other for other in _one_slip(word) if other in vocabulary]
        return max(near, key=lambda other: (vocabulary[other], other), default=word)

    fixed = _WORD.sub(fix, folded)
    return fixed if fixed != folded else None


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
