import pytest

from kb_app.models import Raised
from kb_app.questions.store import Asked
from kb_app.room import Records, RoomClosedError, UnknownRaisedError, UnknownRoomError


def test_a_question_is_noted_once_a_key_and_waits_for_its_number(box, room):
    first = box.note(room.id, "三号楼充电柜谁修？", "zh", "key")
    assert box.note(room.id, "三号楼充电柜谁修？", "zh", "key") == first
    assert first.number is None
    assert box.of(room.id) == (first,)
    assert box.get(room.id, first.id) == first


def test_with_its_number_the_words_are_kept_with_the_question_alone(box, room, questions, database):
    noted = box.note(room.id, "充电柜谁修？", "zh", "key")
    number = questions.ask(Asked("充电柜谁修？", "zh"), noted.key).number
    box.numbered(room.id, noted.id, number)
    (kept,) = box.of(room.id)
    assert (kept.number, kept.text) == (number, None)
    with database.reading() as session:
        assert session.get(Raised, noted.id).text is None


def test_nothing_is_noted_in_a_room_that_is_closed_or_not_there(box, room, database, clock):
    Records(database, clock).close(room.id, {}, actor=None)
    with pytest.raises(RoomClosedError):
        box.note(room.id, "晚了", "zh", "late")
    with pytest.raises(UnknownRoomError):
        box.note(room.id + 1, "哪儿", "zh", "nowhere")


def test_a_question_belongs_to_its_room(box, room):
    noted = box.note(room.id, "谁修？", "zh", "key")
    for wrong in ((room.id + 1, noted.id), (room.id, noted.id + 1)):
        with pytest.raises(UnknownRaisedError):
            box.get(*wrong)
        with pytest.raises(UnknownRaisedError):
            box.numbered(*wrong, 1)
