"""From text to index terms, one way for pages and for queries.

Chinese: every character and every pair of neighbours, no word segmenter (measured: segmenters lose
colloquial queries); traditional characters count as their simplified forms. English: lower case,
accents folded, stemmed. Stop words stay in the index; queries drop them (see `query`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from operator import add
from typing import NamedTuple

import opencc
import snowballstemmer

from search_index.content import Lang

# Changes whenever the same text would give other terms; part of an index's fingerprint.
ANALYSIS_VERSION = "1"

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"([{_HAN}]+)|((?:(?![{_HAN}])[^\W_])+(?:'[a-z]+)*)")
_OTHER = re.compile(r"[^\x00-\x7f]+")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_WORD = re.compile(rf"(?:(?![{_HAN}])[^\W\d_])+(?:'[a-z]+)*")


class Token(NamedTuple):
    """An index term and the stretch of the folded text it was made from."""

    term: str
    start: int
    end: int


class _Fold(dict[int, str]):
    """What every character counts as; filled as characters are met."""

    def __init__(self) -> None:
        super().__init__({ord("\u2019"): "'", ord("\u2018"): "'"})
        self._simplify = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character).lower()
        if _HAN_RUN.search(plain):
            plain = self._simplify(plain)
        else:
            parts = unicodedata.normalize("NFD", plain)
            bare = "".join(part for part in parts if unicodedata.category(part) != "Mn")
            plain = unicodedata.normalize("NFC", bare)
        self[code] = plain
        return plain


_FOLD = _Fold()


def fold(text: str) -> str:
    """Text as the index compares it: width, case, accents and traditional forms folded.

    >>> fold("ＣＡＦÉ 電動車")
    'cafe 电动车'
    """
    return text.lower() if text.isascii() else _OTHER.sub(_folded, text).lower()


def _folded(match: re.Match[str]) -> str:
    return match[0].translate(_FOLD)


def fold_map(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in `text` it came from."""
    parts: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = _FOLD[ord(character)]
        parts.append(folded)
        places += [place] * len(folded)
    return "".join(parts), places


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded English word; apostrophes are dropped, as people drop them.

    >>> stem("blocking"), stem("won't")
    ('block', 'wont')
    """
    return str(_STEMMER.stemWord(word.replace("'", "")))


# With pystemmer beside it this is the same algorithm in C, thirty times as fast.
_STEMMER = snowballstemmer.stemmer("english")


def tokens(folded: str) -> Iterator[Token]:
    """The terms of a folded text with their places: characters, pairs and stems."""
    for match in _TOKEN.finditer(folded):
        start, end = match.span()
        if match[1]:
            for place in range(start, end):
                yield Token(folded[place], place, place + 1)
                if place + 1 < end:
                    yield Token(folded[place : place + 2], place, place + 2)
        else:
            yield Token(stem(match[2]), start, end)


def runs(folded: str) -> Iterator[str]:
    """The runs of Chinese characters and the words of a folded text, unstemmed.

    >>> list(runs("电动车, don't!"))
    ['电动车', "don't"]
    """
    return (match[0] for match in _TOKEN.finditer(folded))


def split(folded: str) -> list[str]:
    """The words of a folded text as they stand there, unstemmed, and its characters and pairs.

    >>> split("电动车 doors")
    ['电', '动', '车', '电动', '动车', 'doors']
    """
    found: list[str] = []
    for han, word in _TOKEN.findall(folded):
        if han:
            found += han
            found += map(add, han, han[1:])
        else:
            found.append(word)
    return found


def terms(text: str) -> list[str]:
    """The index terms of a text, in order.

    >>> terms("電動車 blocking Doors")
    ['电', '电动', '动', '动车', '车', 'block', 'door']
    """
    return [token.term for token in tokens(fold(text))]


def words(folded: str) -> list[str]:
    """The words of a folded text that are not Chinese, unstemmed, without numbers.

    >>> words("don't 停车 twice 2")
    ['dont', 'twice']
    """
    return [word.replace("'", "") for word in _WORD.findall(folded)]


def is_han(term: str) -> bool:
    """Whether a term is made of Chinese characters.

    >>> is_han("电动"), is_han("door")
    (True, False)
    """
    return bool(_HAN_RUN.match(term))


def han_runs(text: str) -> list[str]:
    """The runs of Chinese characters in a text.

    >>> han_runs("电动车 and 楼道")
    ['电动车', '楼道']
    """
    return _HAN_RUN.findall(text)


def language_of(text: str) -> Lang | None:
    """The language most of a text is in; None where it has no letters at all.

    >>> language_of("楼道停车"), language_of("wires on 5th floor"), language_of("12345")
    (<Lang.ZH: 'zh'>, <Lang.EN: 'en'>, None)
    """
    han = sum(map(len, han_runs(text)))
    latin = len(_WORD.findall(text))
    if not han and not latin:
        return None
    return Lang.ZH if han >= latin else Lang.EN
