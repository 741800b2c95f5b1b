import re

import pytest

from kb_app.room import plan_of
from search_index import Lang

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def room(kept, sample_library):
    """A room of the sample session, opened by a trainer."""
    sun = next(each.id for each in kept.accounts.list() if each.name == "sun")
    plan = plan_of(sample_library, "charging-hour")
    return kept.rooms.open("charging-hour", plan, Lang.ZH, actor=sun)


@pytest.fixture
def phone(desk, somebody):
    return somebody(desk)


def test_what_is_asked_aloud_keeps_the_room_open_until_it_has_its_number(sun, kept, room):
    questions, record = (f"/zh/desk/rooms/{room.id}/{name}" for name in ("questions", "record"))
    assert sun.send(questions, text=f"充电柜谁修？{NASTY}", key="k").status_code == 303
    assert sun.send(questions, text=f"充电柜谁修？{NASTY}", key="k").status_code == 303
    shown = sun.get(questions).text
    assert NASTY not in shown
    (noted,) = kept.raised.of(room.id)
    refused = sun.send(record, act="close", well="没剧透")
    assert refused.status_code == 409
    assert "有1条提问没编号" in refused.text
    assert "没剧透" in refused.text
    assert kept.rooms.get(room.id).closed_at is None
    registered = sun.send(f"{questions}/{noted.id}", questions, text="充电柜坏了谁修？")
    assert registered.status_code == 303
    (number,) = [each.number for each in kept.raised.of(room.id)]
    code = re.search(r"查询码([0-9A-Z]{8})", sun.get(questions).text)[1]
    assert kept.questions.status(number, code).story[0].text == "充电柜坏了谁修？"
    sun.send(f"{questions}/{noted.id}", questions, text="再来一遍")
    assert len(kept.questions.inbox()) == 1
    assert sun.send(record, act="close", well="没剧透").status_code == 303
    assert kept.rooms.get(room.id).closed_at is not None
    shown = sun.get(record).text
    assert "没剧透" in shown
    assert "<textarea" not in shown


def test_notes_are_kept_before_the_end_and_a_number_in_them_is_refused(sun, kept, room):
    record = f"/en/desk/rooms/{room.id}/record"
    assert sun.send(record, act="keep", planned="Practise the order").status_code == 303
    assert "Practise the order" in sun.get(record).text
    refused = sun.send(record, act="keep", next="ring 13800000000")
    assert refused.status_code == 409
    assert "a mobile number" in refused.text
    assert "ring 13800000000" in refused.text
    assert dict(kept.records.record(room.id).notes) == {"planned": "Practise the order"}


def test_an_empty_question_is_not_noted(sun, kept, room):
    questions = f"/zh/desk/rooms/{room.id}/questions"
    assert sun.send(questions, text="  ").status_code == 409
    noted = kept.raised.note(room.id, "谁修？", "zh", "key")
    assert sun.send(f"{questions}/{noted.id}", questions, text=" ").status_code == 409
    assert sun.send(f"{questions}/{noted.id + 1}", questions, text="谁？").status_code == 404
    assert [each.number for each in kept.raised.of(room.id)] == [None]


def test_a_question_from_a_phone_has_its_number_at_once(phone, kept, room):
    ask = f"/zh/room/{room.code}/ask"
    answer = phone.send(ask, text="快递车堵门，找谁？", key="once")
    assert answer.status_code == 303
    assert "/zh/questions/1/received?code=" in answer.headers["Location"]
    assert "<h1>" in phone.get(answer.headers["Location"]).text
    again = phone.send(ask, text="快递车堵门，找谁？", key="once")
    assert again.headers["Location"] == answer.headers["Location"]
    assert [each.number for each in kept.raised.of(room.id)] == [1]


def test_a_phone_is_told_what_is_wrong_with_its_question(phone, kept, room):
    ask = f"/zh/room/{room.code}/ask"
    assert phone.send(ask, text=" ").status_code == 400
    assert phone.send(ask, text="长" * 4001).status_code == 400
    private = phone.send(ask, text=f"找13800000000{NASTY}")
    assert "手机号" in private.text
    assert NASTY not in private.text
    assert kept.raised.of(room.id) == ()
    assert phone.send(ask, text="找13800000000", anyway="1").status_code == 303
    assert len(kept.raised.of(room.id)) == 1


def test_a_room_that_is_over_takes_no_more_questions(phone, kept, room):
    shown = phone.get(f"/en/room/{room.code}/ask").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    kept.records.close(room.id, {}, actor=None)
    assert "This session is over." in phone.get(f"/en/room/{room.code}/ask").text
    late = phone.client.post(
        f"/en/room/{room.code}/ask", data={"csrf_token": token, "text": "Who repairs it?"}
    )
    assert late.status_code == 409
    assert "This session is over." in late.text
    assert phone.get("/en/room/000000/ask").status_code == 404


def test_the_month_lists_the_session_with_its_record(li, kept, room):
    kept.records.close(room.id, {}, actor=None)
    month = f"{kept.rooms.get(room.id).closed_at:%Y-%m}"
    listed = li.get(f"/zh/desk/reports/{month}/sessions").text
    assert f'href="/zh/desk/rooms/{room.id}/record"' in listed
    assert "充电这一小时" in listed
