"""The empty form of every kind of page: a draft that `kb check` has nothing to say about."""

from __future__ import annotations

from collections.abc import Mapping

from search_index.checks import is_slug
from search_index.content import Kind, Lang
from search_index.fields import OWN, Field, fields_of
from search_index.headings import FIXED, REQUIRED, heading

_TITLE = {Lang.ZH: "标题写发生了什么", Lang.EN: "What happened, as a headline"}
_OPENING = {
    Lang.ZH: "什么地方,什么时候,发生了什么,谁受影响。",
    Lang.EN: "Where, when, what happened, and whom it affects.",
}
_HINT = {
    Lang.ZH: "# 下面的字段知道了再填,去掉行首的 # 号;怎么填见 about/how-to-write-a-case.md",
    Lang.EN: "# Fill in what you know and take the # away; see about/how-to-write-a-case.md",
}


def new_page(kind: Kind, slug: str, lang: Lang = Lang.ZH) -> str:
    r"""The text of a new draft of that kind.

    Fields stand in it as comments, in the order of the documentation; a problem page begins with
    the heading of its first part. Raises ValueError if `slug` cannot name a page.

    >>> print(new_page(Kind.CASE, "shed-first").split("\n")[2])
    status: draft
    """
    if not is_slug(slug):
        msg = f"`{slug}` cannot name a page: small Latin letters, digits and hyphens"
        raise ValueError(msg)
    lines = ["---", f"title: {_TITLE[lang]}", "status: draft", _HINT[lang]]
    lines += [f"# {name}: {_sketch(its)}".rstrip() for name, its in _optional(kind).items()]
    lines += ["---", ""]
    anchors = REQUIRED.get(kind, ())
    first = heading(kind, anchors[0], lang) if anchors else None
    lines += [f"## {first}", ""] if first else []
    lines += [_OPENING[lang], ""]
    rest = [words for anchor in FIXED.get(kind, {}) if (words := heading(kind, anchor, lang))]
    lines += [f"## {words}\n" for words in rest[1:] if kind is Kind.CASE and words in _needed(lang)]
    return "\n".join(lines)


def _needed(lang: Lang) -> set[str | None]:
    return {heading(Kind.CASE, anchor, lang) for anchor in (*REQUIRED[Kind.CASE], "pitfalls")}


def _optional(kind: Kind) -> Mapping[str, Field]:
    known = fields_of(kind)
    skipped = {"title", "status", "translation_of"}
    ordered = [name for name in known if name not in OWN[kind]] + list(OWN[kind])
    return {name: known[name] for name in ordered if name not in skipped}


def _sketch(its: Field) -> str:
    """What goes behind the colon: the fields of a record, nothing for a single value."""
    return "{" + ", ".join(f"{name}: " for name in its.fields) + "}" if its.fields else ""
