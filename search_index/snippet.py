"""Excerpts with the found words marked: one function, one escaping."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

from search_index.analysis import fold_map, is_han, tokens

WIDTH_ZH, WIDTH_EN = 60, 150
SENTENCE = 20


def snippet(blocks: Sequence[str], terms: Collection[str]) -> str:
    """The stretch of the blocks that has most of the terms, as HTML with ``<mark>``.

    Everything is escaped but the marks. A pair of Chinese characters is marked as a whole, single
    characters only where they were asked for alone.

    >>> snippet(["Nothing here.", "Move the e-bikes < now."], {"bike"})
    'Move the e-<mark>bikes</mark> &lt; now.'
    """
    spans = [_spans(block, terms) for block in blocks]
    if not blocks:
        return ""
    best = max(
        range(len(blocks)),
        # Of blocks that say equally much, one that is more than the head of a column.
        key=lambda n: (len({term for term, _, _ in spans[n]}), min(len(blocks[n]), SENTENCE)),
    )
    text, found = blocks[best], _merged(spans[best])
    width = WIDTH_ZH if sum(map(is_han, text)) * 3 > len(text) else WIDTH_EN
    low, high = _window(text, found, width)
    parts = ["…" if low else ""]
    at = low
    for start, end in found:
        if start >= low and end <= high:
            parts += [escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>"]
            at = end
    parts += [escape(text[at:high]), "…" if high < len(text) else ""]
    return "".join(parts)


def _spans(text: str, terms: Collection[str]) -> list[tuple[str, int, int]]:
    folded, places = fold_map(text)
    return [
        (token.term, places[token.start], places[token.end - 1] + 1)
        for token in tokens(folded)
        if token.term in terms
    ]


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
