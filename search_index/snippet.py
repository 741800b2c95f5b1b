"""Excerpts with the found words marked: one function, one escaping."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from html import escape
from itertools import accumulate
from string import ascii_lowercase

from search_index.analysis import fold, fold_map, han_runs, is_han

WIDTH_ZH, WIDTH_EN = 60, 150
SENTENCE = 20
_LETTERS = frozenset(ascii_lowercase)


def snippet(blocks: Sequence[str], marks: Collection[tuple[str, str]]) -> str:
    """The stretch of the blocks that has most of the terms, as HTML with ``<mark>``.

    `marks` are index terms, each with a folded text that stands for it: a word, one or more
    Chinese characters. Everything is escaped but the marks.

    >>> snippet(["Nothing here.", "Move the e-bikes < now."], [("bike", "bikes")])
    'Move the e-<mark>bikes</mark> &lt; now.'
    """
    if not blocks:
        return ""
    spans = _spans(blocks, marks)
    best = max(
        range(len(blocks)),
        # Of blocks that say equally much, one that is more than the head of a column.
        key=lambda n: (len({term for term, _, _ in spans[n]}), min(len(blocks[n]), SENTENCE)),
    )
    text, found = blocks[best], _merged(spans[best])
    width = WIDTH_ZH if _is_chinese(text) else WIDTH_EN
    low, high = _window(text, found, width)
    parts = ["…" if low else ""]
    at = low
    for start, end in found:
        if start >= low and end <= high:
            parts += [escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>"]
            at = end
    parts += [escape(text[at:high]), "…" if high < len(text) else ""]
    return "".join(parts)


def _spans(
    blocks: Sequence[str], marks: Collection[tuple[str, str]]
) -> list[list[tuple[str, int, int]]]:
    """For each block the terms in it with the stretches that stand for them."""
    folded = list(map(fold, blocks))
    text = "\n".join(folded)
    found: list[list[tuple[str, int, int]]] = [[] for _ in blocks]
    ends = list(accumulate(len(block) + 1 for block in folded))
    for term, said in marks:
        at = text.find(said)
        while at >= 0:
            end = at + len(said)
            if is_han(said) or _is_word(text, at, end):
                number = bisect_right(ends, at)
                begin = ends[number - 1] if number else 0
                found[number].append((term, at - begin, end - begin))
            at = text.find(said, end if not is_han(said) else at + 1)
    for number, block in enumerate(blocks):
        if found[number] and len(block) != len(folded[number]):
            _, places = fold_map(block)
            found[number] = [(t, places[a], places[b - 1] + 1) for t, a, b in found[number]]
    return found


def _is_word(text: str, low: int, high: int) -> bool:
    """Whether a stretch of a folded text is a whole word: no letter, digit or 's goes on."""
    if _goes_on(text[low - 1 : low]) and not _cut(text, low):
        return False
    after = text[high : high + 1]
    if _goes_on(after) and not _cut(text, high):
        return False
    if after == "'" and text[high + 1 : high + 2] in _LETTERS:
        return False
    suffix = text[low - 1 : low] == "'" and _goes_on(text[low - 2 : low - 1])
    return not (suffix and text[low] in _LETTERS)


def _goes_on(character: str) -> bool:
    """Whether a character beside a word belongs to it."""
    return character.isalnum() and not is_han(character)


def _cut(text: str, at: int) -> bool:
    """Whether a word ends at a place though no blank follows: behind 's only letters go on.

    >>> _cut("0'a0", 3), _cut("ab0", 2)
    (True, False)
    """
    head = text[:at].rstrip(ascii_lowercase)
    ended = len(head) < at and head.endswith("'") and _goes_on(head[-2:-1])
    return ended and text[at] not in _LETTERS


def _is_chinese(text: str) -> bool:
    """Whether more than a third of a text is Chinese."""
    return not text.isascii() and sum(map(len, han_runs(text))) * 3 > len(text)


def _merged(spans: Sequence[tuple[str, int, int]]) -> list[tuple[int, int]]:
    """Overlapping and touching stretches as one."""
    merged: list[tuple[int, int]] = []
    for _, start, end in sorted(spans, key=lambda span: span[1:]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, found: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """Where to cut a long block so that most marks are inside, on a word's edge."""
    if len(text) <= width:
        return 0, len(text)
    starts = [max(0, start - width // 4) for start, _ in found] or [0]
    low = max(starts, key=lambda at: (sum(at <= s < at + width for s, _ in found), -at))
    low = min(low, len(text) - width)
    high = low + width
    if low and not is_han(text[low]):
        edge = text.rfind(" ", max(0, low - 20), low + 1)
        low = low if edge < 0 else edge + 1
    if high < len(text) and not is_han(text[high]):
        edge = text.find(" ", high)
        high = edge if high <= edge < high + 20 else high
    return low, high
