"""The handbook: a language's cards, guides and cases as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from kb_app.site.compression import gzipped
from kb_app.site.dates import written
from kb_app.site.edition import Edition, is_duty
from kb_app.site.html import Html, joined, tag
from search_index import Group, Kind, Page

# After so many days its rules may have changed.
OLD_AFTER = 90
# What a chief needs of a case in the lane; of other pages all but what is for class and desk.
_OF_A_CASE = frozenset({"", "situation", "decision", "result", "pitfalls", "not-do", "transfer"})
_NOT_OF_OTHERS = frozenset({"quiz", "sources", "discussion", "related", "unknown"})
_ARTICLE = re.compile(
    r'<article class="kb-article" id="kb-content"[^>]*>(.*?)</article>', re.DOTALL
)
# What a page has below its text is for the site: a tap of feedback, a code to share.
_BELOW = re.compile(
    r'<section class="kb-feedback.*|<details class="kb-unfold kb-share.*', re.DOTALL
)
_HEAD = re.compile(r'<nav class="kb-(?:crumbs|jumps)".*?</nav>|<h1>.*?</h1>', re.DOTALL)
_PART = re.compile(r'^(?=<h2 id=")', re.MULTILINE)
_PART_ID = re.compile(r'<h2 id="([^"]*)"')
_ID = re.compile(r' id="([^"]+)"')
_LINK = re.compile(r' href="([^"]*)"')
_PICTURE = re.compile(r' src="([^"]*)"')
_HEADING = re.compile(r"(</?)h([2-5])\b")
_WORDS = (
    "handbook_old", "search_count", "search_one", "search_none", "search_none_hint", "several",
    "measured", "once", "untested", "failed", "relapsed", "problem", "case", "guide",
)  # fmt: skip


def file_name(lang: str) -> str:
    """What the file is called.

    >>> file_name("zh")
    'lanewise-handbook-zh.html'
    """
    return f"lanewise-handbook-{lang}.html"


@dataclass(frozen=True, slots=True)
class Leaves:
    """The pages of a built site that go into a handbook, by their addresses."""

    site: Path
    slugs: Mapping[str, str]

    @classmethod
    def of(cls, edition: Edition, site: Path) -> Leaves:
        """All problem pages, guides and cases of a language."""
        kinds = (Kind.PROBLEM, Kind.GUIDE, Kind.CASE)
        pages = (page for kind in kinds for page in edition.pages(kind))
        return cls(site, {page.url: page.id for page in pages})

    def leaf(self, page: Page) -> Html:
        """A page as a leaf that opens and closes."""
        title = tag("span", page.title, class_="kb-leaf__title")
        lesson = tag("span", page.lesson, class_="kb-leaf__lesson") if page.lesson else None
        text = (self.site / page.url.strip("/") / "index.html").read_text(encoding="utf-8")
        return tag(
            "details",
            tag("summary", tag("h3", title), lesson),
            tag("div", Html(self._text(page, text)), class_="kb-article"),
            class_="kb-leaf",
            id=page.id,
        )

    def _text(self, page: Page, text: str) -> str:
        """The parts that a chief needs, with links that stay in the file."""
        found = _ARTICLE.search(text)
        parts = _PART.split(_BELOW.sub("", _HEAD.sub("", found[1]))) if found else []
        kept = "".join(part for part in parts if _wanted(page.kind, part))
        kept = _HEADING.sub(lambda found: f"{found[1]}h{int(found[2]) + 2}", kept)
        kept = _LINK.sub(lambda found: self._link(page, found[1]), kept)
        kept = _PICTURE.sub(lambda found: f' src="{self._picture(page, found[1])}"', kept)
        return _ID.sub(lambda found: f' id="{page.id}--{found[1]}"', kept)

    def _link(self, page: Page, link: str) -> str:
        """A link into the handbook, or a call; what leads elsewhere becomes plain words."""
        if link.startswith("tel:"):
            return f' href="{link}"'
        there = urlsplit(urljoin(page.url, link))
        slug = None if there.netloc else self.slugs.get(unquote(there.path))
        if slug is None:
            return ""
        return f' href="#{slug}--{there.fragment}"' if there.fragment else f' href="#{slug}"'

    def _picture(self, page: Page, link: str) -> str:
        """A picture of the site as part of the file."""
        path = self.site / unquote(urljoin(page.url, link)).lstrip("/")
        kind = (
            "svg+xml" if path.suffix == ".svg" else path.suffix.lstrip(".").replace("jpg", "jpeg")
        )
        return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _wanted(kind: Kind, part: str) -> bool:
    found = _PART_ID.match(part)
    anchor = found[1] if found else ""
    return anchor in _OF_A_CASE if kind is Kind.CASE else anchor not in _NOT_OF_OTHERS


def handbook(edition: Edition, site: Path, pack: bytes, *, today: date) -> str:
    """The file, from the pages of a built site and the pack of its language (compressed)."""
    leaves = Leaves.of(edition, site)
    style, script = _asset("assets/lanewise.css") + _asset("handbook.css"), _program()
    words = {key: edition.word(key) for key in _WORDS}
    body = joined(
        _top(edition, today),
        tag("main", *_chapters(edition, leaves), class_="kb-handbook__chapters"),
        Html(f'<script type="text/plain" id="pack">{base64.b64encode(pack).decode()}</script>'),
        Html(f'<script type="application/json" id="words">{_json(words)}</script>'),
        Html(f"<script>{script}</script>"),
    )
    return (
        f'<!doctype html><html lang="{edition.lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{edition.word('handbook')} · {edition.word('site')}</title>"
        f"<style>{style}</style></head>"
        f'<body class="kb-handbook" data-day="{today}" data-old-after="{OLD_AFTER}">'
        f"{body}</body></html>\n"
    )


def _asset(name: str) -> str:
    return files("kb_app.site").joinpath(name).read_text(encoding="utf-8")


def _program() -> str:
    return _asset("assets/lanewise-matcher.js") + _asset("handbook.js")


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere, and of what is inside only this style and this script."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def _top(edition: Edition, today: date) -> Html:
    """Title, day, the banner of an old handbook, and the search box."""
    box = tag(
        "input",
        type="search",
        id="q",
        maxlength=500,
        autocomplete="off",
        aria_label=edition.word("search_label"),
        placeholder=edition.word("search_hint"),
        aria_controls="found",
    )
    return tag(
        "header",
        tag("h1", edition.word("handbook")),
        tag(
            "p",
            edition.word("handbook_of", day=written(today, edition.lang)),
            class_="kb-handbook__day",
        ),
        tag(
            "p", edition.word("handbook_old"), class_="kb-handbook__old", role="alert", hidden=True
        ),
        tag("div", box, class_="kb-handbook__find", hidden=True),
        tag("div", "", id="found", class_="kb-handbook__found kb-article", aria_live="polite"),
        class_="kb-handbook__top",
    )


def _chapters(edition: Edition, leaves: Leaves) -> Iterable[Html]:
    """Problems by group, then guides, then cases by group."""
    problems = [
        _section(leaves, group.name(edition.lang), _of(edition, group, Kind.PROBLEM))
        for group in edition.library.groups
        if not is_duty(group)
    ]
    cases = [
        _section(leaves, group.name(edition.lang), _of(edition, group, Kind.CASE))
        for group in edition.library.groups
    ]
    guides = [_section(leaves, "", list(edition.pages(Kind.GUIDE)))]
    for key, found in (("problems", problems), ("guides_title", guides), ("cases", cases)):
        yield tag("section", tag("h2", edition.word(key)), *found, class_="kb-handbook__chapter")


def _of(edition: Edition, group: Group, kind: Kind) -> list[Page]:
    """The pages of a kind whose first problem is of that group, the best proven cases first."""
    pages = [page for page in edition.pages(kind) if edition.main_group(page) == group]
    return list(edition.ranked(pages)) if kind is Kind.CASE else pages


def _section(leaves: Leaves, name: str, pages: list[Page]) -> Html | None:
    if not pages:
        return None
    title = tag("h3", name, class_="kb-handbook__group") if name else None
    return tag("section", title, *(leaves.leaf(page) for page in pages))


def write_handbook(edition: Edition, site: Path, folder: Path, *, today: date) -> None:
    """Lay the handbook of a language beside what phones keep, also compressed."""
    (pack,) = folder.glob(f"pack-{edition.lang}.*.bin")
    text = handbook(edition, site, pack.read_bytes(), today=today).encode()
    path = folder / file_name(edition.lang)
    path.write_bytes(text)
    path.with_name(f"{path.name}.gz").write_bytes(gzipped(text))
