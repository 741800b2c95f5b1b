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


class Alarms:
    """The rules, made ready once for all queries.

    Every word of any rule is looked for once in a query, whatever the number of rules.
    """

    def __init__(self, rules: Iterable[Emergency]) -> None:
        self._rules = [(rule, parts_of(rule.signs), parts_of(rule.harmless)) for rule in rules]
        every = {
            alternative
            for _, signs, harmless in self._rules
            for pattern in (*signs, *harmless)
            for part in pattern
            for alternative in part
        }
        self._latin = [(a, f" {' '.join(stems(a))} ") for a in sorted(every) if a.isascii()]
        self._other = sorted(a for a in every if not a.isascii())

    def alarm(self, text: str, lang: Lang) -> Alarm | None:
        """The banner for a query that speaks of danger to life; None for every other.

        Where several rules fire, the first in the file speaks; the numbers of all are given.
        """
        said = self._said(fold(text))
        fired = [
            (rule, found)
            for rule, signs, harmless in self._rules
            if (found := _first(signs, said)) and not _first(harmless, said)
        ]
        if not fired:
            return None
        calls = dict.fromkeys(number for rule, _ in fired for number in rule.call)
        matched = dict.fromkeys(word for _, found in fired for word in found)
        return Alarm(tuple(matched), tuple(calls), fired[0][0].message[lang])

    def _said(self, folded: str) -> frozenset[str]:
        """The alternatives that stand in a query: Chinese anywhere, Latin as whole words."""
        said = f" {' '.join(stems(folded))} "
        return frozenset(
            [a for a, words in self._latin if words in said]
            + [a for a in self._other if a in folded]
        )


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


def _first(patterns: Iterable[_Pattern], said: frozenset[str]) -> Sequence[str]:
    """One word for every part of the first pattern that stands in a query whole; else nothing."""
    for pattern in patterns:
        found = [next((a for a in part if a in said), None) for part in pattern]
        if found and None not in found:
            return [word.replace("_", " ") for word in found if word]
    return ()
