from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kb_app.database import open_database
from kb_app.models import Search
from kb_app.periods import week_of
from kb_app.searches import (
    MOST_WORDS,
    Gap,
    Searches,
    Sought,
    first_day,
    gaps,
    gaps_of,
    normalised,
    searched,
    visits_by_problem,
)

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


# What they tell about problems -------------------------------------------------------------------

WIRES = Sought("飞线", "zh", DAY, answered=True, hits=3, visit="v1", problem="ebike-flying-wire")


def test_a_search_leads_to_the_problem_of_the_page_opened_first(searches, database):
    searches.note(WIRES)
    searches.note_opened("v1", "飞线", DAY, problem="fire-lane")
    searches.note_opened("v1", "飞线", DAY, problem="parking-lock")
    searches.note(replace(WIRES, visit="v2"))
    searches.note_opened("v2", "飞线", DAY)
    searches.write(everything=True)
    assert [each.problem for each in searched(database, week_of(DAY))] == [
        "fire-lane",
        "ebike-flying-wire",
    ]


def test_also_when_the_search_was_written_down_before(searches, database):
    searches.note(WIRES)
    searches.write(everything=True)
    searches.note_opened("v1", "飞线", DAY, problem="fire-lane")
    searches.note_opened("v1", "飞线", DAY, problem="parking-lock")
    assert searched(database, week_of(DAY)) == (replace(WIRES, opened=True, problem="fire-lane"),)


def test_only_the_days_asked_for_are_read(searches, database):
    assert first_day(database) is None
    for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=6), DAY + timedelta(days=7)):
        searches.note(replace(WIRES, day=day, visit=f"{day}"))
    searches.write(everything=True)
    days = [each.day for each in searched(database, week_of(DAY))]
    assert days == [DAY, DAY + timedelta(days=6)]
    assert first_day(database) == DAY - timedelta(days=1)


def test_a_visit_counts_once_a_problem_however_much_it_searches():
    found = [
        WIRES,
        replace(WIRES, words="飞线充电"),
        replace(WIRES, visit="v2"),
        replace(WIRES, problem="fire-lane"),
    ]
    names = [problem for _, problem in visits_by_problem(found)]
    assert sorted(names) == ["ebike-flying-wire", "ebike-flying-wire", "fire-lane"]


def test_what_was_not_found_is_no_sign_of_a_problem():
    vain = replace(WIRES, answered=False)
    assert visits_by_problem([vain, replace(WIRES, problem=None)]) == ()
    assert len(visits_by_problem([replace(vain, opened=True)])) == 1


def test_a_gap_is_what_several_visits_sought_and_none_of_them_found():
    found = [
        BREAD,
        replace(BREAD, visit="v2", problem="shop-overflow"),
        replace(BREAD, visit="v2"),
        replace(BREAD, words="蛋糕"),
        replace(BREAD, words="飞线", visit="v3"),
        replace(BREAD, words="飞线", visit="v3", opened=True),
        replace(BREAD, words="飞线", visit="v4", answered=True),
    ]
    assert gaps_of(found, 2) == (Gap("怎么烤面包", "zh", 2, "shop-overflow"),)
    assert [gap.words for gap in gaps_of(found, 1)] == ["怎么烤面包", "蛋糕"]


searches_made = st.lists(
    st.builds(
        Sought,
        words=st.sampled_from("ab"),
        lang=st.just("zh"),
        day=st.just(DAY),
        answered=st.booleans(),
        hits=st.just(1),
        visit=st.sampled_from("uvw"),
        opened=st.booleans(),
        problem=st.sampled_from([None, "p"]),
    ),
    max_size=12,
)


@given(searches_made)
def test_gaps_are_those_of_a_naive_recount(found):
    naive = {}
    for words in "ab":
        for visit in "uvw":
            mine = [each for each in found if (each.words, each.visit) == (words, visit)]
            if mine and not any(each.answered or each.opened for each in mine):
                naive[words] = naive.get(words, 0) + 1
    assert {gap.words: gap.visits for gap in gaps_of(found, 1)} == naive
