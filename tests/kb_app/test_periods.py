from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.periods import month, month_name, month_of, months_before, week_name, week_of, weeks_to

days = st.dates(date(2005, 1, 1), date(2099, 11, 30))


@given(days)
def test_every_day_belongs_to_one_month_and_one_week(day):
    for period in (month_of(day), week_of(day)):
        assert period.covers(day)
        assert period.covers(period.last)
        assert not period.covers(period.end)
        assert not period.covers(period.start - timedelta(days=1))
    assert (week_of(day).end - week_of(day).start).days == 7


@given(days)
def test_a_month_has_the_name_by_which_it_is_found(day):
    assert month(month_name(month_of(day))) == month_of(day)
    assert week_name(week_of(day)) == "{}-W{:02}".format(*day.isocalendar())


@given(days, st.integers(1, 30))
def test_months_and_weeks_follow_each_other_without_a_gap(day, count):
    months = [month_of(day), *months_before(month_of(day), count)]
    assert all(late.start == early.end for late, early in pairwise(months))
    weeks = weeks_to(week_of(day), count)
    assert all(late.start == early.end for early, late in pairwise(weeks))
    assert weeks[-1] == week_of(day)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026",
        "2026-13",
        "2026-1",
        "2026-00",
        "2026-11-01",
        " 2026-11",
        "２０２６-11",
        "9999-12",
        "2026-11\n",
    ],
)
def test_what_is_no_month_is_refused(name):
    with pytest.raises(ValueError, match="not a month"):
        month(name)
