"""The pages of a training room: the trainer's, the screen, the phones, attendance."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kb_app.models import Attendance, Vote
from kb_app.room import Chosen, code_at, plan_of
from search_index import Lang

NASTY = "<script>alert(1)</script>"
MIDDLE = {"X-Part": "middle"}


@pytest.fixture
def room(kept, sample_library):
    sun = next(each.id for each in kept.accounts.list() if each.name == "sun")
    plan = plan_of(sample_library, "charging-hour")
    return kept.rooms.open("charging-hour", plan, Lang.ZH, actor=sun, teams=2)


@pytest.fixture
def phone(desk, somebody):
    return somebody(desk)


@pytest.fixture
def moved(sun, room):
    """Do what a button does: `moved("next")` returns the trainer's page."""
    base = f"/zh/desk/rooms/{room.id}"

    def press(act, **data):
        seen = re.search(r'name="seen" value="(\d+)"', sun.get(base).text)[1]
        sun.send(f"{base}/move", base, act=act, seen=seen, **data)
        return sun.get(base).text

    return press


def to_vote(room, name):
    return next(n for n, s in enumerate(room.slides) if s.name == name)


# Opening -----------------------------------------------------------------------------------------


def test_a_trainer_opens_a_room_for_a_session_or_a_case_with_one_form(sun, kept):
    shown = sun.get("/zh/desk/rooms/new").text
    assert 'value="charging-hour"' in shown
    assert 'value="shed-before-ban"' in shown
    assert 'value="bins-moved"' not in shown
    only = sun.get("/zh/desk/rooms/new?page=shed-before-ban").text
    assert 'value="shed-before-ban" required checked' in only
    assert "charging-hour" not in only
    sent = {"page": "shed-before-ban", "screen": "en", "teams": "3"}
    answer = sun.send("/zh/desk/rooms", "/zh/desk/rooms/new", **sent)
    assert answer.status_code == 303
    (held,) = kept.rooms.latest(5)
    assert answer.headers["Location"] == f"/zh/desk/rooms/{held.id}"
    assert (held.page, held.lang, held.teams) == ("shed-before-ban", Lang.EN, 3)
    assert f"/zh/desk/rooms/{held.id}" in sun.get("/zh/desk/rooms").text


def test_what_cannot_be_held_is_refused_in_words(sun):
    answer = sun.send("/zh/desk/rooms", "/zh/desk/rooms/new", page="ebike-corridor")
    assert answer.status_code == 409
    assert "ebike-corridor" in answer.text
    assert "nothing-like-it" in sun.get("/zh/desk/rooms/new?page=nothing-like-it").text


def test_whoever_has_not_signed_in_leads_nothing(phone, room):
    for path in ("rooms", "rooms/new", f"rooms/{room.id}", f"rooms/{room.id}/screen", "heard"):
        assert "/desk/sign-in" in phone.get(f"/zh/desk/{path}").headers["Location"]


# Leading -----------------------------------------------------------------------------------------


def test_one_button_opens_closes_shows_the_chart_and_goes_on(sun, phone, kept, room, moved):
    voting = moved("to", place=to_vote(room, "quiz:1"))
    assert "正在投票" in voting
    kept.rooms.vote(room.id, "quiz:1", "a", Chosen(1))
    kept.rooms.vote(room.id, "quiz:1", "b", Chosen(2))
    assert "✓" not in sun.get(f"/zh/desk/rooms/{room.id}/screen").text
    closed = moved("next")
    assert "✓" in closed
    assert '<span class="kb-chart__count">1</span>' in closed
    assert "先有去处" in moved("next")
    assert "正在投票" not in moved("back")
    assert phone.get(f"/api/v1/rooms/{room.code}").get_json()["open"] == []


def test_a_window_that_is_late_is_shown_where_the_room_is(sun, room, moved):
    moved("next")
    base = f"/zh/desk/rooms/{room.id}"
    late = sun.send(f"{base}/move", base, act="next", seen="1")
    assert late.status_code == 409
    assert "已经往下走了" in late.text
    shown = sun.get(base).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    again = sun.client.post(
        f"{base}/move", data={"csrf_token": token, "act": "next", "seen": "1"}, headers=MIDDLE
    )
    assert again.status_code == 200
    assert again.text.lstrip().startswith('<div class="kb-desk')


def test_the_screen_speaks_the_language_of_the_room_and_says_how_to_join(sun, app_of, room):
    there = sun.get(f"/en/desk/rooms/{room.id}/screen")
    assert there.headers["Location"] == f"/zh/desk/rooms/{room.id}/screen"
    shown = sun.get(there.headers["Location"]).text
    assert f"localhost/r/{room.code}" in shown
    del app_of


def test_a_room_that_is_over_leads_to_its_record(sun, phone, kept, room):
    kept.records.close(room.id, {}, actor=None)
    answer = sun.get(f"/zh/desk/rooms/{room.id}")
    assert answer.headers["Location"] == f"/zh/desk/rooms/{room.id}/record"
    assert "本场培训已结束" in sun.get(f"/zh/desk/rooms/{room.id}/screen").text
    assert "谢谢参加" in phone.get(f"/zh/room/{room.code}").text


# Phones ------------------------------------------------------------------------------------------


def test_a_phone_comes_in_by_code_or_short_address_in_its_own_language(phone, room):
    answer = phone.client.get(f"/r/{room.code}", headers={"Accept-Language": "en"})
    assert answer.headers["Location"] == f"/en/room/{room.code}"
    typed = phone.get(f"/zh/room?code={room.code[:3]}+{room.code[3:]}")
    assert typed.headers["Location"].endswith(f"/zh/room/{room.code}")
    wrong = phone.get(f"/zh/room?code={NASTY}")
    assert wrong.status_code == 404
    assert NASTY not in wrong.text
    assert "请再看一眼大屏幕" in wrong.text
    assert phone.get("/zh/room/").status_code == 200
    assert phone.get("/zh/room/abc").status_code == 404


def test_a_phone_votes_in_its_team_changes_its_mind_and_keeps_its_vote(phone, kept, room, moved):
    there = f"/zh/room/{room.code}"
    moved("to", place=to_vote(room, "quiz:1"))
    assert "你在第几组" in phone.get(there).text
    assert phone.send(f"{there}/team", there, team="9").status_code == 303
    assert "你在第几组" in phone.get(there).text
    phone.send(f"{there}/team", there, team="2")
    for choice in ("1", "2"):
        answer = phone.send(f"{there}/vote", there, ballot="quiz:1", choice=choice)
        assert answer.status_code == 303
    shown = phone.get(there).text
    assert 'value="2" class="kb-phone__option" aria-pressed="true"' in shown
    assert "已收到：B" in shown
    moved("next")
    closed = phone.get(there).text
    assert "你选的" in closed
    assert "先有去处" in closed
    counted = kept.rooms.count(kept.rooms.get(room.id), "quiz:1")
    assert counted.options == (0, 1)
    assert counted.teams[2] == (0, 1)


def test_a_vote_that_comes_too_late_or_is_none_is_refused_in_words(phone, kept, room, moved):
    there = f"/zh/room/{room.code}"
    phone.send(f"{there}/team", there, team="1")
    moved("to", place=to_vote(room, "quiz:1"))
    shown = phone.get(there).text
    for choice in ("", "9", "999", "一", NASTY):
        answer = phone.send(f"{there}/vote", there, ballot="quiz:1", choice=choice)
        assert answer.status_code == 409
    moved("next")
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    late = phone.client.post(
        f"{there}/vote",
        data={"csrf_token": token, "ballot": "quiz:1", "choice": "1"},
        headers=MIDDLE,
    )
    assert late.status_code == 409
    assert "没有计入" in late.text
    assert kept.rooms.voted(room.id, "quiz:1") == 0


def test_what_was_really_done_is_not_told_before_the_screen_tells_it(phone, kept, room, moved):
    there = f"/zh/room/{room.code}"
    phone.send(f"{there}/team", there, team="1")
    moved("to", place=to_vote(room, "ask:shed-before-ban:1"))
    done = kept.rooms.get(room.id).plan.ballots[0].asked[Lang.ZH].after[0]
    moved("next")
    assert done not in phone.get(there).text
    moved("next")
    assert done in phone.get(there).text


# Attendance --------------------------------------------------------------------------------------

ME = {"who": f"A01{NASTY}"[:60], "role": "巷长", "lane": "一巷"}


@pytest.fixture
def code(kept, room):
    """The code of a moment: `code(seconds_ago)`."""

    def at(ago=0):
        return code_at(room.secret, kept.attendance.now() - timedelta(seconds=ago))

    return at


def test_a_fresh_picture_lets_in_and_filling_in_is_no_race(phone, sun, kept, room, code):
    there = f"/zh/room/{room.code}/here"
    came = phone.get(f"/r/{room.code}/here?c={code()}")
    assert came.headers["Location"] == f"{there}?c={code()}"
    let_in = phone.get(came.headers["Location"])
    assert let_in.headers["Location"] == there
    form = phone.get(there).text
    assert 'name="code"' not in form
    for unseen in (" ", "\u200b"):
        assert phone.send(there, **{**ME, "lane": unseen}).status_code == 409
    done = phone.send(there, **ME)
    assert "已签到" in done.text
    assert NASTY not in done.text
    (present,) = kept.attendance.present(room.id)
    assert present.person.lane == "一巷"
    listed = sun.get(f"/zh/desk/rooms/{room.id}/attendance").text
    assert NASTY not in listed
    assert "扫码" in listed


def test_nothing_that_is_kept_leads_from_a_name_to_a_vote(phone, kept, room, moved, code):
    there = f"/zh/room/{room.code}"
    phone.get(f"{there}/here?c={code()}")
    phone.send(f"{there}/here", **ME)
    phone.send(f"{there}/team", there, team="1")
    moved("to", place=to_vote(room, "quiz:1"))
    phone.send(f"{there}/vote", there, ballot="quiz:1", choice="2")
    with kept.database.reading() as session:
        (signed,) = session.scalars(select(Attendance)).all()
        (voted,) = session.scalars(select(Vote)).all()
    assert signed.phone
    assert signed.phone != voted.phone


def test_a_forwarded_code_is_refused_kindly_and_nothing_typed_is_lost(phone, kept, room, code):
    there = f"/zh/room/{room.code}/here"
    old = phone.get(f"{there}?c={code(ago=31)}")
    assert old.status_code == 409
    assert "请看大屏幕" in old.text
    refused = phone.send(there, code=code(ago=40), **ME)
    assert refused.status_code == 409
    assert 'value="一巷"' in refused.text
    assert kept.attendance.present(room.id) == ()
    assert phone.send(there, code=code(), **ME).status_code == 200
    assert len(kept.attendance.present(room.id)) == 1


def test_codes_cannot_be_guessed(phone, kept, room):
    there = f"/zh/room/{room.code}/here"
    answers = [phone.get(f"{there}?c={n:06}").status_code for n in range(25)]
    assert answers[0] == 409
    assert answers[-1] == 429
    assert kept.attendance.present(room.id) == ()


def test_the_screen_by_the_door_shows_the_code_of_the_service(sun, room, code):
    shown = sun.get(f"/zh/desk/rooms/{room.id}/door").text
    assert any(f"{c[:3]} {c[3:]}" in shown for c in (code(), code(ago=10)))
    wait = int(re.search(r'data-next="(\d+)"', shown)[1])
    assert 0 < wait <= 10_050


def test_the_trainer_ticks_takes_in_paper_removes_and_forgets(sun, kept, room):
    there = f"/zh/desk/rooms/{room.id}/attendance"
    assert sun.send(there, act="tick", who="甲", role="巷长", lane="一巷").status_code == 303
    assert sun.send(there, act="tick", who="乙", role="", lane="一巷").status_code == 409
    paper = io.BytesIO("姓名,岗位,巷\n甲,巷长,一巷\n丙,巷长,三巷\n".encode("gbk"))
    assert sun.send(there, act="paper", file=(paper, "a.csv")).status_code == 303
    first, second = kept.attendance.present(room.id)
    assert {first.how, second.how} == {"paper", "hand"}
    bad = sun.send(there, act="paper", file=(io.BytesIO(b"name,role\n"), "a.csv"))
    assert bad.status_code == 409
    assert "第1行" in bad.text
    assert sun.send(there, act="paper").status_code == 409
    assert sun.send(there, act="what").status_code == 400
    sun.send(there, act="remove", entry=str(first.id))
    kept.records.close(room.id, {}, actor=None)
    assert sun.send(there, act="forget").status_code == 303
    assert kept.attendance.present(room.id) == ()
    assert kept.rooms.get(room.id).present == 1


def test_after_the_end_nobody_is_ticked(sun, kept, room):
    there = f"/zh/desk/rooms/{room.id}/attendance"
    token = re.search(r'name="csrf_token" value="([^"]+)"', sun.get(there).text)[1]
    kept.records.close(room.id, {}, actor=None)
    sent = {"csrf_token": token, "act": "tick", "who": "甲", "role": "巷长", "lane": "一巷"}
    late = sun.client.post(there, data=sent)
    assert late.status_code == 409
    assert "本场培训已结束" in late.text


# Reading aloud -----------------------------------------------------------------------------------


def test_a_guide_that_was_read_is_heard_by_whoever_was_there(sun, kept, sample_library):
    sun_id = next(each.id for each in kept.accounts.list() if each.name == "sun")
    plan = plan_of(sample_library, "charging-hour")
    room = kept.rooms.open("charging-hour", plan, Lang.ZH, actor=sun_id)
    there = f"/zh/desk/rooms/{room.id}/reading"
    assert sun.get(there).status_code == 200
    roster = io.BytesIO("工号,岗位,巷\nA1,巷长,一巷\n=2+2,巷长,二巷\n".encode())
    assert sun.send("/zh/desk/heard", act="load", file=(roster, "r.csv")).status_code == 303
    sun.send(f"/zh/desk/rooms/{room.id}/attendance", act="tick", who="a1", role="x", lane="y")
    unread = sun.get("/zh/desk/heard").text
    assert "听过0人，还没听2人" in unread
    # A guide of the library that the session does not name can be read too, in its version of now.
    offered = re.search(r'name="guide" value="daily-patrol">.*?name="version" value="([^"]*)"',
                        sun.get(there).text)[1]  # fmt: skip
    for wrong in ({"guide": "not-a-guide", "version": offered},
                  {"guide": "daily-patrol", "version": "another"}):  # fmt: skip
        sun.send(there, **wrong)
        assert "没有记下" in sun.get(there).text
    assert kept.records.record(room.id).readings == ()
    sun.send(there, guide="daily-patrol", version=offered)
    assert "又从头读完一遍" in sun.get(there).text
    (noted,) = kept.records.record(room.id).readings
    assert (noted.guide, noted.version) == ("daily-patrol", offered)
    shown = sun.get("/zh/desk/heard").text
    assert "听过1人，还没听1人" in shown
    assert sun.get("/zh/desk/heard.csv?guide=another").data.decode("utf-8-sig").count("\n") == 1
    listed = sun.get("/zh/desk/heard.csv").data.decode("utf-8-sig")
    assert "'=2+2" in listed
    assert "A1" not in listed
    bad = sun.send("/zh/desk/heard", act="load", file=(io.BytesIO(b"\xff\xff"), "r.csv"))
    assert bad.status_code == 409
    assert len(kept.attendance.roster()) == 2
    sun.send("/zh/desk/heard", act="delete")
    assert kept.attendance.roster() == ()
