"""What a case comes to, at a glance: the fact strip, the line of rechecks, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb_app.site import pieces
from kb_app.site.dates import from_to, written
from kb_app.site.edition import Edition
from kb_app.site.html import Html, joined, tag
from search_index import Case, Lang, Page, PartialDate, Recheck

# Where the line of rechecks begins and ends, in hundredths of its width.
_FIRST, _LAST = 3, 97


def strip(edition: Edition, page: Page, case: Case) -> Html:
    """Where, when, what became of it, how well it is proven, who took part, whether it held."""
    cells = (
        ("where", _where(edition, case)),
        ("when", _when(edition, case)),
        ("outcome", pieces.outcome_tag(edition, case.outcome)),
        ("evidence", pieces.proof_link(edition, page.url, edition.proofs.get(page.id))),
        ("parties", edition.listed(case.parties)),
        ("rechecks", _rechecks(edition, case)),
    )
    rows = (
        tag("div", tag("dt", edition.word(key)), tag("dd", value), class_=f"kb-fact kb-fact--{key}")
        for key, value in cells
        if value
    )
    return tag("dl", *rows, class_="kb-facts", aria_label=edition.word("facts"))


def _where(edition: Edition, case: Case) -> str:
    """District, city and kind of place, in the order of the language."""
    kind = edition.term(case.place_kind) if case.place_kind else ""
    named = [part for part in (case.place.city, case.place.district) if part] if case.place else []
    if edition.lang is Lang.ZH:
        return "，".join(part for part in ("".join(named), kind) if part)
    return ", ".join(part for part in [*reversed(named), kind] if part)


def _when(edition: Edition, case: Case) -> str:
    span = case.happened
    return from_to(span.start, span.end, edition.lang) if span else ""


def _rechecks(edition: Edition, case: Case) -> Html:
    """The rechecks as dots on a line from the act to the last of them, and in words."""
    if not case.rechecks:
        return tag("span", edition.word("recheck_none"), class_="kb-quiet")
    found = sorted(case.rechecks, key=lambda recheck: recheck.on.first)
    words = (_recheck(edition, recheck) for recheck in found)
    return joined(time_line(_acted(case), found), tag("ol", *words, class_="kb-rechecks"))


def _recheck(edition: Edition, recheck: Recheck) -> Html:
    held = "held" if recheck.held else "not_held"
    told = f"{written(recheck.on, edition.lang)} {edition.word(held)}"
    if recheck.value is not None:
        told += edition.word("value", value=number(recheck.value))
    return tag("li", told, class_=f"kb-recheck kb-recheck--{held.replace('_', '-')}")


def _acted(case: Case) -> date | None:
    """The day from which holding is counted."""
    if case.measure is not None and case.measure.after_on is not None:
        return case.measure.after_on.first
    span = case.happened
    return (span.end or span.start).first if span else None


def time_line(start: date | None, rechecks: Sequence[Recheck]) -> Html:
    """A line with a mark where it began and a dot for every recheck: full if it held."""
    days = [recheck.on.first.toordinal() for recheck in rechecks]
    first = min([start.toordinal(), *days]) if start else min(days)
    width = max(days) - first or 1
    places = [round(_FIRST + (_LAST - _FIRST) * (day - first) / width) for day in days]
    return tag(
        "svg",
        _line(_FIRST, _LAST, 12, 12, "kb-line"),
        _line(_FIRST, _FIRST, 5, 19, "kb-line"),
        *(_dot(place, each) for place, each in zip(places, rechecks, strict=True)),
        class_="kb-time",
        width="100%",
        height="24",
        aria_hidden="true",
    )


def _line(left: int, right: int, top: int, bottom: int, class_: str) -> Html:
    return tag("line", x1=f"{left}%", x2=f"{right}%", y1=top, y2=bottom, class_=class_)


def _dot(place: int, recheck: Recheck) -> Html:
    if recheck.held:
        return tag("circle", cx=f"{place}%", cy=12, r=6, class_="kb-dot")
    circle = tag("circle", cx=f"{place}%", cy=12, r=6, class_="kb-dot--open")
    return joined(circle, _line(place, place, 3, 21, "kb-dot-tick"))


def number(value: float) -> str:
    """A number as people write it.

    >>> number(40.0), number(0.5), number(12500.0)
    ('40', '0.5', '12,500')
    """
    return f"{value:,.10g}"


def before_after(edition: Edition, case: Case) -> Html | None:
    """What was counted, before and after, as two bars with their numbers."""
    measure = case.measure
    if measure is None:
        return None
    most = max(abs(measure.before or 0), abs(measure.after or 0)) or 1
    how = edition.word("method") + edition.word("colon") + (measure.method or "")
    return tag(
        "figure",
        tag("figcaption", tag("strong", measure.what)),
        tag(
            "dl",
            _bar(edition, "before", measure.before, measure.before_on, most),
            _bar(edition, "after", measure.after, measure.after_on, most),
        ),
        tag("p", how, class_="kb-measure__how") if measure.method else None,
        class_="kb-measure",
    )


def _bar(
    edition: Edition, key: str, value: float | None, on: PartialDate | None, most: float
) -> Html:
    day = tag("span", written(on, edition.lang), class_="kb-quiet") if on else None
    if value is None:
        shown = tag("span", edition.word("not_measured"), class_="kb-quiet")
    else:
        shown = joined(tag("span", number(value), class_="kb-bar__number"), _fill(value / most))
    label = tag("dt", edition.word(key), day)
    return tag("div", label, tag("dd", shown), class_=f"kb-bar kb-bar--{key}")


def _fill(share: float) -> Html:
    """A bar of that share of the width; even nothing leaves a trace."""
    width = f"{max(1, round(100 * abs(share)))}%"
    bar = tag("rect", width=width, height="100%", class_="kb-bar__fill")
    return tag("svg", bar, width="100%", height="14", aria_hidden="true")
