"""HTML made safely: what people wrote is escaped, what we made is not."""

from __future__ import annotations

import re
from html import escape

_HAN = re.compile(r"[\u3400-\u9fff]")
_BLANK = re.compile(r"\s+")
_EMPTY = frozenset({"br", "img", "input", "circle", "line", "rect", "path"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def html(words: str) -> Html:
    """Words as HTML; HTML stays as it is.

    >>> html("a < b"), html(Html("<b>a</b>"))
    ('a &lt; b', '<b>a</b>')
    """
    return words if isinstance(words, Html) else Html(escape(_BLANK.sub(" ", words)))


def tag(name: str, /, *inside: str | None, **attributes: str | int | bool | None) -> Html:
    """An element on one line; None is left out, True is an attribute without a value.

    >>> tag("a", "Q & A", href="/x/", class_="kb-more", hidden=False)
    '<a href="/x/" class="kb-more">Q &amp; A</a>'
    """
    named = (
        _attribute(key, value)
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    opening = " ".join([name, *named])
    if name in _EMPTY:
        return Html(f"<{opening} />")
    return Html(f"<{opening}>{joined(*inside)}</{name}>")


def _attribute(key: str, value: str | int) -> str:
    name = key.rstrip("_").replace("_", "-")
    return name if value is True else f'{name}="{escape(str(value))}"'


def joined(*inside: str | None, by: str = "") -> Html:
    """Pieces one after the other, without the empty ones."""
    return Html(by.join(html(piece) for piece in inside if piece))


def foreign(words: str, lang: str) -> str | None:
    """The `lang` that words need on a page of that language; None if they need none.

    >>> foreign("新京报", "en"), foreign("新京报", "zh"), foreign("Xicheng", "en")
    ('zh', None, None)
    """
    return "zh" if lang == "en" and _HAN.search(words) else None
