"""A file on its way to a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from search_index.content import Finding, Kind, Lang, Page, Section
from search_index.markdown import Link
from search_index.yamltext import Node


@dataclass(slots=True)
class Draft:
    """A file on its way to a page: what was read so far, and what is wrong with it.

    One that is not `sound` cannot be read any further. `links` are where it leads, and `places` the
    parts of pages that its quiz names, by the lines of the file.
    """

    path: PurePosixPath
    lang: Lang
    kind: Kind
    slug: str
    text: str = ""
    front: Node | None = None
    sound: bool = True
    body: str = ""
    body_line: int = 1
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    places: tuple[tuple[str, int], ...] = ()
    page: Page | None = None
    findings: list[Finding] = field(default_factory=list)

    def fail(self, line: int, message: str) -> None:
        """Put a mistake down that leaves nothing to read."""
        self.sound = False
        self.wrong(line, message)

    def wrong(self, line: int, message: str) -> None:
        """Put a mistake down."""
        self.findings.append(Finding(self.path, line, message))
