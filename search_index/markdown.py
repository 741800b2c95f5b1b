"""Markdown as the site shows it: headings and anchors, links, and the words a reader sees.

One renderer for all: the site generator is configured with the same extensions, so what is indexed
and quoted is what stands on the page.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple

import nh3
from markdown import Markdown
from pymdownx.slugs import slugify

from search_index.content import Section

MARKDOWN_EXTENSIONS = [
    "admonition", "attr_list", "fenced_code", "footnotes", "md_in_html", "tables",
]  # fmt: skip
MARKDOWN_CONFIGS: Mapping[str, Mapping[str, Any]] = {"tables": {"use_align_attribute": True}}

_ATX = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_SETEXT = re.compile(r"(=+|-{2,})[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LINK = re.compile(
    r"(!?)\[((?:[^\[\]\\]|\\.)*)\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s]*)?)>?[^)]*\)"
)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_HTML = re.compile(r"<(?:[A-Za-z][\w-]*(?:\s|/?>|$)|/[A-Za-z]|!--|\?)")
_ATTRS = re.compile(r"[ \t]*\{:?[ \t]*#([\w-]+)[^}]*\}[ \t]*$")

_slug = slugify(case="lower")


class Heading(NamedTuple):
    """A heading of a text: its depth, its words, its line from 1, and an id if it names one."""

    level: int
    text: str
    line: int
    anchor: str | None = None


class Link(NamedTuple):
    """A link or picture of a text: where it points, its words, and its line from 1."""

    target: str
    text: str
    line: int
    image: bool


def anchor_of(heading: str) -> str:
    """The id the site gives to a heading.

    >>> anchor_of("Who to call? 找谁"), anchor_of("结果")
    ('who-to-call-找谁', '结果')
    """
    return str(_slug(heading, "-"))


def _prose(text: str) -> Iterator[tuple[int, str, bool]]:
    """Lines with their number, and whether each is prose rather than fenced code."""
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if fence:
            yield number, line, False
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
            yield number, line, False
        else:
            yield number, line, True


def headings(text: str) -> list[Heading]:
    """The headings of a Markdown text, in order; those in code are not."""
    found: list[Heading] = []
    before = ""
    for number, line, prose in _prose(text):
        atx = _ATX.fullmatch(line) if prose else None
        if atx:
            words = atx[2] or ""
            named = _ATTRS.search(words)
            words = words[: named.start()] if named else words
            found.append(Heading(len(atx[1]), words.strip(), number, named[1] if named else None))
        elif prose and _is_title(before) and _SETEXT.fullmatch(line):
            found.append(Heading(1 if line[0] == "=" else 2, before.strip(), number - 1))
        before = line if prose and not atx else ""
    return found


def _is_title(line: str) -> bool:
    return bool(line.strip()) and not line.startswith((" ", "\t", "-", "*", ">", "|", "+"))


def sections(text: str, *, first_line: int = 1) -> tuple[Section, ...]:
    r"""Cut a text at its headings; what stands before the first one has the anchor "".

    Anchors are unique: a heading that returns gets ``_1``, ``_2`` as on the site.

    >>> [(s.anchor, s.text) for s in sections("Hello\n## One\nA\n## One\nB")]
    [('', 'Hello'), ('one', 'A'), ('one_1', 'B')]
    """
    lines = text.split("\n")
    starts = headings(text)
    ends = [heading.line - 1 for heading in starts] + [len(lines)]
    found = [Section("", "", 0, "\n".join(lines[: ends[0]]).strip(), first_line)]
    seen: set[str] = set()
    for heading, end in zip(starts, ends[1:], strict=True):
        anchor = heading.anchor or anchor_of(plain(heading.text)) or "section"
        name, count = anchor, 0
        while name in seen:
            count += 1
            name = f"{anchor}_{count}"
        seen.add(name)
        body = lines[heading.line : end]
        if body and _SETEXT.fullmatch(body[0]):
            body = body[1:]
        found.append(
            Section(
                name,
                plain(heading.text),
                heading.level,
                "\n".join(body).strip(),
                heading.line + first_line - 1,
            )
        )
    return tuple(section for section in found if section.anchor or section.text)


def links(text: str) -> list[Link]:
    """The links and pictures of a text, without those in code."""
    found = []
    for number, line, prose in _prose(text):
        if prose:
            bare = _CODE.sub("", line)
            found += [Link(m[3], m[2], number, m[1] == "!") for m in _LINK.finditer(bare)]
    return found


def raw_html(text: str) -> list[int]:
    """The lines of a text that hold HTML, without those in code."""
    return [
        number
        for number, line, prose in _prose(text)
        if prose and _HTML.search(_CODE.sub("", line))
    ]


class _Harmful(HTMLParser):
    """Notes what a reader's browser should not be given."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.found.append(f"<{tag}>")
        self.found += [
            name
            for name, value in attrs
            if name not in _ALLOWED or (name in {"href", "src"} and _SCHEME.match(value or ""))
        ]


_TAGS = nh3.ALLOWED_TAGS | {"input", "section"}
_ALLOWED = frozenset(
    ("align", "alt", "class", "colspan", "href", "id", "role", "rowspan", "src", "start", "title")
)
_SCHEME = re.compile(r"\s*(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def harmful(text: str) -> list[str]:
    r"""Tags, attributes and addresses in what a text is rendered to that no page may have.

    >>> harmful("[a](b.md) **c**"), harmful("x\n{: onclick=y }"), harmful("[a][1]\n\n[1]: data:x")
    ([], ['onclick'], ['href'])
    """
    parser = _Harmful()
    parser.feed(_convert(text))
    parser.close()
    return parser.found


def plain(text: str) -> str:
    """The words of one line of Markdown without its marks.

    >>> plain("Who **must** [move it](../cases/a.md)?")
    'Who must move it?'
    """
    if not re.search(r"[*_`\[\]<>&\\]", text):
        return " ".join(text.split())
    return " ".join(" ".join(blocks(text)).split())


def render(text: str) -> str:
    """Markdown to HTML, sanitised: no script, no style, no handler, no foreign frame."""
    return nh3.clean(_convert(text), attributes=_ATTRIBUTES, link_rel="noopener")


class _Converter(threading.local):
    """One a thread: making it takes longer than converting a page with it."""

    def __init__(self) -> None:
        self.markdown = Markdown(
            extensions=MARKDOWN_EXTENSIONS,
            extension_configs={name: dict(config) for name, config in MARKDOWN_CONFIGS.items()},
        )


_converter = _Converter()


def _convert(text: str) -> str:
    """Markdown to HTML as it is; nothing is left of the text before, even if that one failed."""
    return _converter.markdown.reset().convert(text)


_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    **{name: {"id", "class"} for name in ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div")},
    "a": {"href", "title", "hreflang", "id", "class"},
    "td": {"align"},
    "th": {"align", "scope"},
}


class _Blocks(HTMLParser):
    """Collects the text of every block of a page in order."""

    BLOCK = frozenset(
        {
            "p",
            "li",
            "td",
            "th",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "pre",
            "dt",
            "dd",
            "div",
            "blockquote",
            "tr",
            "table",
            "ul",
            "ol",
            "hr",
            "section",
            "figcaption",
        }
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._now: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BLOCK:
            self.flush()
        elif tag == "br":
            self._now.append(" ")
        elif tag == "img":
            self._now.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BLOCK:
            self.flush()

    def handle_data(self, data: str) -> None:
        self._now.append(data)

    def flush(self) -> None:
        words = " ".join("".join(self._now).split())
        if words:
            self.found.append(words)
        self._now = []


def blocks(text: str) -> tuple[str, ...]:
    r"""The paragraphs, list items and cells that a reader sees, as plain text, in order.

    >>> blocks("Call *first*.\n\n- one\n- two")
    ('Call first.', 'one', 'two')
    """
    return blocks_of_html(render(text))


def blocks_of_html(html: str) -> tuple[str, ...]:
    """The same of a page that is rendered already."""
    parser = _Blocks()
    parser.feed(html)
    parser.close()
    parser.flush()
    return tuple(parser.found)
