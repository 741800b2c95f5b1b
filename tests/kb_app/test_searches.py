from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kb_app.database import open_database
from kb_app.models import Search
from kb_app.searches import MOST_WORDS, Searches, Sought, gaps, normalised

DAY = date(2026, 11, 23)
BREAD = Sought("怎么烤面包", "zh", DAY, answered=False, hits=0, visit="v1")


@pytest.fixture
def searches(database):
    found = Searches(database, clock=lambda: 0.0)
    yield found
    found.close()


def rows(database):
    with database.reading() as session:
        return [
            (row.words, row.opened) for row in session.scalars(select(Search).order_by(Search.id))
        ]


def test_what_is_typed_letter_by_letter_is_one_search(searches, database):
    for words in ("怎", "怎么", "怎么烤", "怎么烤面包", "怎么烤面"):
        searches.note(replace(BREAD, words=words))
    searches.note(replace(BREAD, words="飞线"))
    searches.note(replace(BREAD, words="怎么", visit="v2"))
    searches.note(replace(BREAD, words=""))
    searches.write(everything=True)
    assert sorted(rows(database)) == [("怎么", False), ("怎么烤面", False), ("飞线", False)]


def test_what_is_still_being_typed_waits(database):
    now = [0.0]
    searches = Searches(database, clock=lambda: now[0])
    searches.note(BREAD)
    searches.write()
    assert rows(database) == []
    now[0] = 11
    searches.write()
    assert rows(database) == [("怎么烤面包", False)]
    searches.close()


def test_an_opened_page_is_noted_wherever_its_search_is_by_then(searches, database):
    searches.note(BREAD)
    searches.note_opened("v1", "怎么烤面包", DAY)
    searches.note(replace(BREAD, words="飞线"))
    searches.note(replace(BREAD, words="地锁"))
    searches.note_opened("v1", "飞线", DAY)
    searches.write(everything=True)
    searches.note_opened("v1", "地锁", DAY)
    searches.note_opened("v1", "nothing", DAY)
    assert sorted(rows(database)) == [("地锁", True), ("怎么烤面包", True), ("飞线", True)]


def test_closing_writes_down_the_rest(searches, database):
    searches.note(BREAD)
    searches.close()
    assert rows(database) == [("怎么烤面包", False)]


def test_a_database_that_fails_costs_counts_and_nothing_else(caplog):
    away = open_database("postgresql+psycopg://kb@127.0.0.1:1/kb")
    searches = Searches(away)
    searches.note(BREAD)
    searches.close()
    assert "were not counted" in caplog.text
    away.close()


def test_gaps_are_what_visits_did_not_find(searches, database):
    for visit in ("v1", "v2"):
        searches.note(replace(BREAD, visit=visit))
    searches.note(replace(BREAD, words="飞线", answered=True, hits=9, visit="v3"))
    searches.note(replace(BREAD, words="地锁", answered=True, hits=9, visit="v4", opened=True))
    searches.write(everything=True)
    assert gaps(database, DAY) == [("怎么烤面包", "zh", 2, 2), ("飞线", "zh", 1, 0)]
    assert gaps(database, date(2026, 11, 24)) == []


@given(st.text())
def test_any_words_are_normalised_for_good(words):
    once = normalised(words)
    assert len(once) <= MOST_WORDS
    assert "\0" not in once
    assert normalised(once).strip() == once.strip() or len(once) == MOST_WORDS


@pytest.mark.parametrize(
    "number", ["13812345678", "138 1234 5678", "138-1234-5678", "11010119900101123X"]
)
def test_long_numbers_are_left_out(number):
    assert "1" not in normalised(f"电话 {number}").replace("x", "")
