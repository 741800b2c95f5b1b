from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.periods import week_of
from kb_app.signals import BEFORE, CHANCE, LEAST, Signal, by_week, chance, rises, signals

MONDAY = date(2026, 11, 23)
WEEK = week_of(MONDAY)
LONG_AGO = date(2026, 1, 1)


def came(problem, *counts):
    """So many on the Wednesday of each week, the last of which is this one."""
    for back, count in enumerate(reversed(counts)):
        yield from [(MONDAY + timedelta(days=2 - 7 * back), problem)] * count


# The rule ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (4, 0, False),  # too few to speak of
        (5, 0, True),
        (5, 8, False),  # five where one was usual may be chance
        (7, 8, True),
        (16, 40, True),
        (13, 40, False),
        (399, 1600, False),  # less than twice the mean, however many
        (400, 1600, True),
    ],
)
def test_rising_needs_a_few_twice_the_mean_and_no_chance(now, before, expected):
    assert rises(now, before) is expected


@given(st.integers(0, 60), st.integers(0, 60))
def test_what_rises_goes_on_to_rise_with_one_more_now_and_one_fewer_before(now, before):
    if rises(now, before):
        assert rises(now + 1, before)
        assert before == 0 or rises(now, before - 1)
        assert now >= LEAST
        assert now >= 2 * before / BEFORE


@given(st.integers(0, 12), st.integers(0, 12))
def test_chance_is_the_share_of_all_ways_to_spread_them_over_nine_weeks(now, before):
    weeks, total = [Fraction(1)], now + before
    for _ in range(total):  # weeks[k]: how likely k of those spread so far fell into this week
        weeks = [
            (Fraction(8, 9) * (weeks[k] if k < len(weeks) else 0))
            + (Fraction(1, 9) * (weeks[k - 1] if k else 0))
            for k in range(len(weeks) + 1)
        ]
    assert chance(now, before) == sum(weeks[now:])


def test_chance_alone_seldom_makes_a_problem_rise():
    """For any steady rate the rule is right in all but one week of a thousand."""
    for total in range(1, 120):
        wrong = [now for now in range(total + 1) if rises(now, total - now)]
        if wrong:
            assert chance(min(wrong), total - min(wrong)) < CHANCE


# Counting ----------------------------------------------------------------------------------------


def test_a_signal_shows_its_raw_numbers():
    (signal,) = signals(came("fire-lane", 9, 1, 0, 0, 0, 2, 0, 0, 0, 8), WEEK, LONG_AGO)
    assert signal == Signal("fire-lane", (1, 0, 0, 0, 2, 0, 0, 0, 8), known=True)
    assert (signal.now, signal.before, signal.mean, signal.rising) == (8, 3, 0.375, True)


def test_nothing_rises_before_there_are_eight_weeks_to_compare_with():
    first = MONDAY - timedelta(weeks=BEFORE)
    for since, known in ((first, True), (first + timedelta(days=1), False), (None, False)):
        (signal,) = signals(came("fire-lane", 8), WEEK, since)
        assert (signal.known, signal.rising) == (known, known)


def test_what_rises_comes_first_then_what_is_frequent():
    found = [*came("parking-lock", *[20] * 9), *came("fire-lane", 9), *came("small-ads", 3)]
    assert [each.problem for each in signals(found, WEEK, LONG_AGO)] == [
        "fire-lane",
        "parking-lock",
        "small-ads",
    ]


def test_a_week_is_from_monday_to_sunday():
    days = [
        MONDAY - timedelta(days=1),
        MONDAY,
        MONDAY + timedelta(days=6),
        MONDAY + timedelta(days=7),
    ]
    (signal,) = signals([(day, "fire-lane") for day in days], WEEK, LONG_AGO)
    assert signal.counts[-2:] == (1, 2)


@given(st.lists(st.tuples(st.dates(date(2026, 8, 1), date(2027, 1, 1)), st.sampled_from("abc"))))
def test_counts_are_those_of_a_naive_recount(found):
    counted = {each.problem: each.counts for each in signals(found, WEEK, LONG_AGO)}
    for problem in "abc":
        naive = tuple(
            sum(
                name == problem
                and day.isocalendar()[:2] == (MONDAY - timedelta(weeks=back)).isocalendar()[:2]
                for day, name in found
            )
            for back in range(BEFORE, -1, -1)
        )
        assert counted.get(problem, (0,) * 9) == naive
    assert by_week(found, [WEEK]).keys() <= counted.keys()
