from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.questions.clocks import Overdue, WorkingDays, china_day, dues, overdue

NATIONAL = WorkingDays(
    off=frozenset(date(2026, 10, day) for day in range(1, 8)),
    on=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_three_working_days_for_the_echo_and_fifteen_for_the_settling():
    assert dues(MONDAY, WorkingDays()).echo == date(2026, 11, 26)
    assert dues(MONDAY, WorkingDays()).settled == date(2026, 12, 14)


def test_holidays_are_skipped_and_worked_saturdays_count():
    eve = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
    assert dues(eve, NATIONAL).echo == date(2026, 10, 10)


def test_what_comes_at_night_or_on_a_free_day_counts_from_the_next_working_day():
    sunday_night = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    assert dues(sunday_night, WorkingDays()).echo == date(2026, 11, 25)
    assert china_day(sunday_night + timedelta(minutes=1)) == date(2026, 11, 23)


def test_a_year_that_the_table_lacks_has_weekends_only_and_is_named():
    assert NATIONAL.unknown_years(date(2026, 12, 28), date(2027, 1, 11)) == (2027,)
    assert NATIONAL.after(date(2027, 9, 30), 1) == date(2027, 10, 1)


@pytest.mark.parametrize(
    ("day", "list_"),
    [(26, Overdue.NO), (27, Overdue.EDITORS), (30, Overdue.EDITORS)],
)
def test_a_day_is_over_at_midnight_in_china(day, list_):
    noon = datetime(2026, 11, day, 4, 0, tzinfo=UTC)
    assert overdue(date(2026, 11, 26), 2, noon, WorkingDays()) is list_


def test_after_two_more_working_days_the_administrator_is_told():
    first = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
    assert overdue(date(2026, 11, 26), 2, first, WorkingDays()) is Overdue.ADMINISTRATOR
    assert overdue(None, 2, first, WorkingDays()) is Overdue.NO


def test_a_table_without_any_working_day_still_ends():
    always_off = WorkingDays(off=frozenset(date(2026, 1, 1) + timedelta(n) for n in range(9000)))
    assert always_off.after(date(2026, 1, 1), 3) == date(2026, 1, 1)


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.integers(0, 30),
    st.frozensets(st.dates(date(2000, 1, 1), date(2091, 1, 1)), max_size=40),
)
def test_so_many_working_days_lie_between(day, count, off):
    working = WorkingDays(off=off)
    last = working.after(day, count)
    between = [day + timedelta(n) for n in range(1, (last - day).days + 1)]
    assert sum(map(working.is_worked, between)) == count
    assert count == 0 or working.is_worked(last)
