"""Pictures that keep their place: a page knows their size before they arrive."""

from __future__ import annotations

import posixpath
import re
import struct
from collections.abc import Mapping

Size = tuple[int, int]

_PICTURE = re.compile(r"!\[(?:[^\[\]\\]|\\.)*\]\(([^()\s]+)\)(?!\s*\{)")
_SVG = re.compile(
    rb"<svg\b[^>]*?\bviewBox=[\"']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)"
)
# Every PNG begins with its own mark and a part of 13 bytes, whose first eight are its size.
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = slice(16, 24)


def size_of(data: bytes) -> Size | None:
    """Width and height of a drawing or a PNG, None if it does not say.

    >>> size_of(b'<svg role="img" viewBox="0 0 360 424.5">')
    (360, 425)
    """
    if data.startswith(_PNG) and len(data) >= _PNG_SIZE.stop:
        return struct.unpack(">II", data[_PNG_SIZE])
    found = _SVG.search(data[:2000])
    return (_whole(found[1]), _whole(found[2])) if found else None


def _whole(number: bytes) -> int:
    return max(1, int(float(number) + 0.5))


def sized(path: str, text: str, sizes: Mapping[str, Size]) -> str:
    """The text with the size of each picture that is known, by its path.

    >>> sized("cases/a.md", "![Plan](../diagrams/p.svg)", {"diagrams/p.svg": (36, 42)})
    '![Plan](../diagrams/p.svg){ width="36" height="42" loading="lazy" }'
    """

    def write(picture: re.Match[str]) -> str:
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), picture[1]))
        if there not in sizes:
            return picture[0]
        width, height = sizes[there]
        return f'{picture[0]}{{ width="{width}" height="{height}" loading="lazy" }}'

    return _PICTURE.sub(write, text)
