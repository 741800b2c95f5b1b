from datetime import date

from sqlalchemy import select

from kb_app.feedback import FeedbackBox, Said, Verdict
from kb_app.keys import Keys
from kb_app.models import Feedback
from kb_app.periods import week_of

DAY = date(2026, 11, 23)
USEFUL = Said("fire-lane", "zh", Verdict.USEFUL)


def test_taps_are_counted_by_what_they_say_and_once_a_key(database):
    box = FeedbackBox(database, Keys.of("s"))
    box.take(USEFUL, "a", DAY)
    box.take(USEFUL, "a", DAY)
    box.take(USEFUL, "b", DAY)
    box.take(Said("fire-lane", "zh", Verdict.OUT_OF_DATE, note="电话换了"), "c", DAY)
    counts = box.counts("fire-lane")
    assert counts[Verdict.USEFUL] == 2
    assert counts[Verdict.OUT_OF_DATE] == 1
    assert counts[Verdict.NOT_USEFUL] == 0
    with database.reading() as session:
        assert "a" not in session.scalars(select(Feedback.key_hash)).all()


def test_the_taps_of_some_days_are_counted_by_page(database):
    box = FeedbackBox(database, Keys.of("s"))
    for n, (page, day) in enumerate((("a", 23), ("a", 29), ("b", 23), ("b", 30), ("c", 22))):
        box.take(Said(page, "zh", Verdict.USEFUL), f"day {n}", date(2026, 11, day))
    found = box.by_page(week_of(date(2026, 11, 23)))
    assert {page: counts[Verdict.USEFUL] for page, counts in found.items()} == {"a": 2, "b": 1}
    assert found["a"][Verdict.OUT_OF_DATE] == 0
