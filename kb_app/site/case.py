"""The page of a case: facts first, then the story with its dilemmas, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kb_app.site import pieces
from kb_app.site.edition import Edition
from kb_app.site.facts import before_after, strip
from kb_app.site.html import Html, tag
from kb_app.site.staged import Part, after, of_sections, placed
from search_index import Case, Kind, Page, Provenance


def case_parts(edition: Edition, page: Page, case: Case) -> tuple[Part, ...]:
    """Everything on the page of a case."""
    parts = of_sections(page.sections)
    for before, dilemma in _dilemmas(edition, page, case):
        parts = placed(parts, dilemma, before=(before,))
    parts = _warned(edition, parts, case)
    for made in (
        pieces.laws(edition, case.basis),
        pieces.quiz(edition, page.url, case.quiz),
        pieces.sources(edition, page.sources),
    ):
        if made is not None:
            parts = placed(parts, made, before=("sources",))
    top = (
        pieces.head(edition, page, _crumbs(edition, page)),
        _composite(edition, case),
        strip(edition, page, case),
        pieces.checked(edition, page),
        before_after(edition, case),
        pieces.jumps(edition, parts),
    )
    return (*(Part(piece) for piece in top if piece), *parts, *_neighbours(edition, page, case))


def _crumbs(edition: Edition, page: Page) -> list[pieces.Crumb]:
    crumbs = [pieces.crumb(edition, Kind.CASE)]
    group = edition.main_group(page)
    if group is not None:
        crumbs.append((group.name(edition.lang), f"/{edition.lang}/groups/{group.id}/#cases"))
    return crumbs


def _composite(edition: Edition, case: Case) -> Html | None:
    if case.provenance is not Provenance.COMPOSITE:
        return None
    return tag("p", edition.word("composite"), class_="kb-note kb-note--composite", role="note")


def _dilemmas(edition: Edition, page: Page, case: Case) -> Iterator[tuple[str, Part]]:
    """The decision points, each before the part of the story that tells how it went."""
    order = {section.anchor: n for n, section in enumerate(page.sections)}
    points = sorted(
        enumerate(case.decision_points, 1),
        key=lambda point: order.get(point[1].at, len(order)),
    )
    first = True
    for at, group in groupby(points, key=lambda point: point[1].at):
        text = "\n\n".join(_dilemma(edition, case, number) for number, _ in group)
        title = edition.word("decision_points")
        if first:
            text += "\n\n" + pieces.room_link(edition, page, "hold")
        yield at, Part(text, "decision-points", title) if first else Part(text)
        first = False


def _dilemma(edition: Edition, case: Case, number: int) -> Html:
    """What to decide, and among what; how it went is folded away."""
    point = case.decision_points[number - 1]
    several = len(case.decision_points) > 1
    counted = tag("p", edition.word("point", n=number), class_="kb-decide__number")
    return tag(
        "section",
        counted if several else None,
        tag("p", point.ask, class_="kb-decide__ask"),
        pieces.options(point.options),
        pieces.unfold(
            edition.word("point_reveal"),
            _told(edition, "point_done", point.done),
            _told(edition, "point_why", point.why),
        ),
        class_="kb-decide",
        id=f"decision-point-{number}",
    )


def _told(edition: Edition, key: str, words: str) -> Html:
    label = tag("strong", edition.word(key), edition.word("colon"))
    return tag("p", label, words)


def _warned(edition: Edition, parts: list[Part], case: Case) -> list[Part]:
    """What not to do, below what was learnt."""
    if not case.not_do:
        return parts
    below = any(part.anchor == "pitfalls" for part in parts)
    text = pieces.bullets(case.not_do, "kb-dont")
    made = Part(text, "not-do", edition.word("not_do"), 3 if below else 2)
    return after(parts, ("pitfalls",) if below else ("result", "decision", "situation"), made)


def _neighbours(edition: Edition, page: Page, case: Case) -> Iterator[Part]:
    """The problems it helps with, and the cases it gave its method to or took it from."""
    found = (
        ("used_by", edition.known(page.problems)),
        ("reused_from", edition.known(case.reused_from)),
        ("reused_by", edition.reused_by(page)),
    )
    rows = [
        tag("div", tag("dt", edition.word(key)), *(tag("dd", link) for link in links))
        for key, pages in found
        if (links := pieces.page_links(page.url, pages))
    ]
    if rows:
        yield Part(tag("dl", *rows, class_="kb-links"))
