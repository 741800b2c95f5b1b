"""What is refused, said in words that are fit to show to whoever asked for it."""

from __future__ import annotations

from enum import Enum

from kb_app.translations import listed, say
from search_index import Lang


class Refusal(Exception):  # noqa: N818 - its kinds are errors; this is what they share
    """Root of what is refused; never raised itself.

    Of the values that the message has places for, an Enum stands for a message, and a tuple for
    several.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(self.said(Lang.EN))

    def said(self, lang: Lang) -> str:
        """The reason, in a language."""
        named = {name: _spoken(lang, value) for name, value in self.values.items()}
        return say(lang, self.message, **named)


def _spoken(lang: Lang, value: object) -> object:
    match value:
        case Enum():
            return say(lang, value.value)
        case tuple():
            return listed(lang, value)
        case _:
            return value
