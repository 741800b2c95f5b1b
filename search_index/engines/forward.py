"""Which words stand how often in which passage: what analysis gives, kept from build to build.

A page whose text did not change is not analysed again: its words are taken from the index that was
built before. Titles and names belong to pages, for every passage of a page has the same.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import ANALYSIS_VERSION, fold, split, stem
from search_index.passages import Passage
from search_index.stored import Stored, write

BY_PAGE = ("title", "names")
FIELDS = (*BY_PAGE, "body")
_KEY = 12

Ints = NDArray[np.int64]


class Field(NamedTuple):
    """For each text of a field, from `starts[n]` up to `starts[n + 1]`: its words, how often."""

    starts: Ints
    words: NDArray[np.int32]
    counts: NDArray[np.int32]

    def between(self, low: int, high: int) -> Field:
        """The texts from `low` up to `high`."""
        begin, end = self.starts[low], self.starts[high]
        starts = self.starts[low : high + 1] - begin
        return Field(starts, self.words[begin:end], self.counts[begin:end])


class Forward(NamedTuple):
    """The words of all pages, page by page.

    `pages` is where the passages of each page begin, with their number at the end; `keys` are
    prints of what was analysed, by page; `stems` the index term of each word.
    """

    pages: Ints
    keys: Sequence[bytes]
    words: Sequence[str]
    stems: Sequence[str]
    fields: Mapping[str, Field]

    @property
    def documents(self) -> int:
        """How many passages there are."""
        return int(self.pages[-1])

    def save(self, path: Path) -> None:
        """Write it to a file, for the next build."""
        parts: dict[str, NDArray[Any]] = {
            "pages": self.pages,
            "keys": _bytes(b"".join(self.keys)),
        }
        parts["version"] = _bytes(_version())
        parts["words"] = _bytes("\n".join(self.words).encode())
        parts["stems"] = _bytes("\n".join(self.stems).encode())
        for name, field in self.fields.items():
            for part, values in field._asdict().items():
                parts[f"{name}.{part}"] = values
        write(path, parts)


def _version() -> bytes:
    """What analysis depends on: other versions may fold and stem in another way."""
    made_by = [f"{name} {metadata.version(name)}" for name in ("opencc", "snowballstemmer")]
    return " ".join((ANALYSIS_VERSION, *made_by)).encode()


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)


def load(path: Path) -> Forward | None:
    """What an earlier build saved; None if there is none, or it was analysed in another way."""
    try:
        file = Stored.open(path)
        if file.array("version").tobytes() != _version():
            return None
        keys = file.array("keys").tobytes()
        return Forward(
            file.array("pages"),
            [keys[at : at + _KEY] for at in range(0, len(keys), _KEY)],
            _lines(file.array("words")),
            _lines(file.array("stems")),
            {name: Field(*(file.array(f"{name}.{p}") for p in Field._fields)) for name in FIELDS},
        )
    except (OSError, ValueError, KeyError):
        return None


def _lines(data: NDArray[np.uint8]) -> list[str]:
    return data.tobytes().decode().split("\n") if len(data) else []


class Collector:
    """Takes pages one after the other and analyses those that `previous` does not know."""

    def __init__(self, previous: Forward | None = None) -> None:
        self._previous = previous
        known = previous.words if previous else ()
        self._ids: defaultdict[str, int] = defaultdict(count(len(known)).__next__)
        self._ids.update(zip(known, count(), strict=False))
        self._places = {key: n for n, key in enumerate(previous.keys)} if previous else {}
        self._keys: list[bytes] = []
        self._sizes: list[int] = []
        # Stretches of old pages (from, up to), and pages just analysed, in order.
        self._chunks: list[tuple[int, int] | dict[str, _Fresh]] = []

    def add(self, passages: Sequence[Passage]) -> None:
        """Take the next page: all its passages."""
        title, names = passages[0].title, passages[0].names
        bodies = [f"{passage.section}\n{passage.text}" for passage in passages]
        key = _print(title, names, *bodies)
        self._keys.append(key)
        self._sizes.append(len(bodies))
        old = self._places.get(key)
        last = self._chunks[-1] if self._chunks else None
        if old is None:
            if not isinstance(last, dict):
                last = {name: _Fresh() for name in FIELDS}
                self._chunks.append(last)
            last["title"].add(title, self._ids)
            last["names"].add(names, self._ids)
            for body in bodies:
                last["body"].add(body, self._ids)
        elif isinstance(last, tuple) and last[1] == old:
            self._chunks[-1] = (last[0], old + 1)
        else:
            self._chunks.append((old, old + 1))

    def done(self) -> Forward:
        """Everything that was taken, without the words that no page has any more."""
        fields = {name: self._field(name) for name in FIELDS}
        used = np.zeros(len(self._ids), dtype=np.bool_)
        for field in fields.values():
            used[field.words] = True
        place = np.cumsum(used, dtype=np.int32) - 1
        known = self._previous.stems if self._previous else ()
        words = [word for word, has in zip(self._ids, used, strict=True) if has]
        stems = [
            known[n] if n < len(known) else stem(word)
            for n, (word, has) in enumerate(zip(self._ids, used, strict=True))
            if has
        ]
        return Forward(
            np.cumsum([0, *self._sizes], dtype=np.int64),
            self._keys,
            words,
            stems,
            {n: Field(f.starts, place[f.words], f.counts) for n, f in fields.items()},
        )

    def _field(self, name: str) -> Field:
        parts = [self._part(name, chunk) for chunk in self._chunks]
        lengths = [np.diff(part.starts) for part in parts]
        return Field(
            np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths])),
            np.concatenate([np.empty(0, np.int32), *(part.words for part in parts)]),
            np.concatenate([np.empty(0, np.int32), *(part.counts for part in parts)]),
        )

    def _part(self, name: str, chunk: tuple[int, int] | dict[str, _Fresh]) -> Field:
        if isinstance(chunk, dict):
            return chunk[name].field()
        old = self._previous
        if old is None:  # pragma: no cover - there are no old pages without it
            raise AssertionError
        low, high = chunk
        if name not in BY_PAGE:
            low, high = int(old.pages[low]), int(old.pages[high])
        return old.fields[name].between(low, high)


class _Fresh:
    """The texts of one field of pages that had to be analysed."""

    def __init__(self) -> None:
        self._starts = array("q", [0])
        self._words = array("i")
        self._counts = array("i")

    def add(self, text: str, ids: Mapping[str, int]) -> None:
        counted = Counter(split(fold(text)))
        self._words.extend(map(ids.__getitem__, counted))
        self._counts.extend(counted.values())
        self._starts.append(len(self._words))

    def field(self) -> Field:
        return Field(
            np.array(self._starts, np.int64),
            np.array(self._words, np.int32),
            np.array(self._counts, np.int32),
        )


def _print(*texts: str) -> bytes:
    return blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=_KEY).digest()
