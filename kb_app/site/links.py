"""Links between staged pages: none may be dead, whatever was published and whatever was not."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping

_LINK = re.compile(r"(?<!!)\[((?:[^\[\]\\]|\\.)*)\]\(([^()\s]+\.md|)(#[^()\s]*)?\)")
_ANCHOR = re.compile(r'\{#([^}\s]+)\}|\sid="([^"]+)"')


def anchors(text: str) -> frozenset[str]:
    r"""The ids that a staged page gives to its parts.

    >>> sorted(anchors('## Do {#do}\n\n<div id="who">'))
    ['do', 'who']
    """
    return frozenset(found[0] or found[1] for found in _ANCHOR.findall(text))


def mended(path: str, text: str, known: Mapping[str, frozenset[str]]) -> str:
    """The text without links to pages and parts that the site does not have; the words stay.

    `known` are the anchors of every page by its path.

    >>> known = {"cases/a.md": frozenset({"result"}), "guides/b.md": frozenset()}
    >>> mended("guides/b.md", "[A](../cases/a.md#quiz) and [C](../cases/c.md)", known)
    '[A](../cases/a.md) and C'
    """

    def mend(link: re.Match[str]) -> str:
        words, target, anchor = link[1], link[2], (link[3] or "")[1:]
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        page = known.get(there if target else path)
        if page is None:
            return words
        if anchor in page or not anchor:
            return link[0]
        return f"[{words}]({target})" if target else words

    return _LINK.sub(mend, text)


def annotated(text: str, slugs: Iterable[str], note: Callable[[str], str]) -> str:
    """The text with a note behind each link to one of those cases.

    >>> annotated("[A](../cases/a.md#result)", ["a"], lambda slug: f"({slug})")
    '[A](../cases/a.md#result) (a)'
    """
    wanted = set(slugs)

    def annotate(link: re.Match[str]) -> str:
        folder, _, name = link[2].rpartition("/")
        slug = name.removesuffix(".md")
        known = folder.endswith("cases") and slug in wanted
        return f"{link[0]} {note(slug)}" if known else link[0]

    return _LINK.sub(annotate, text)
