from dataclasses import replace
from datetime import date

import pytest

from kb_app.models import Trace
from kb_app.room import Compared, Effect, PersonalError, Side, Span, UnfitError
from search_index import Lang

EFFECT = Effect(
    Span(date(2026, 10, 1), date(2026, 10, 28)),
    Span(date(2026, 11, 24), date(2026, 12, 21)),
    Side(6, 120, 60),
    Side(7, 140, 133),
)
FOUND = Compared("楼道充电投诉", "12345 工单，全天", EFFECT)


@pytest.fixture
def comparisons(evaluations, quiz_room, clock):
    """Where a session was held on 23 November, looked at a month later."""
    clock.time = quiz_room.opened_at
    clock.pass_by(days=30)
    return evaluations.comparisons


def test_a_comparison_is_kept_with_a_line_in_the_trail(comparisons, trainer, database):
    comparisons.add("charging-hour", FOUND, actor=trainer)
    kept = comparisons.of_page("charging-hour")
    assert [replace(each, id=0) for each in kept] == [FOUND]
    assert comparisons.of_page("another") == ()
    comparisons.remove("another", kept[0].id, actor=trainer)
    comparisons.remove("charging-hour", 99, actor=trainer)
    assert comparisons.of_page("charging-hour") == kept
    comparisons.remove("charging-hour", kept[0].id, actor=trainer)
    assert comparisons.of_page("charging-hour") == ()
    with database.reading() as session:
        actions = [each.action for each in session.query(Trace).order_by(Trace.id)]
    assert actions[-2:] == ["added comparison", "removed comparison"]


UNFIT = [
    {"before": Span(date(2026, 10, 28), date(2026, 10, 1))},
    {"before": Span(date(2026, 10, 1), date(2026, 11, 23))},
    {"before": Span(date(2026, 10, 1), date(2026, 11, 24))},
    {"after": Span(date(2026, 11, 23), date(2026, 12, 21))},
    {"after": Span(date(2026, 11, 24), date(2026, 12, 24))},
    {"other": Side(0, 0, 0)},
    {"trained": Side(0, 1, 1)},
    {"trained": Side(6, -1, 1)},
    {"other": Side(6, 1, 10_000_000)},
]


def test_without_another_side_or_with_days_that_do_not_fit_nothing_is_kept(comparisons, trainer):
    for change in UNFIT:
        wrong = replace(FOUND, effect=replace(EFFECT, **change))
        with pytest.raises(UnfitError) as refused:
            comparisons.add("charging-hour", wrong, actor=trainer)
        assert refused.value.said(Lang.ZH) != refused.value.said(Lang.EN)
    assert comparisons.of_page("charging-hour") == ()


def test_a_session_that_was_never_held_has_no_results(comparisons, trainer):
    with pytest.raises(UnfitError):
        comparisons.add("another", FOUND, actor=trainer)


def test_it_must_be_said_what_was_counted_and_how(comparisons, trainer):
    for change in ({"what": ""}, {"method": ""}, {"what": "x" * 201}):
        with pytest.raises(UnfitError):
            comparisons.add("charging-hour", replace(FOUND, **change), actor=trainer)


def test_personal_data_is_refused(comparisons, trainer):
    with pytest.raises(PersonalError):
        comparisons.add("charging-hour", replace(FOUND, method="a@b.cn"), actor=trainer)


def test_the_days_of_a_session_are_those_of_its_rooms(comparisons):
    assert comparisons.held("charging-hour") == (date(2026, 11, 23),)
    assert comparisons.held("another") == ()
