"""What is missing for a session to be held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from search_index import MADE, AgendaKind, Case, Finding, Lang, Library, Page, Session


def missing(library: Library, page: Page, session: Session, content: Path) -> list[Finding]:
    """Everything that a trainer would stumble over, with the line of the session's own file."""
    lines = (content / page.path).read_text(encoding="utf-8").splitlines()
    wrong = (*_minutes(session), *_aims(session), *_cases(library, page, session))
    places = (*_places(library, page, session), *_translation(library, page))
    return [Finding(page.path, _line(lines, key), message) for key, message in (*wrong, *places)]


def _line(lines: list[str], key: str) -> int:
    return next((n for n, line in enumerate(lines, 1) if key in line), 1)


def _minutes(session: Session) -> Iterator[tuple[str, str]]:
    spent = sum(item.minutes for item in session.agenda)
    if spent != session.minutes:
        yield "agenda:", f"the agenda takes {spent} minutes, `minutes` says {session.minutes}"


def _aims(session: Session) -> Iterator[tuple[str, str]]:
    for aim in session.objectives:
        if not 1 <= aim.quiz <= len(session.quiz):
            yield aim.text, f"the objective has no quiz item: {aim.text}"


def _cases(library: Library, page: Page, session: Session) -> Iterator[tuple[str, str]]:
    for item in session.agenda:
        if item.kind is AgendaKind.CASE:
            there = library.page(item.ref or "", page.lang)
            case = there.details if there else None
            if not isinstance(case, Case):
                yield item.ref or "agenda:", f"there is no case {item.ref}"
            elif not case.decision_points:
                yield item.ref or "agenda:", f"the case {item.ref} has no decision points"


def _places(library: Library, page: Page, session: Session) -> Iterator[tuple[str, str]]:
    for item in session.quiz:
        slug, _, anchor = item.source.partition("#")
        there = library.page(slug, page.lang)
        if there is None or (anchor and anchor not in _anchors(there)):
            yield item.source, f"the place {item.source} of a quiz item is gone"


def _anchors(page: Page) -> set[str]:
    """Every part of a page that a link may name."""
    return {section.anchor for section in page.sections} | set(MADE.get(page.kind, ()))


def _translation(library: Library, page: Page) -> Iterator[tuple[str, str]]:
    if (page.lang.other, page.id) not in library.pages:
        yield "title:", f"no {'English' if page.lang is Lang.ZH else 'Chinese'} translation"
