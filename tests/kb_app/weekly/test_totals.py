"""Sums that count an answer once, and that name nobody."""

from datetime import date, timedelta
from threading import Thread

from sqlalchemy import select

from kb_app.keys import Keys
from kb_app.models import Choice, ChoiceKey
from kb_app.weekly import After, KeptChoice, Totals

DAY = date(2026, 11, 25)
WEEK = date(2026, 11, 23)
SAID = KeptChoice("fire-lane.1", 2, After.NEW)


def sums(totals):
    return {
        (row.item, row.week, row.after, row.choice): row.count
        for rows in totals.by_item().values()
        for row in rows
    }


def test_choices_are_summed_by_week_and_one_that_is_sent_again_counts_once(database):
    totals = Totals(database, Keys.of("s"))
    assert totals.by_item() == {}
    for key, day in (("a", DAY), ("a", DAY), ("b", DAY), ("c", DAY + timedelta(weeks=1))):
        totals.take(SAID, key, day)
    totals.take(SAID, "a", DAY + timedelta(weeks=1))
    totals.take(KeptChoice("fire-lane.1", 2, After.CHANGED), "d", DAY)
    assert sums(totals) == {
        ("fire-lane.1", WEEK, "new", 2): 2,
        ("fire-lane.1", WEEK + timedelta(weeks=1), "new", 2): 1,
        ("fire-lane.1", WEEK, "changed", 2): 1,
    }


def test_no_key_is_kept_as_it_came_and_none_for_long(database):
    totals = Totals(database, Keys.of("s"))
    totals.take(SAID, "a", DAY)
    with database.reading() as session:
        assert "a" not in session.scalars(select(ChoiceKey.key_hash)).all()
    totals.take(SAID, "b", DAY + timedelta(weeks=12))
    with database.reading() as session:
        assert len(session.scalars(select(ChoiceKey)).all()) == 1
        assert sum(session.scalars(select(Choice.count))) == 2


def test_of_many_that_come_at_once_none_is_lost_or_doubled(database):
    totals = Totals(database, Keys.of("s"))
    keys = [f"{n}" for n in range(10)] * 2
    threads = [Thread(target=totals.take, args=(SAID, key, DAY)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums(totals) == {("fire-lane.1", WEEK, "new", 2): 10}
