from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kb_app.models import ActionCard
from kb_app.room import (
    Look,
    Outcome,
    PersonalError,
    TooEarlyError,
    UnfitError,
    UnknownCardError,
    UnknownRoomError,
    Wish,
)
from search_index import Lang

WISH = Wish("三号巷", "先清楼道口的车", date(2026, 12, 7), "数一数门口的车")


@pytest.fixture
def cards(evaluations):
    return evaluations.cards


@pytest.fixture
def code(cards, quiz_room):
    return cards.make(quiz_room.id, WISH)


def test_a_card_is_found_again_by_its_code_however_it_is_written(cards, code, quiz_room):
    found = cards.card(f" {code[:4].lower()}-{code[4:8]} {code[8:]}")
    assert (found.wish, found.room, found.outcome) == (WISH, quiz_room.id, None)


def test_the_code_itself_is_kept_nowhere(code, database):
    with database.reading() as session:
        row = session.scalars(select(ActionCard)).one()
        kept = [str(getattr(row, column.name)) for column in ActionCard.__table__.columns]
    assert code not in " ".join(kept)


@pytest.mark.usefixtures("code")
def test_no_other_code_opens_a_card(cards):
    for wrong in ("", "ABCD", "22222222222É", "x" * 5000):
        for ask in (cards.card, lambda c: cards.change(c, WISH),
                    lambda c: cards.look_back(c, Look(Outcome.DONE))):  # fmt: skip
            with pytest.raises(UnknownCardError):
                ask(wrong)


UNFIT = [
    {"lane": ""},
    {"step": ""},
    {"measure": ""},
    {"lane": "x" * 61},
    {"step": "x" * 201},
    {"due_on": date(2026, 11, 23)},
    {"due_on": date(2027, 11, 24)},
]


def test_a_card_has_four_lines_and_a_day_within_a_year_after_the_session(cards, quiz_room):
    for change in UNFIT:
        with pytest.raises(UnfitError) as refused:
            cards.make(quiz_room.id, replace(WISH, **change))
        assert refused.value.said(Lang.ZH) != refused.value.said(Lang.EN)
    assert cards.of_room(quiz_room.id) == ()


def test_the_first_and_the_last_day_are_the_day_after_and_a_year_later(cards, quiz_room):
    for day in (date(2026, 11, 24), date(2027, 11, 23)):
        assert cards.card(cards.make(quiz_room.id, replace(WISH, due_on=day))).wish.due_on == day


def test_personal_data_on_a_card_is_refused_kindly(cards, quiz_room, code):
    for field in ("lane", "step", "measure"):
        with pytest.raises(PersonalError):
            cards.make(quiz_room.id, replace(WISH, **{field: "京A12345"}))
        with pytest.raises(PersonalError):
            cards.change(code, replace(WISH, **{field: "13800000000"}))
    assert cards.card(code).wish == WISH


def test_there_is_no_card_without_a_room(cards):
    with pytest.raises(UnknownRoomError):
        cards.make(99, WISH)


# Looking back ------------------------------------------------------------------------------------


def test_nobody_looks_back_before_the_day(cards, code, clock):
    with pytest.raises(TooEarlyError) as refused:
        cards.look_back(code, Look(Outcome.DONE))
    assert "2026-12-07" in refused.value.said(Lang.ZH)
    clock.time = clock.time.replace(month=12, day=6, hour=16)  # already the 7th in China
    assert cards.look_back(code, Look(Outcome.DONE, "7 辆")).outcome is Outcome.DONE
    assert cards.card(code).note == "7 辆"


def test_what_was_said_may_be_changed(cards, code, clock):
    clock.pass_by(days=20)
    cards.look_back(code, Look(Outcome.DONE))
    assert cards.look_back(code, Look(Outcome.PARTLY, "一半")).outcome is Outcome.PARTLY
    with pytest.raises(PersonalError):
        cards.look_back(code, Look(Outcome.DONE, "问 13800000000"))
    with pytest.raises(UnfitError):
        cards.look_back(code, Look(Outcome.DONE, "x" * 201))
    assert cards.card(code).note == "一半"


def test_not_yet_asks_for_a_new_day_within_the_year(cards, code, clock):
    clock.pass_by(days=20)  # 13 December
    for day in (None, date(2026, 12, 13), date(2027, 11, 24)):
        with pytest.raises(UnfitError):
            cards.look_back(code, Look(Outcome.NOT_YET, due_on=day))
    assert cards.card(code).outcome is None
    found = cards.look_back(code, Look(Outcome.NOT_YET, "等电工", date(2026, 12, 14)))
    assert (found.outcome, found.wish.due_on) == (Outcome.NOT_YET, date(2026, 12, 14))


def test_a_card_that_is_written_anew_has_not_been_looked_back_at(cards, code, clock):
    clock.pass_by(days=20)
    cards.look_back(code, Look(Outcome.DROPPED, "没用"))
    found = cards.change(code, replace(WISH, step="改做另一步"))
    assert (found.outcome, found.note, found.looked_at) == (None, "", None)
    assert found.wish.step == "改做另一步"


# What the trainer sees ---------------------------------------------------------------------------


def test_cards_are_listed_by_their_day_and_counted(cards, quiz_room, code, clock):
    later = cards.make(quiz_room.id, replace(WISH, due_on=date(2026, 12, 20)))
    sooner = cards.make(quiz_room.id, replace(WISH, due_on=date(2026, 12, 1)))
    clock.pass_by(days=15)  # 8 December
    cards.look_back(sooner, Look(Outcome.DONE))
    cards.look_back(code, Look(Outcome.NOT_YET, due_on=date(2026, 12, 30)))
    assert [c.wish.due_on.day for c in cards.of_room(quiz_room.id)] == [1, 20, 30]
    found = cards.totals(quiz_room.id)
    assert (found.made, found.due, found.looked_back) == (3, 2, 2)
    assert found.outcomes[Outcome.DONE] == found.outcomes[Outcome.NOT_YET] == 1
    assert found.outcomes[Outcome.DROPPED] == 0
    assert cards.card(later).outcome is None


def test_cards_leave_after_four_hundred_days(cards, code, clock):
    clock.pass_by(days=400)
    assert cards.forget_old() == 0
    clock.time += timedelta(seconds=1)
    assert cards.forget_old() == 1
    with pytest.raises(UnknownCardError):
        cards.card(code)
