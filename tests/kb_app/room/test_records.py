from datetime import date

import pytest

from kb_app.models import Attendance, ReadAloud
from kb_app.periods import month
from kb_app.questions.store import Asked
from kb_app.room import (
    BallotClosedError,
    Chosen,
    Note,
    Records,
    RoomClosedError,
    UnknownRoomError,
    UnregisteredError,
)
from kb_app.room.errors import PersonalError
from search_index import Lang

CASE = "ask:shed-before-ban:1"


@pytest.fixture
def records(database, clock):
    return Records(database, clock)


@pytest.fixture
def sign_in(database, clock):
    def add(room, *names):
        with database.writing() as session:
            for who in names:
                session.add(Attendance(room=room.id, who=who, role="巷长", lane="一巷", how="code",
                                       phone=None, at=clock()))  # fmt: skip

    return add


@pytest.fixture
def raised(room, box, questions):
    """Raise a question: `raised()` returns what gives it its number, and returns that."""

    def note():
        noted = box.note(room.id, "谁修？", "zh", "key")

        def register():
            number = questions.ask(Asked("谁修？", "zh"), noted.key).number
            box.numbered(room.id, noted.id, number)
            return number

        return register

    return note


def test_a_record_tells_what_was_decided_heard_and_asked(  # noqa: PLR0917
    records, room, vote_on, sign_in, raised, database, clock
):
    sign_in(room, "a01", "a02")
    vote_on(room, CASE, [1, 2, 2])
    vote_on(room, "quiz:1", [2, 2, 1])
    number = raised()()
    with database.writing() as session:
        session.add(ReadAloud(room=room.id, guide="daily-patrol", version="2026.1",
                              ended_at=clock()))  # fmt: skip
    clock.pass_by(minutes=45)
    records.close(room.id, {Note.WELL: " 投票前没剧透 "}, actor=None)
    found = records.record(room.id)
    assert found.closed_at == clock()
    assert (found.present, found.questions, found.unregistered) == (2, (number,), 0)
    assert [(each.ballot.name, each.options) for each in found.results] == [
        (CASE, (1, 2, 0)),
        ("quiz:1", (1, 2)),
    ]
    assert [(each.missed, each.is_missed) for each in found.results] == [(None, False), (1, False)]
    assert [(each.guide, each.version) for each in found.readings] == [("daily-patrol", "2026.1")]
    assert found.notes == {Note.WELL: "投票前没剧透"}


def test_a_room_is_not_closed_while_a_question_has_no_number(records, rooms, room, clock, raised):
    register = raised()
    with pytest.raises(UnregisteredError) as refused:
        records.close(room.id, {Note.WELL: "好"}, actor=None)
    assert "1" in refused.value.said(Lang.ZH)
    assert rooms.get(room.id).closed_at is None
    register()
    records.close(room.id, {}, actor=None)
    assert rooms.get(room.id).closed_at == clock()


def test_closing_ends_the_vote_that_is_open_and_can_be_done_once(records, rooms, room):
    place = [slide.part for slide in room.slides].index("quiz")
    held = rooms.go(room.id, place, seen=room.version)
    records.close(room.id, {}, actor=None)
    with pytest.raises(BallotClosedError):
        rooms.vote(room.id, "quiz:1", "phone", Chosen(1))
    assert rooms.get(room.id).closed_ballots == ("quiz:1",)
    for late in (
        lambda: records.close(room.id, {}, actor=None),
        lambda: records.note(room.id, {}),
        lambda: rooms.go(room.id, 0, seen=held.version + 1),
    ):
        with pytest.raises(RoomClosedError):
            late()


def test_what_is_being_voted_on_is_not_told(records, rooms, room):
    place = [slide.part for slide in room.slides].index("quiz")
    rooms.go(room.id, place, seen=room.version)
    rooms.vote(room.id, "quiz:1", "phone", Chosen(1))
    assert records.record(room.id).results == ()


def test_notes_are_kept_before_closing_and_hold_no_personal_data(records, room):
    records.note(room.id, {Note.PLANNED: "练先后", Note.HAPPENED: "  "})
    assert records.record(room.id).notes == {Note.PLANNED: "练先后"}
    for keep in (records.note, lambda *args: records.close(*args, actor=None)):
        with pytest.raises(PersonalError) as refused:
            keep(room.id, {Note.NEXT: "找老李 13800000000"})
        assert "手机号" in refused.value.said(Lang.ZH)
    assert records.record(room.id).notes == {Note.PLANNED: "练先后"}


def test_the_month_counts_a_session_on_the_day_in_china_on_which_it_was_closed(
    records, room, sign_in, clock
):
    sign_in(room, "a01")
    clock.time = clock.time.replace(day=30, hour=16)  # the first of December in China
    records.close(room.id, {}, actor=None)
    assert records.held_in(month("2026-11")) == ()
    (held,) = records.held_in(month("2026-12"))
    assert (held.page, held.present, held.questions) == ("charging-hour", 1, 0)
    assert held.title(Lang.ZH) == "充电这一小时"
    assert month("2026-12").start == date(2026, 12, 1)


def test_a_room_that_was_never_opened_has_no_record(records):
    with pytest.raises(UnknownRoomError):
        records.record(1)
    with pytest.raises(UnknownRoomError):
        records.close(1, {}, actor=None)
