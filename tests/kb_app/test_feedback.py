from datetime import date

from sqlalchemy import select

from kb_app.feedback import FeedbackBox, Said, Verdict
from kb_app.keys import Keys
from kb_app.models import Feedback

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
