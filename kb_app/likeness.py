"""How alike two short texts are: pairs of Chinese characters and whole words that both have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+|[\u3400-\u9fff]+")
_Item = TypeVar("_Item")


def grams(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters, and the words of other scripts.

    >>> sorted(grams("飞线充电 Cable"))
    ['cable', '充电', '线充', '飞线']
    """
    found: set[str] = set()
    for run in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u3400" <= run[0] <= "\u9fff" and len(run) > 1:
            found |= {run[at : at + 2] for at in range(len(run) - 1)}
        else:
            found.add(run)
    return frozenset(found)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0, nothing in common, to 1, all in common.

    >>> likeness(grams("飞线充电"), grams("飞线"))
    0.5
    """
    both = len(one) + len(other)
    return 2 * len(one & other) / both if both else 0.0


def grouped(
    items: Iterable[_Item], words: Callable[[_Item], str], *, least: float = 0.5
) -> list[list[_Item]]:
    """Items whose words are alike, together; each group is led by the first that came.

    >>> grouped(["飞线充电", "地锁", "飞线 充电"], str)
    [['飞线充电', '飞线 充电'], ['地锁']]
    """
    groups: list[tuple[frozenset[str], list[_Item]]] = []
    for item in items:
        found = grams(words(item))
        near = next((group for led, group in groups if likeness(led, found) >= least), None)
        if near is None:
            groups.append((found, [item]))
        else:
            near.append(item)
    return [group for _, group in groups]
