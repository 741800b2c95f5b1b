"""Danger to life in a query: the rules of ``emergencies.yml``, applied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from search_index.analysis import fold, stem
from search_index.content import Emergency, Lang
from search_index.phrases import Phrases

_LATIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the banner says: the words that set it off, whom to call, and what to do first."""

    matched: tuple[str, ...]
    call: tuple[str, ...]
    message: str


class Alarms:
    """The rules, made ready once for all queries.

    Only the patterns are tried that have a word of the query.
    """

    def __init__(self, rules: Iterable[Emergency]) -> None:
        self._rules = tuple(rules)
        # Every pattern with the number of its rule, and whether it means danger.
        self._patterns = [
            (number, sign, pattern)
            for number, rule in enumerate(self._rules)
            for sign, texts in ((True, rule.signs), (False, rule.harmless))
            for pattern in parts_of(texts)
        ]
        self._having: dict[str, set[int]] = {}
        for place, (_, _, pattern) in enumerate(self._patterns):
            for alternative in (a for part in pattern for a in part):
                self._having.setdefault(alternative, set()).add(place)
        stemmed: dict[str, list[str]] = {}
        for alternative in self._having:
            if alternative.isascii():
                stemmed.setdefault(" ".join(stems(alternative)), []).append(alternative)
        self._stemmed = stemmed
        self._latin = Phrases(stemmed)
        self._other = Phrases(a for a in self._having if not a.isascii())

    def alarm(self, text: str, lang: Lang) -> Alarm | None:
        """The banner for a query that speaks of danger to life; None for every other.

        Where several rules fire, the first in the file speaks; the numbers of all are given.
        """
        said = self._said(fold(text))
        if not said:
            return None
        signs: dict[int, Sequence[str]] = {}
        harmless: set[int] = set()
        for place in sorted(set().union(*(self._having[word] for word in said))):
            number, sign, pattern = self._patterns[place]
            words = _words_of(pattern, said)
            if words and sign:
                signs.setdefault(number, words)
            elif words:
                harmless.add(number)
        fired = [number for number in signs if number not in harmless]
        if not fired:
            return None
        calls = dict.fromkeys(call for number in fired for call in self._rules[number].call)
        matched = dict.fromkeys(word for number in fired for word in signs[number])
        return Alarm(tuple(matched), tuple(calls), self._rules[fired[0]].message[lang])

    def _said(self, folded: str) -> set[str]:
        """The alternatives that stand in a query: Chinese anywhere, Latin as whole words."""
        found = self._latin.within(" ".join(stems(folded)))
        latin = {alternative for words in found for alternative in self._stemmed[words]}
        return latin if folded.isascii() else latin.union(self._other.within(folded))


_Pattern = tuple[tuple[str, ...], ...]


def parts_of(signs: Iterable[str]) -> tuple[_Pattern, ...]:
    """Each sign as its parts, each part as its alternatives."""
    return tuple(
        tuple(tuple(filter(None, part.split("|"))) for part in fold(sign).split()) for sign in signs
    )


def stems(folded: str) -> list[str]:
    """The stems of the Latin words of a folded text; `_` parts words as a blank does.

    >>> stems("gas_leaks")
    ['gas', 'leak']
    """
    return [stem(word) for word in _LATIN.findall(folded.replace("_", " "))]


def _words_of(pattern: _Pattern, said: Collection[str]) -> Sequence[str]:
    """One word for every part of a pattern that stands in a query whole; else nothing."""
    found = [next((a for a in part if a in said), "") for part in pattern]
    return [word.replace("_", " ") for word in found] if all(found) else []
