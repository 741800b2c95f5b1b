"""Which of many phrases stand in a text, without looking for every one of them."""

from __future__ import annotations

from collections.abc import Iterable


class Phrases:
    """Phrases that are looked for together: Latin ones as whole words, others anywhere.

    >>> sorted(Phrases(["on fire", "fire", "着火"]).within("the bins are on fire 着火了"))
    ['fire', 'on fire', '着火']
    >>> Phrases(["fire"]).within("fireworks")
    []
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        # By the first word or character, which few phrases share.
        self._latin: dict[str, list[tuple[str, str]]] = {}
        self._other: dict[str, list[str]] = {}
        for phrase in dict.fromkeys(phrases):
            if phrase.isascii():
                first = (phrase.split() or [""])[0]
                self._latin.setdefault(first, []).append((f" {phrase} ", phrase))
            else:
                self._other.setdefault(phrase[0], []).append(phrase)

    def within(self, text: str) -> list[str]:
        """The phrases in a text, by where they stand; one may come twice."""
        padded = f" {text} "
        found = [
            phrase
            for word in text.split()
            if word in self._latin
            for whole, phrase in self._latin[word]
            if whole in padded
        ]
        if not text.isascii():
            found += [
                phrase
                for place, character in enumerate(text)
                if character in self._other
                for phrase in self._other[character]
                if text.startswith(phrase, place)
            ]
        return found
