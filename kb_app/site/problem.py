"""The page of a problem type: the street card first, then how to understand and settle it."""

from __future__ import annotations

import re
from dataclasses import replace

from kb_app.site import pieces
from kb_app.site.edition import Edition
from kb_app.site.html import Html, joined, tag
from kb_app.site.links import annotated
from kb_app.site.staged import Part, after, of_sections, placed
from search_index import Card, Kind, Page, ProblemType

# A number to call, unless it counts something.
_CALL = re.compile(
    r"(?<![\d.\[:(/#¥])(110|119|120|122)(?![\d.%\]])"
    r"(?!\s*(?:[个辆把户起处次人条年月块万米元平分秒吨项家名件]|[a-z]+s\b|m\b|cm\b|km\b))"
)


def problem_parts(edition: Edition, page: Page, problem: ProblemType) -> tuple[Part, ...]:
    """Everything on the page of a problem type."""
    written = of_sections(page.sections)
    danger = [part for part in written if part.anchor == "danger"]
    parts = [_proven(edition, part) for part in written if part.anchor != "danger"]
    parts = after(parts, ("responses", "worked", "escalation"), _cases(edition, page))
    for made in (
        pieces.laws(edition, problem.basis),
        pieces.quiz(edition, page.url, problem.quiz),
        pieces.sources(edition, page.sources),
    ):
        if made is not None:
            parts = placed(parts, made, before=_FOLLOWING[made.anchor])
    top = (
        pieces.head(edition, page, _crumbs(edition, page), lesson=problem.card is None),
        street_card(edition, problem.card) if problem.card else None,
        _lesson(page) if problem.card else None,
        pieces.checked(edition, page),
        pieces.jumps(edition, [*danger, *parts]),
    )
    return (
        *(Part(piece) for piece in top if piece),
        *(_emergency(part) for part in danger),
        *parts,
        *_also(edition, page),
    )


_FOLLOWING = {
    "rules": ("unknown", "quiz", "sources"),
    "quiz": ("sources",),
    "sources": (),
}


def _proven(edition: Edition, part: Part) -> Part:
    """The responses, with the evidence behind each case that they name; other parts as they are."""
    if part.anchor != "responses":
        return part
    text = annotated(
        part.markdown,
        edition.proofs,
        lambda slug: pieces.proof_tag(edition, edition.proofs[slug]),
    )
    return replace(part, markdown=text)


def _crumbs(edition: Edition, page: Page) -> list[pieces.Crumb]:
    crumbs = [pieces.crumb(edition, Kind.PROBLEM)]
    group = edition.group_of.get(page.id)
    if group is not None:
        crumbs.append((group.name(edition.lang), f"/{edition.lang}/groups/{group.id}/"))
    return crumbs


def _lesson(page: Page) -> Html | None:
    return tag("p", page.lesson, class_="kb-lesson") if page.lesson else None


def street_card(edition: Edition, card: Card) -> Html:
    """Five rows that fit one screen of a phone, the first action first."""
    steps = tag("ol", *(tag("li", step) for step in card.do))
    rows = (
        ("look", card.look),
        ("do", steps),
        ("who", card.who),
        ("basis", card.basis),
        ("dont", card.dont),
    )
    return tag(
        "section",
        tag("dl", *(_row(edition, key, value) for key, value in rows if value)),
        class_="kb-card",
        aria_label=edition.word("card"),
    )


def _row(edition: Edition, key: str, value: str) -> Html:
    return tag(
        "div",
        tag("dt", edition.word(key)),
        tag("dd", value),
        class_=f"kb-card__row kb-card__row--{key}",
        id=key,
    )


def _emergency(part: Part) -> Part:
    """The box for danger to life; its numbers can be tapped."""
    text = _CALL.sub(r"[\1](tel:\1)", part.markdown)
    inside = Part(text, part.anchor, part.heading).text()
    return Part(f'<div class="kb-danger" markdown="1">\n\n{inside}\n\n</div>')


def _cases(edition: Edition, page: Page) -> Part:
    cases = edition.cases_by_topic.get(page.id, ())
    if cases:
        text = pieces.rows(edition, page.url, cases)
    else:
        text = tag("p", edition.word("cases_none"), class_="kb-empty")
    return Part(text, "cases", edition.word("cases_of"))


def _also(edition: Edition, page: Page) -> tuple[Part, ...]:
    """What people call it, for those who want to be sure that this is it."""
    if not page.aliases:
        return ()
    words = edition.word("and").join(page.aliases)
    label = tag("strong", edition.word("aliases"), edition.word("colon"))
    return (Part(tag("p", joined(label, words), class_="kb-also")),)
