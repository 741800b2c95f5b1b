"""Our index terms as Whoosh's tokens, with places, for plain Whoosh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Token, Tokenizer

from search_index.analysis import fold, tokens


class Terms(Tokenizer):
    """Splits text as `search_index.analysis` does. Offsets are those of the folded text."""

    def __call__(
        self, value: str, *, positions: bool = False, chars: bool = False, **options: Any
    ) -> Iterator[Token]:
        """Give the tokens of a text."""
        token = Token(positions, chars, **{k: v for k, v in options.items() if k == "mode"})
        for place, found in enumerate(tokens(fold(value)), options.get("start_pos", 0)):
            token.text, token.boost, token.stopped = found.term, 1.0, False
            token.pos = place
            if chars:
                token.startchar, token.endchar = found.start, found.end
            yield token
