"""Danger to life in a query: the rules of ``emergencies.yml``, applied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search_index.analysis import fold, stem
from search_index.content import Emergency, Lang

_LATIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the banner says: the words that set it off, whom to call, and what to do first."""

    matched: tuple[str, ...]
    call: tuple[str, ...]
    message: str


class _Said:
    """A query as the rules see it: its folded text, and the stems of its Latin words."""

    def __init__(self, text: str) -> None:
        self.folded = fold(text)
        self.stems = f" {' '.join(stem(word) for word in _LATIN.findall(self.folded))} "

    def has(self, alternative: str) -> bool:
        """Whether an alternative stands in it: Chinese anywhere, Latin as whole words."""
        latin = _LATIN.findall(alternative.replace("_", " "))
        if latin and not re.search(r"[^\x00-\x7f]", alternative):
            return f" {' '.join(stem(word) for word in latin)} " in self.stems
        return alternative in self.folded


def alarm(text: str, rules: Iterable[Emergency], lang: Lang) -> Alarm | None:
    """The banner for a query that speaks of danger to life; None for every other.

    Where several rules fire, the first in the file speaks; the numbers of all are given.
    """
    said = _Said(text)
    fired = [(rule, found) for rule in rules if (found := _fires(rule, said))]
    if not fired:
        return None
    calls = dict.fromkeys(number for rule, _ in fired for number in rule.call)
    matched = dict.fromkeys(word for _, found in fired for word in found)
    return Alarm(tuple(matched), tuple(calls), fired[0][0].message[lang])


def _fires(rule: Emergency, said: _Said) -> Sequence[str]:
    """The words that set a rule off; none if it stays silent."""
    if any(_matched(pattern, said) for pattern in rule.harmless):
        return ()
    return next((found for sign in rule.signs if (found := _matched(sign, said))), ())


def _matched(pattern: str, said: _Said) -> Sequence[str]:
    """One word for every part of a pattern, or nothing if a part is missing."""
    found = []
    for part in fold(pattern).split():
        word = next((alternative for alternative in part.split("|") if said.has(alternative)), None)
        if word is None:
            return ()
        found.append(word.replace("_", " "))
    return found
