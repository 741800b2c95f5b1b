from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import pytest

from search_index.content import (
    Case,
    Evidence,
    Kind,
    Lang,
    Library,
    Measure,
    Outcome,
    Page,
    PartialDate,
    Proof,
    Recheck,
    Span,
    evidence,
)

BEFORE_AFTER = Measure("locks", before=10, after=1, after_on=PartialDate(2024, 3))
LATE = Recheck(PartialDate(2024, 6), held=True)
SOON = Recheck(PartialDate(2024, 4, 10), held=True)
GONE = Recheck(PartialDate(2025), held=False)


def page(slug: str, case: Case) -> Page:
    return Page(slug, Kind.CASE, Lang.ZH, PurePosixPath(f"{slug}.md"), slug, details=case)


def level(case: Case, *others: Case) -> Proof | None:
    pages = [page("one", case), *(page(f"other{n}", other) for n, other in enumerate(others))]
    return evidence(pages[0], Library({(p.lang, p.id): p for p in pages}))


WORKED = Outcome.WORKED
REUSES = Case(outcome=WORKED, reused_from=("one",))


@pytest.mark.parametrize(
    ("case", "others", "expected"),
    [
        (Case(outcome=Outcome.FAILED, rechecks=(LATE,)), (), Proof(Evidence.FAILED)),
        (Case(outcome=WORKED), (REUSES, REUSES), Proof(Evidence.SEVERAL)),
        (Case(outcome=WORKED), (REUSES,), Proof(Evidence.UNTESTED)),
        (
            Case(outcome=WORKED, measure=BEFORE_AFTER, rechecks=(LATE,)),
            (),
            Proof(Evidence.MEASURED),
        ),
        (Case(outcome=WORKED, measure=BEFORE_AFTER, rechecks=(SOON,)), (), Proof(Evidence.ONCE)),
        (Case(outcome=WORKED, measure=BEFORE_AFTER), (), Proof(Evidence.ONCE)),
        (Case(outcome=WORKED, measure=Measure("locks", before=3)), (), Proof(Evidence.UNTESTED)),
        (Case(outcome=Outcome.PARTLY, measure=BEFORE_AFTER), (), Proof(Evidence.UNTESTED)),
        (Case(outcome=Outcome.PARTLY, rechecks=(LATE,)), (), Proof(Evidence.ONCE)),
        (
            Case(outcome=Outcome.PARTLY, measure=BEFORE_AFTER, rechecks=(LATE,)),
            (),
            Proof(Evidence.ONCE),
        ),
        (
            Case(outcome=WORKED, measure=BEFORE_AFTER, rechecks=(LATE, GONE)),
            (),
            Proof(Evidence.UNTESTED, relapsed=True),
        ),
        (
            Case(outcome=WORKED, rechecks=(GONE,)),
            (REUSES, REUSES),
            Proof(Evidence.MEASURED, relapsed=True),
        ),
        (Case(outcome=Outcome.UNKNOWN, rechecks=(LATE,)), (), Proof(Evidence.UNTESTED)),
    ],
)
def test_the_evidence_level_is_computed_from_the_facts(
    case: Case, others: tuple[Case, ...], expected: Proof
) -> None:
    assert level(case, *others) == expected


def test_the_end_of_what_happened_counts_where_no_measure_has_a_date() -> None:
    undated = Measure("locks", before=10, after=1)
    ended = Span(PartialDate(2024, 1), PartialDate(2024, 2))
    case = Case(outcome=WORKED, measure=undated, rechecks=(LATE,), happened=ended)
    assert level(case) == Proof(Evidence.MEASURED)
    assert level(Case(outcome=WORKED, measure=undated, rechecks=(LATE,))) == Proof(Evidence.ONCE)


def test_other_kinds_have_no_evidence() -> None:
    other = Page("a", Kind.GUIDE, Lang.ZH, PurePosixPath("a.md"), "a")
    assert evidence(other, Library()) is None


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-02-30", "24", "2024-1", "20245", "x", "２０２４"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is of no use to anybody here
        PartialDate.parse(text)


@pytest.mark.parametrize("text", ["2024", "2024-12", "2024-02-29"])
def test_a_date_is_as_exact_as_it_was_typed(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


def test_a_review_is_overdue_after_its_months() -> None:
    checked = Page(
        "a", Kind.CASE, Lang.ZH, PurePosixPath("a.md"), "a",
        checked_on=date(2026, 1, 31), review_months=1,
    )  # fmt: skip
    assert not checked.stale(date(2026, 2, 28))
    assert checked.stale(date(2026, 3, 1))


def test_a_library_gives_the_page_in_the_other_language_where_one_is_missing() -> None:
    library = Library({(Lang.ZH, "one"): page("one", Case())})
    found = library.page("one", Lang.EN)
    assert found is not None
    assert found.lang is Lang.ZH
    assert library.term("没有的词", Lang.EN) == "没有的词"
