"""What a phone keeps of the site, so that it can be read and searched without network.

For each language three files below ``offline/``: a list of every page and file with the print of
its content (``zh.json``), all of them together in one bundle (``pages-zh.PRINT.bin``), and the pack
that the matcher searches (``pack-zh.PRINT.bin``). Bundle and pack are compressed with gzip, which
browsers can open by themselves; they are kept as they come.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path, PurePosixPath

from kb_app.site.compression import gzipped
from kb_app.site.html import tag
from kb_app.site.words import word
from search_index import Lang, Library, pack_of, short_numbers

FOLDER = "offline"
WORKER = "sw.js"
# The page that a phone shows for an address that it does not keep.
AWAY = "away.html"
# The pages of the service that work without it, by their part: to ask a question, and to answer the
# week's. The bank of those is kept only by phones that have opened that page.
BLANKS = {"asking": "ask.html", "weekly": "weekly.html"}
BANK = "weekly.json"
_TEXTS = frozenset({".css", ".html", ".js", ".svg"})
# What belongs to pages that the service makes, and is of no use without it.
_SERVED = ("404.html", "desk.", "lanewise-desk.", "room.", "lanewise-room.")
# A tag with the blank after it, or the text between two tags.
_PIECE = re.compile(r"<[^>]*>\s*|[^<]+|<")
_PRINT = 16
# Chinese compresses better in two bytes a character, also where a few tags stand between.
_WIDE = 1.4


def keep(site: Path, library: Library, *, today: date) -> None:
    """Write what a phone keeps of the pages in `site`, for both languages, and its program."""
    (site / WORKER).write_bytes(files("kb_app.site").joinpath(WORKER).read_bytes())
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    for lang in Lang:
        texts = dict(_texts(site, lang, library))
        pages = _written(folder, f"pages-{lang}", bundle(texts))
        pack = _written(folder, f"pack-{lang}", pack_of(library, lang))
        prints = {path: printed(text.encode()) for path, text in texts.items()}
        listed = {
            "version": printed(json.dumps([prints, pack], sort_keys=True).encode()),
            "day": today.isoformat(),
            "pages": pages,
            "pack": pack,
            "files": prints,
        }
        (folder / f"{lang}.json").write_text(json.dumps(listed, separators=(",", ":")), "utf-8")


def printed(data: bytes) -> str:
    """The print by which a phone knows that a file is the one it was promised.

    >>> printed(b"")
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()[:_PRINT]


def bundle(texts: Mapping[str, str]) -> bytes:
    """Files as one, every tag and every stretch of text once, which is what makes it small.

    Layout: four bytes (length of the head, little endian), the head as JSON, `head.size` bytes of
    pieces parted by NUL, in the shorter of two encodings; then for every file of `head.files` as
    many numbers as it has pieces. 0 is the next piece that no file has had before, any other number
    n the n-th of those. Numbers are written as in the pack.
    """
    pieces: dict[str, int] = {}
    listed, body = [], []
    for path, text in texts.items():
        found = _PIECE.findall(text)
        listed.append([path, len(found)])
        for piece in found:
            body.append(pieces.get(piece, 0))
            pieces.setdefault(piece, len(pieces) + 1)
    known = "\0".join(pieces)
    encoding = "utf-16le" if len(known) * 2 < len(known.encode()) * _WIDE else "utf-8"
    data = known.encode(encoding)
    head = json.dumps({"files": listed, "encoding": encoding, "size": len(data)}).encode()
    return b"".join((len(head).to_bytes(4, "little"), head, data, short_numbers(body)))


def _texts(site: Path, lang: Lang, library: Library) -> Iterator[tuple[str, str]]:
    """Every page of a language and what it needs, by address.

    Neighbours in subject are neighbours here, because what is alike compresses best side by side.
    """
    subjects = {page.id: page.problems[:1] for page in library.published(lang)}
    paths = [path for path in sorted((site / lang).rglob("*")) if path.suffix in _TEXTS]
    for path in sorted(paths, key=lambda path: (subjects.get(path.parent.name, ()), path)):
        if not path.name.startswith(_SERVED):
            address = PurePosixPath("/", path.relative_to(site)).as_posix()
            yield address.removesuffix("index.html"), path.read_text(encoding="utf-8")


def _written(folder: Path, name: str, data: bytes) -> dict[str, object]:
    """Write a file under a name with its print, and say where it is and how large."""
    small = gzipped(data)
    path = folder / f"{name}.{printed(small)}.bin"
    path.write_bytes(small)
    return {"url": f"/{FOLDER}/{path.name}", "bytes": len(small)}


def away_body(lang: Lang) -> str:
    """What stands on the page for an address that the phone does not keep."""
    return str(
        tag(
            "div",
            tag("h1", word(lang, "away")),
            tag("p", word(lang, "away_hint")),
            tag("p", tag("a", word(lang, "home"), href=f"/{lang}/")),
            class_="kb-trouble kb-away",
        )
    )
