"""A staged page: front matter for the theme, and parts of Markdown with explicit ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from kb_app.site.tables import labelled
from search_index import Section

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|&!])")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a page: a heading with its id, and the Markdown below it.

    Without a heading it goes on with what stands before it.
    """

    markdown: str
    anchor: str = ""
    heading: str = ""
    level: int = 2

    def text(self) -> str:
        """As Markdown."""
        if not self.heading:
            return self.markdown
        title = f"{'#' * self.level} {escaped(self.heading)} {{#{self.anchor}}}"
        return f"{title}\n\n{self.markdown}" if self.markdown else title


@dataclass(frozen=True, slots=True)
class Staged:
    """A whole page, ready for the site generator; `path` is below the language's folder.

    `id` and `kind` are those of the page that people wrote; an index has neither. `translated` says
    that `twin` is this page in the other language and not a list that it would stand in; a page
    that is not `listed` is kept for old links only.
    """

    path: PurePosixPath
    title: str
    parts: tuple[Part, ...]
    twin: str
    description: str = ""
    nav: str = ""
    wide: bool = False
    id: str = ""
    kind: str = ""
    checked_on: date | None = None
    translated: bool = True
    listed: bool = True

    @property
    def url(self) -> str:
        """The address below that of the language, as the generator will give it.

        >>> paths = ("index.md", "cases/index.md", "cases/dajing.md")
        >>> [Staged(PurePosixPath(path), "", (), "").url for path in paths]
        ['', 'cases/', 'cases/dajing/']
        """
        folder = self.path.parent if self.path.name == "index.md" else self.path.with_suffix("")
        return "" if folder == PurePosixPath() else f"{folder}/"

    def text(self) -> str:
        """The file's text."""
        meta = {
            "title": self.title,
            "description": self.description,
            "twin": self.twin,
            "nav": self.nav,
            "wide": self.wide,
            "id": self.id,
            "kind": self.kind,
            "home": not self.url,
            "checked": self.checked_on.isoformat() if self.checked_on else "",
            "translated": self.translated,
            "listed": self.listed,
        }
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in meta.items()]
        body = "\n\n".join(text for part in self.parts if (text := part.text()))
        return "\n".join(["---", *lines, "---", "", body, ""])


def escaped(words: str) -> str:
    r"""Words as Markdown that shows them as they are.

    >>> print(escaped("12345 & *me*"))
    12345 &amp; \*me\*
    """
    return _MARKS.sub(_escape, " ".join(words.split()))


def _escape(found: re.Match[str]) -> str:
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(found[1], f"\\{found[1]}")


def of_sections(sections: Iterable[Section]) -> list[Part]:
    """The written parts of a page, with tables that fit a phone; ids are those of the index."""
    return [Part(labelled(s.text), s.anchor, s.heading, max(2, s.level)) for s in sections]


def placed(written: list[Part], made: Part, *, before: Iterable[str] = ()) -> list[Part]:
    """Add a part that the build makes.

    Where the author wrote a part of that name, it goes to its end. Else it stands before the first
    of the parts named, or last.
    """
    at = next((n for n, part in enumerate(written) if part.anchor == made.anchor), None)
    if at is not None:
        end = _end(written, at)
        return [*written[:end], Part(made.markdown), *written[end:]]
    names = set(before)
    at = next((n for n, part in enumerate(written) if part.anchor in names), len(written))
    return [*written[:at], made, *written[at:]]


def after(written: list[Part], names: Iterable[str], made: Part) -> list[Part]:
    """Add a part that the build makes behind the last of the parts named, or first."""
    wanted = set(names)
    found = [n for n, part in enumerate(written) if part.anchor in wanted]
    at = _end(written, found[-1]) if found else 0
    return [*written[:at], made, *written[at:]]


def _end(parts: list[Part], at: int) -> int:
    """Where a part ends, with the deeper ones below it."""
    for n, part in enumerate(parts[at + 1 :], at + 1):
        if part.heading and part.level <= parts[at].level:
            return n
    return len(parts)
