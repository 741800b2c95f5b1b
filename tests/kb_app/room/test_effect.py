from datetime import date
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.room.effect import Effect, Reading, Side, Span, misfits, ratio_of_ratios

BEFORE = Span(date(2026, 8, 3), date(2026, 8, 30))
AFTER = Span(date(2026, 9, 28), date(2026, 11, 22))
sides = st.builds(Side, st.integers(1, 50), st.integers(1, 9999), st.integers(1, 9999))


def effect(trained, other):
    return Effect(BEFORE, AFTER, Side(*trained), Side(*other))


def test_the_ratio_of_two_rates_is_the_published_one():
    # 41 cases in 28,010 person-years against 15 in 19,017: Rothman, Epidemiology, chapter 9.
    expected = ratio_of_ratios(Side(1, 15, 41).log_ratio, (log(28010 / 19017), 0.0))
    assert round(expected.value, 2) == 1.86
    assert (round(expected.interval.low, 1), round(expected.interval.high, 1)) == (1.0, 3.4)


def test_counts_are_told_for_a_lane_in_four_weeks():
    found = effect((10, 40, 40), (5, 20, 60))
    assert found.per_lane(40, 10, BEFORE) == 4  # 28 days
    assert found.per_lane(40, 10, AFTER) == 2  # 56 days
    assert found.change(found.trained) == -2
    assert found.change(found.other) == pytest.approx(2)
    assert found.difference == pytest.approx(-4)


def test_fewer_than_five_lanes_on_either_side_or_a_nought_are_too_few():
    assert effect((4, 400, 40), (9, 400, 400)).reading is Reading.TOO_FEW
    assert effect((9, 400, 40), (4, 400, 400)).reading is Reading.TOO_FEW
    assert effect((9, 400, 0), (9, 400, 400)).reading is Reading.TOO_FEW
    assert effect((9, 400, 0), (9, 400, 400)).ratio is None
    assert effect((5, 400, 40), (5, 400, 400)).reading is Reading.LESS
    assert effect((5, 400, 400), (5, 400, 40)).reading is Reading.MORE
    assert effect((5, 40, 39), (5, 40, 40)).reading is Reading.CHANCE


@given(sides, sides)
def test_swapping_the_sides_turns_the_ratio_round(one, other):
    there = Effect(BEFORE, AFTER, one, other)
    back = Effect(BEFORE, AFTER, other, one)
    assert there.ratio.value == pytest.approx(1 / back.ratio.value)
    assert there.ratio.interval.low == pytest.approx(1 / back.ratio.interval.high)
    assert there.ratio.interval.has(there.ratio.value)
    assert there.difference == pytest.approx(-back.difference)
    turned = {Reading.LESS: Reading.MORE, Reading.MORE: Reading.LESS}
    assert back.reading is turned.get(there.reading, there.reading)


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(days, days, days, days, days)
def test_spans_fit_only_in_order_around_a_session_and_when_over(a, b, c, d, held):
    today = date(2026, 10, 1)
    wrong = set(misfits(Span(a, b), Span(c, d), (held,), today))
    assert (not wrong) == (a <= b < held < c <= d <= today)


def test_a_span_counts_both_its_ends():
    assert Span(date(2026, 8, 3), date(2026, 8, 3)).days == 1
    assert BEFORE.days == 28
