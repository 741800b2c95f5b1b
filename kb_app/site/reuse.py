"""Pages as the generator made them, kept so that it makes only those anew that would differ.

A page follows from its Markdown and from what all pages of its language share: the configuration,
the theme and the generator. The print of all that is its name in the folder where pages are kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

_TOOLS = ("jinja2", "markdown", "mkdocs", "mkdocs-material", "pymdown-extensions")


class Kept(NamedTuple):
    """Where a page is kept, and where it goes."""

    kept: Path
    output: Path


def pages(folder: Path, values: Mapping[str, Any]) -> Iterator[Kept]:
    """Every page of a language whose Markdown is staged, by the configuration of the language."""
    docs, output = Path(values["docs_dir"]), Path(values["site_dir"])
    shared = _shared(values)
    for path in sorted(docs.rglob("*.md")):
        inside = PurePosixPath(path.relative_to(docs).as_posix())
        its = shared.copy()
        its.update(f"{inside}\n".encode())
        its.update(path.read_bytes())
        yield Kept(folder / f"{its.hexdigest()}.html", output / address(inside))


def address(path: PurePosixPath) -> PurePosixPath:
    """Where the page of a Markdown file lies in the site.

    >>> str(address(PurePosixPath("a/b.md"))), str(address(PurePosixPath("a/index.md")))
    ('a/b/index.html', 'a/index.html')
    """
    return (
        path.with_suffix(".html") if path.stem == "index" else path.with_suffix("") / "index.html"
    )


def _shared(values: Mapping[str, Any]) -> hashlib._Hash:
    """What all pages of a language depend on; not where the site will lie."""
    common = {name: value for name, value in values.items() if name != "site_dir"}
    found = hashlib.sha256(json.dumps([sys.version, common], sort_keys=True).encode())
    for tool in _TOOLS:
        found.update(f"{tool} {metadata.version(tool)}\n".encode())
    theme = Path(values["theme"]["custom_dir"])
    for path in (Path(values["INHERIT"]), *sorted(theme.rglob("*.html"))):
        found.update(f"{path}\n".encode())
        found.update(path.read_bytes())
    return found


def recall(wanted: Iterable[Kept]) -> None:
    """Lay the pages that are kept where they go; the generator leaves alone what is there."""
    for kept, output in wanted:
        if kept.is_file():
            output.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, output)


def remember(wanted: Iterable[Kept], folder: Path) -> None:
    """Keep these pages, as they were made, and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    names = set()
    for kept, output in wanted:
        names.add(kept.name)
        if not kept.is_file():
            new = kept.with_suffix(".new")
            shutil.copyfile(output, new)
            new.replace(kept)
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()
