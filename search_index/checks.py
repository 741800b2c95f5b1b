"""What must hold of a page beyond the shape of its fields: headings, lengths, links, privacy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from search_index.content import Case, Kind, Lang, Page, ProblemType, Session, Status
from search_index.draft import Draft
from search_index.fields import nearest
from search_index.headings import MADE, REQUIRED, anchors_by_heading, heading
from search_index.markdown import Link, harmful, raw_html
from search_index.yamltext import Node

# Measured: what fits a screen of 360 by 640 under the header (LOOK.md, street card).
CARD_ZH, CARD_EN = 200, 65
LESSON_ZH, LESSON_EN = 40, 25

_PRIVATE = (
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "a mobile number"),
    (re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?!\d)"), "an identity number"),
    (
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z]"
            r"[·• ]?(?=[A-HJ-NP-Z0-9]*\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
        ),
        "a number plate",
    ),
)
_NEEDED = {
    Kind.CASE: ("lesson", "problems", "owner", "checked_on", "review_every", "sources"),
    Kind.PROBLEM: ("lesson", "owner", "checked_on", "review_every", "sources"),
    Kind.GUIDE: ("lesson", "problems", "owner", "checked_on", "review_every", "sources"),
    Kind.SESSION: ("lesson", "problems", "owner", "checked_on"),
    Kind.PLAN: ("lesson", "problems", "owner", "checked_on"),
    Kind.ABOUT: (),
    Kind.PAGE: (),
}
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Addresses that the site makes itself.
_TAKEN = frozenset({"index", "search", "404", "groups", "glossary", "assets", "shell"}) | {
    kind.folder for kind in Kind if kind.folder
}


def is_slug(name: str) -> bool:
    """Whether a name can be a page's: small letters, digits, hyphens, and no address of the site.

    >>> is_slug("shed-first"), is_slug("Shed"), is_slug("index")
    (True, False, False)
    """
    return bool(_SLUG.fullmatch(name)) and name not in _TAKEN


def check_page(draft: Draft, front: Node) -> None:
    """Everything about one page that needs no other page."""
    page = draft.page
    if page is None:
        return
    if draft.kind is not Kind.PAGE and not is_slug(draft.slug):
        draft.wrong(1, "a file name is small Latin letters, digits and hyphens: `shed-first.md`")
    _check_headings(draft, page)
    _check_lengths(draft, front, page)
    _check_counts(draft, front, page)
    check_body(draft)
    if page.status is Status.PUBLISHED:
        _check_complete(draft, front)


def check_body(draft: Draft) -> None:
    """What may stand in the text of any page: no HTML, nothing harmful, nothing private."""
    _check_private(draft)
    lines = raw_html(draft.body)
    for number in lines:
        draft.wrong(draft.body_line + number - 1, "HTML is not allowed; write Markdown")
    for name in dict.fromkeys(harmful(draft.body)) if not lines else ():
        draft.wrong(draft.body_line, f"`{name}` is not allowed on a page")


def _check_complete(draft: Draft, front: Node) -> None:
    for name in _NEEDED[draft.kind]:
        entry = front.entries.get(name)
        if entry is None:
            draft.wrong(front.line, f"`{name}` is missing; a published page needs it")
        elif not entry.value and not entry.inherited:
            draft.wrong(entry.line, f"`{name}` is empty; a published page needs it")
    have = {section.anchor for section in draft.sections if section.text}
    for anchor in REQUIRED.get(draft.kind, ()):
        if anchor not in have and not _has_children(draft, anchor):
            words = heading(draft.kind, anchor, draft.lang)
            draft.wrong(draft.body_line, f"the part `## {words}` is missing or empty")
    if draft.kind is Kind.CASE and not have & {"pitfalls", "transfer"}:
        pitfalls, transfer = (heading(draft.kind, a, draft.lang) for a in ("pitfalls", "transfer"))
        draft.wrong(draft.body_line, f"one of `## {pitfalls}` and `## {transfer}` is missing")


def _has_children(draft: Draft, anchor: str) -> bool:
    """Whether a heading's text stands under deeper headings of its own."""
    following = iter(draft.sections)
    if not any(section.anchor == anchor for section in following):
        return False
    after = next(following, None)
    return after is not None and after.level > 2 and bool(after.text)  # noqa: PLR2004 - below `##`


def _check_headings(draft: Draft, page: Page) -> None:
    fixed = anchors_by_heading(draft.kind, draft.lang)
    order = list(fixed)
    seen: dict[str, int] = {}
    last = -1
    for section in draft.sections:
        if not section.anchor:
            continue
        if section.level == 1 and page.kind is not Kind.PAGE:
            draft.wrong(section.line, "the title stands in the front matter; begin with `##`")
        if section.heading in seen and page.kind is not Kind.PAGE:
            first = seen[section.heading]
            draft.wrong(section.line, f"heading `{section.heading}` is used twice (line {first})")
        seen.setdefault(section.heading, section.line)
        if fixed and section.level == 2:  # noqa: PLR2004 - `##`
            if section.heading not in fixed:
                hint = nearest(section.heading, order)
                draft.wrong(section.line, f"unknown heading `{section.heading}`{hint}")
            elif order.index(section.heading) < last:
                draft.wrong(section.line, f"`{section.heading}` stands too late; see the order")
            else:
                last = order.index(section.heading)
    if fixed and draft.sections and not draft.sections[0].anchor:
        draft.wrong(draft.sections[0].line, f"text before the first heading `## {order[0]}`")


def _size(words: str, lang: Lang) -> int:
    """Length as the limits count it: characters in Chinese, words in English."""
    return len("".join(words.split())) if lang is Lang.ZH else len(words.split())


def _check_lengths(draft: Draft, front: Node, page: Page) -> None:
    unit = "characters" if page.lang is Lang.ZH else "words"
    limit = LESSON_ZH if page.lang is Lang.ZH else LESSON_EN
    lesson = front.entries.get("lesson")
    if lesson is not None and page.kind is not Kind.PAGE and _size(page.lesson, page.lang) > limit:
        size = _size(page.lesson, page.lang)
        draft.wrong(lesson.line, f"`lesson` has {size} {unit}; {limit} at the most")
    card = page.details.card if isinstance(page.details, ProblemType) else None
    if card is not None:
        rows = (card.look, *card.do, card.who, card.basis, card.dont)
        size = sum(_size(row, page.lang) for row in rows)
        most = CARD_ZH if page.lang is Lang.ZH else CARD_EN
        if size > most:
            line = front.entries["card"].line
            draft.wrong(line, f"`card` has {size} {unit} in all; {most} fit one screen")


def _check_counts(draft: Draft, front: Node, page: Page) -> None:
    details = page.details
    if isinstance(details, Case):
        _check_points(draft, front, details)
        span = details.happened
        if span and span.end and span.end.last < span.start.first:
            draft.wrong(front.entries["happened"].line, "`happened` ends before it begins")
    if isinstance(details, Session):
        _check_session(draft, front, details)
    quiz = getattr(details, "quiz", ())
    nodes = front.entries["quiz"].items if quiz else ()
    if len(nodes) == len(quiz):
        for node, item in zip(nodes, quiz, strict=True):
            if not 1 <= item.answer <= len(item.options):
                draft.wrong(node.line, f"`answer` {item.answer} of {len(item.options)} options")


def _check_points(draft: Draft, front: Node, case: Case) -> None:
    have = {section.anchor for section in draft.sections}
    nodes = front.entries["decision_points"].items if case.decision_points else ()
    for node, point in zip(nodes, case.decision_points, strict=False):
        if point.at not in have:
            draft.wrong(
                node.line, f"`at: {point.at}` is no part of this case{nearest(point.at, have)}"
            )
        if len(point.options) < 2:  # noqa: PLR2004 - a choice
            draft.wrong(node.line, "a decision point needs two options or more")


def _check_session(draft: Draft, front: Node, session: Session) -> None:
    spent = sum(item.minutes for item in session.agenda)
    if session.minutes is not None and session.agenda and spent != session.minutes:
        line = front.entries["agenda"].line
        draft.wrong(line, f"the agenda takes {spent} minutes, `minutes` says {session.minutes}")
    for node, aim in zip(
        front.entries["objectives"].items if session.objectives else (),
        session.objectives,
        strict=False,
    ):
        if not 1 <= aim.quiz <= len(session.quiz):
            draft.wrong(node.line, f"quiz item {aim.quiz} does not exist")


def _check_private(draft: Draft) -> None:
    for number, line in enumerate(draft.text.split("\n"), 1):
        if line.startswith("translation_of:"):
            continue  # a hash may hold any run of digits
        for pattern, what in _PRIVATE:
            if pattern.search(line):
                draft.wrong(number, f"{what} looks like personal data; take it out")


def check_translation(draft: Draft, source_hash: str) -> None:
    """Whether a translation says which source text it renders, and whether that is still so."""
    node = draft.front.entries.get("translation_of") if draft.front else None
    if node is None:
        draft.wrong(1, "`translation_of` is missing; run `kb translated` on this file")
    elif node.text != source_hash:
        draft.wrong(
            node.line,
            "the source text changed after this translation; read it again, mend this file, "
            "then run `kb translated` on it",
        )


def check_links(drafts: Iterable[Draft], content: Path) -> None:
    """Links and pictures that lead nowhere, and anchors that do not exist."""
    known = list(drafts)
    by_path = {draft.path: draft for draft in known}
    by_slug = {(draft.lang, draft.slug): draft for draft in known}
    for draft in known:
        for link in draft.links:
            message = _dead_picture(link) or _dead_link(draft, link, by_path, content)
            if message:
                draft.wrong(link.line, message)
        for place, line in draft.places:
            page, _, anchor = place.partition("#")
            # The place is a fact, so both languages must have it under the same name.
            for lang in Lang:
                there = by_slug.get((lang, page))
                message = _dead_anchor(there, anchor, str(there.path)) if there else None
                if message:
                    draft.wrong(line, message)


def linked(draft: Draft) -> Iterator[PurePosixPath]:
    """The files that a draft's links may lead to."""
    for link in draft.links:
        if not _ELSEWHERE.match(link.target):
            path = _resolved(draft.path, unquote(link.target).partition("#")[0])
            if path is not None:
                yield path


def anchors(draft: Draft) -> set[str]:
    """Every id that a link to this page may name."""
    return {section.anchor for section in draft.sections} | set(MADE.get(draft.kind, ()))


def _dead_anchor(there: Draft, anchor: str, name: str) -> str | None:
    if not anchor or anchor in anchors(there):
        return None
    return f"`{name}` has no part `#{anchor}`{nearest(anchor, anchors(there))}"


def _dead_picture(link: Link) -> str | None:
    """What is wrong with a picture by itself, None if nothing is or if it is a link."""
    if link.image and not link.text.strip():
        return f"the picture `{link.target}` has no words for those who cannot see it"
    if link.image and _ELSEWHERE.match(link.target):
        return f"the picture `{link.target}` lies on another host; put it beside the pages"
    return None


def _dead_link(
    draft: Draft, link: Link, by_path: Mapping[PurePosixPath, Draft], content: Path
) -> str | None:
    """What is wrong with where a link leads, None if nothing is."""
    if _ELSEWHERE.match(link.target):
        allowed = re.match(r"(?:https?|mailto|tel):", link.target, re.IGNORECASE)
        return None if allowed else f"the link `{link.target}` is of a sort that is not allowed"
    name, _, anchor = unquote(link.target).partition("#")
    path = _resolved(draft.path, name) if name else draft.path
    if path is None:
        return f"the link `{link.target}` leads out of the content"
    if path in by_path:
        return _dead_anchor(by_path[path], anchor, name or draft.path.name)
    if path.suffix != ".md" and (content / path).is_file():
        return None
    near = [other.stem for other in by_path if other.parent == path.parent]
    return f"dead link `{link.target}`{nearest(path.stem, near)}"


def _resolved(path: PurePosixPath, name: str) -> PurePosixPath | None:
    """The path a relative link names, None if it leaves the content folder."""
    parts = list(path.parent.parts)
    for part in PurePosixPath(name).parts:
        if part == "/" or (part == ".." and not parts):
            return None
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)
