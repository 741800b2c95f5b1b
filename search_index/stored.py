"""Read-only tables in one file, mapped into memory: open at once, shared between processes.

`write` puts arrays, texts and records into one file; `Stored` hands them out without reading more
of it than is asked for. Records are kept in the interpreter's own format (`marshal`), which
must never be read from a file of unknown origin: such a file is written by `kb build` alone.
"""

from __future__ import annotations

import json
import marshal
import math
import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_ALIGN = 64
# The format of records that every supported Python reads and writes.
_MARSHAL = 4
# So many texts that were looked for lately, and where they stand, are remembered for each table.
_REMEMBERED = 16_384


class Texts:
    """Distinct texts in the order of their characters, found by hash or by how they begin."""

    def __init__(self, file: Stored, name: str) -> None:
        self._bytes = file.bytes
        self._at = file.offset(f"{name}.text")
        self._ends = file.view(f"{name}.text.ends")
        self._heads = file.view(f"{name}.heads")
        self._members = file.view(f"{name}.members")
        self._mask = len(self._heads) - 2
        # People ask for the same words again and again.
        self.place = lru_cache(_REMEMBERED)(self._place)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and self.place(text) is not None

    def __getitem__(self, place: int) -> str:
        """The text at a place."""
        return self._raw(place).decode("utf-8", "surrogatepass")

    def _raw(self, place: int) -> bytes:
        ends = self._ends
        return self._bytes[self._at + ends[place] : self._at + ends[place + 1]]

    def _place(self, text: str) -> int | None:
        """Where a text stands; None if it is not among these."""
        wanted = text.encode("utf-8", "surrogatepass")
        slot = crc32(wanted) & self._mask
        heads = self._heads
        for place in self._members[heads[slot] : heads[slot + 1]]:
            if self._raw(place) == wanted:
                return int(place)
        return None

    def beginning(self, prefix: str) -> range:
        """The places of all texts that begin with `prefix`."""
        start = prefix.encode("utf-8", "surrogatepass")
        low = self._lower_bound(start, 0, len(self))
        # Few texts begin alike: the end is looked for near the beginning.
        step = 1
        while low + step < len(self) and self._raw(low + step).startswith(start):
            step *= 2
        return range(low, self._lower_bound(start + b"\xff", low, min(low + step, len(self))))

    def _lower_bound(self, wanted: bytes, low: int, high: int) -> int:
        """The first place not before `wanted`: UTF-8 keeps the order of characters."""
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low


class Records:
    """Values by place, each read when it is asked for."""

    def __init__(self, file: Stored, name: str) -> None:
        self._bytes = file.bytes
        self._at = file.offset(f"{name}.record")
        self._ends = file.view(f"{name}.record.ends")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> Any:
        """The value at a place, read anew."""
        low, high = self._at + self._ends[place], self._at + self._ends[place + 1]
        return marshal.loads(self._bytes[low:high])  # noqa: S302 - written by `kb build`


class Dictionary(Mapping[str, Any]):
    """Records by a text."""

    def __init__(self, file: Stored, name: str) -> None:
        self._texts = Texts(file, name)
        self._values = Records(file, name)

    def __getitem__(self, key: str) -> Any:
        place = self._texts.place(key)
        if place is None:
            raise KeyError(key)
        return self._values[place]

    def get(self, key: str, default: Any = None) -> Any:
        """The record of a key, or `default`."""
        place = self._texts.place(key)
        return default if place is None else self._values[place]

    def __iter__(self) -> Iterator[str]:
        return (self._texts[place] for place in range(len(self)))

    def __len__(self) -> int:
        return len(self._texts)


class Stored:
    """An open file of tables. Let go of it and of what it handed out to close it."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self.bytes = data
        size = int.from_bytes(data[:4], "little")
        self._parts: dict[str, tuple[str, int, list[int]]] = json.loads(data[4 : 4 + size])

    @classmethod
    def open(cls, path: Path) -> Stored:
        """The tables in a file; raises OSError or ValueError where there are none."""
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    @classmethod
    def of(cls, parts: Mapping[str, NDArray[Any]]) -> Stored:
        """Tables in memory, for tests and experiments."""
        return cls(b"".join(_pieces(parts)))

    def offset(self, name: str) -> int:
        """Where a part begins, in bytes."""
        return self._parts[name][1]

    def array(self, name: str) -> NDArray[Any]:
        """A part as an array over the file."""
        kind, offset, shape = self._parts[name]
        count = math.prod(shape)
        if not count:
            return np.empty(shape, kind)
        return np.frombuffer(self.bytes, kind, count, offset).reshape(shape)

    def view(self, name: str) -> memoryview:
        """A part of one dimension as a view, whose single items come quicker than an array's."""
        return memoryview(self.array(name).data)

    def texts(self, name: str) -> Texts:
        """The texts of a name."""
        return Texts(self, name)

    def records(self, name: str) -> Records:
        """The records of a name."""
        return Records(self, name)

    def dictionary(self, name: str) -> Dictionary:
        """The records of a name with the texts that they belong to."""
        return Dictionary(self, name)


def write(path: Path, parts: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays into a file, in the order given."""
    with path.open("wb") as file:
        file.writelines(_pieces(parts))


def _pieces(parts: Mapping[str, NDArray[Any]]) -> Iterator[bytes]:
    """The bytes of a file: the length of the head, the head as JSON, the parts, all aligned."""
    # The head holds the offsets that its own length decides: room for the longest is kept.
    at = _aligned(4 + sum(len(name) + 80 for name in parts) + 2)
    head: dict[str, tuple[str, int, list[int]]] = {}
    room = at
    for name, part in parts.items():
        head[name] = (part.dtype.str, at, list(part.shape))
        at = _aligned(at + part.nbytes)
    text = json.dumps(head).encode()
    yield (len(text).to_bytes(4, "little") + text).ljust(room, b"\0")
    for part in parts.values():
        data = part.tobytes()
        yield data
        yield b"\0" * (_aligned(len(data)) - len(data))


def _aligned(size: int) -> int:
    return size + -size % _ALIGN


def texts(name: str, ordered: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The parts of distinct `texts` that are already in order."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in ordered]
    size = 1 << max(1, len(encoded).bit_length())
    slots = np.fromiter(map(crc32, encoded), np.uint32, len(encoded)) & np.uint32(size - 1)
    members = np.argsort(slots, kind="stable").astype(np.uint32)
    heads = np.searchsorted(slots[members], np.arange(size + 1)).astype(np.uint32)
    return {
        f"{name}.text": np.frombuffer(b"".join(encoded), np.uint8),
        f"{name}.text.ends": _ends(encoded),
        f"{name}.heads": heads,
        f"{name}.members": members,
    }


def records(name: str, values: Iterable[Any]) -> dict[str, NDArray[Any]]:
    """The parts of records: plain values of numbers, texts, tuples, lists and None."""
    packed = [marshal.dumps(value, _MARSHAL) for value in values]
    return {
        f"{name}.record": np.frombuffer(b"".join(packed), np.uint8),
        f"{name}.record.ends": _ends(packed),
    }


def dictionary(name: str, values: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The parts of records by a text."""
    ordered = sorted(values)
    return texts(name, ordered) | records(name, (values[key] for key in ordered))


def _ends(packed: Sequence[bytes]) -> NDArray[np.uint64]:
    return np.cumsum([0, *map(len, packed)], dtype=np.uint64)
