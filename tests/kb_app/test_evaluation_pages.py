"""Slips and cards on phones, the four levels at the desk: as browsers without scripts see them."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from kb_app.accounts import Role
from kb_app.models import Room
from kb_app.room import Chosen, Outcome, Side, Slip, Wish, plan_of
from search_index import Lang

PASSWORD = "a long password"
NASTY = "<script>alert(1)</script>\"'{{7*7}}"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SLIP = {"useful": "4", "clear": "3", "will_use": "2"}
CARD = {"lane": "三号巷", "step": "先清车", "due_on": "2026-12-07", "measure": "数车"}
COUNTS = {
    "what": "投诉",
    "method": "工单",
    "before_from": "2026-10-01",
    "before_to": "2026-10-28",
    "after_from": "2026-11-24",
    "after_to": "2026-12-21",
    "lanes": "6",
    "before": "120",
    "after": "60",
    "other_lanes": "7",
    "other_before": "140",
    "other_after": "133",
}


@pytest.fixture
def served(app_with, clock, sample_library):
    """An application at the fixtures' time, with a trainer and an open room."""
    app = app_with()
    running = app.extensions["lanewise"]
    kept = running.kept
    at = {name: replace(getattr(kept, name), now=clock)
          for name in ("rooms", "slips", "cards", "comparisons")}  # fmt: skip
    kept = replace(kept, **at, evaluations=replace(kept.evaluations, **at))
    app.extensions["lanewise"] = replace(running, kept=kept)
    trainer = kept.accounts.add("zhao", Role.TRAINER, PASSWORD).id
    plan = plan_of(sample_library, "charging-hour")
    return app, kept, kept.rooms.open("charging-hour", plan, Lang.ZH, actor=trainer)


@pytest.fixture
def kept(served):
    return served[1]


@pytest.fixture
def room(served):
    return served[2]


class Browser:
    """Follows forms as browsers do: with their hidden fields and their token."""

    def __init__(self, client):
        self.client = client
        self.page = None
        self.sent = {}

    def get(self, address):
        self.page = self.client.get(address)
        return self.page

    def send(self, address, **fields):
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page.text)
        self.sent |= {name: html.unescape(value) for name, value in hidden}
        self.page = self.client.post(address, data={**self.sent, **fields})
        return self.page


@pytest.fixture
def phone(served):
    return Browser(served[0].test_client())


@pytest.fixture
def desk(served, kept):
    client = served[0].test_client()
    client.set_cookie("desk", kept.accounts.sign_in("zhao", PASSWORD)[0])
    return Browser(client)


def close(kept, room):
    with kept.database.writing() as session:
        session.get_one(Room, room.id).closed_at = NOW


# Slips -------------------------------------------------------------------------------------------


def test_a_slip_is_kept_shown_again_and_changed(phone, kept, room):
    where = f"/zh/room/{room.code}/slip"
    assert phone.get(where).headers["Cache-Control"] == "no-store"
    assert phone.send(where, **SLIP, words=NASTY).status_code == 303
    shown = phone.get(where).text
    assert "已收到，培训结束前可以改。" in shown
    assert "<script>alert" not in shown
    taps = re.findall(r'name="(\w+)" value="(\d)" checked', shown)
    assert dict(taps) == SLIP
    phone.send(where, **{**SLIP, "useful": "1"})
    assert kept.slips.totals(room.id).slips == 1


def test_a_slip_that_does_not_fit_keeps_what_was_tapped(phone, kept, room):
    where = f"/zh/room/{room.code}/slip"
    phone.get(where)
    for fields, told in (
        ({"useful": "4"}, "三行各点一个"),
        ({**SLIP, "clear": "9"}, "三行各点一个"),
        ({**SLIP, "words": "找 13800000000"}, "手机号"),
    ):
        answer = phone.send(where, **fields)
        assert answer.status_code == 409
        assert told in answer.text
        assert 'name="useful" value="4" checked' in answer.text
    assert kept.slips.totals(room.id).slips == 0


def test_after_the_end_there_is_no_form_and_nothing_is_taken(phone, kept, room):
    where = f"/en/room/{room.code}/slip"
    phone.get(where)
    close(kept, room)
    assert phone.send(where, **SLIP).status_code == 409
    assert "This session is over." in phone.get(where).text
    assert 'name="useful"' not in phone.page.text


def test_a_forged_form_and_a_wrong_room_are_refused(served, phone, room):
    forged = served[0].test_client().post(f"/zh/room/{room.code}/slip", data=SLIP)
    assert forged.status_code == 400
    assert served[0].test_client().post("/zh/card/look", data={"code": "x"}).status_code == 400
    assert phone.get("/zh/room/nowhere/slip").status_code == 404
    assert phone.get("/zh/room/nowhere/card").status_code == 404


# Cards -------------------------------------------------------------------------------------------


def make_card(phone, room, lang="zh"):
    where = f"/{lang}/room/{room.code}/card"
    phone.get(where)
    made = phone.send(where, **CARD)
    assert made.status_code == 303
    return made.headers["Location"].rpartition("code=")[2]


def test_a_card_is_made_kept_by_its_code_and_looked_back_at(phone, kept, room, clock):
    code = make_card(phone, room)
    shown = phone.get(f"/zh/card/kept?code={code}").text
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in shown
    early = phone.get(f"/zh/card?code={code}").text
    assert "/zh/card/look" not in early
    assert "2026年12月7日" in early
    clock.pass_by(days=20)
    phone.get(f"/zh/card?code={code.lower()}")
    assert phone.send("/zh/card/look", outcome="done", note=NASTY).status_code == 303
    shown = phone.get(f"/zh/card?code={code}").text
    assert "<script>alert" not in shown
    assert "回头看： 做了" in re.sub(r"\s+", " ", shown)
    assert kept.cards.card(code).outcome is Outcome.DONE
    phone.send("/zh/card/change", **{**CARD, "step": "另一步"})
    assert kept.cards.card(code).wish.step == "另一步"


def test_a_card_that_does_not_fit_keeps_what_was_typed(phone, kept, room):
    where = f"/en/room/{room.code}/card"
    phone.get(where)
    for change, told in (
        ({"due_on": "2026-11-23"}, "Choose a day after the session"),
        ({"due_on": "nonsense"}, "Choose a day after the session"),
        ({"lane": " "}, "all four lines"),
        ({"step": "call 13800000000"}, "a mobile number"),
    ):
        answer = phone.send(where, **{**CARD, **change})
        assert answer.status_code == 409
        assert told in answer.text
        assert 'value="数车"' in answer.text
    assert kept.cards.of_room(room.id) == ()


def test_looking_back_says_what_is_missing(phone, room, clock):
    code = make_card(phone, room, "en")
    phone.get(f"/en/card?code={code}")
    early = phone.send("/en/card/look", code=code, outcome="done")
    assert early.status_code == 409
    assert "Look back on 2026-12-07" in early.text
    clock.pass_by(days=20)
    for fields, told in (
        ({}, "Please tap what has become of it."),
        ({"outcome": "not-yet"}, "Choose a new day"),
        ({"outcome": "not-yet", "new_day": "2026-12-01"}, "Choose a new day"),
        ({"outcome": "done", "note": "a@b.cn"}, "an e-mail address"),
    ):
        answer = phone.send("/en/card/look", code=code, **fields)
        assert answer.status_code == 409
        assert told in answer.text
    assert phone.send("/en/card/change", code=code, **{**CARD, "step": ""}).status_code == 409


def test_a_wrong_code_leads_to_the_door_and_guessing_is_stopped(app_with):
    app = app_with(wrong_codes_per_hour=3)
    phone = Browser(app.test_client())
    assert phone.get("/en/card").status_code == 200
    for address in ("/en/card?code=x", "/en/card/kept?code=x"):
        assert phone.get(address).status_code == 404
        assert "No action card has this code." in phone.page.text
    phone.get("/en/ask")
    assert phone.send("/en/card/look", code="x", outcome="done").status_code == 404
    assert phone.get("/en/card?code=y").status_code == 404
    assert phone.get("/en/card?code=z").status_code == 429


# The desk ----------------------------------------------------------------------------------------


def test_nobody_sees_an_evaluation_without_an_account(served):
    for address in ("rooms/1/evaluation", "rooms/1/cards", "sessions/charging-hour/results"):
        answer = served[0].test_client().get(f"/zh/desk/{address}")
        assert answer.status_code == 302
        assert "sign-in" in answer.headers["Location"]


def test_the_test_before_is_opened_and_closed_by_one_button_each(desk, kept, room):
    where = f"/zh/desk/rooms/{room.id}"
    assert "开始课前测" in desk.get(f"{where}/evaluation").text
    assert desk.send(f"{where}/before/open").status_code == 303
    assert kept.rooms.get(room.id).open_ballots == ("before:1",)
    stale = desk.send(f"{where}/before/open")
    assert stale.status_code == 409
    assert "已经往下走了" in stale.text
    assert "结束课前测" in desk.get(f"{where}/evaluation").text
    desk.send(f"{where}/before/close")
    assert kept.rooms.get(room.id).open_ballots == ()
    kept.rooms.open_ballots(room.id, ("quiz:1",), seen=kept.rooms.get(room.id).version)
    desk.get(f"{where}/evaluation")
    late = desk.send(f"{where}/before/open")
    assert late.status_code == 409
    assert "测验已经开始" in late.text


def test_the_test_before_is_answered_on_one_page_which_tells_nothing(phone, kept, room):
    where = f"/zh/room/{room.code}/before"
    assert "现在没有课前测" in phone.get(where).text
    kept.evaluations.open_before(room.id, seen=1)
    assert "先有去处" not in phone.get(where).text  # why it is right
    assert phone.send(where, **{"before:1": "2"}).status_code == 303
    assert 'name="before:1" value="2" checked' in phone.get(where).text
    phone.send(where, **{"before:1": "1", "quiz:1": "1"})
    assert phone.send(where, **{"before:1": "x"}).status_code == 303
    assert phone.send(where, **{"before:1": "9"}).status_code == 409
    assert kept.rooms.voted(room.id, "before:1") == 1
    kept.rooms.close_ballots(room.id, seen=2)
    late = phone.send(where, **{"before:1": "2"})
    assert late.status_code == 409
    assert "没有计入" in late.text
    assert 'name="before:1"' not in late.text


def vote(kept, room, name, choices):
    kept.rooms.open_ballots(room.id, (name,), seen=kept.rooms.get(room.id).version)
    for n, choice in enumerate(choices):
        kept.rooms.vote(room.id, name, f"p{n}", Chosen(choice))
    kept.rooms.close_ballots(room.id, seen=kept.rooms.get(room.id).version)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_four_levels_stand_on_one_page_with_plots_and_tables(desk, kept, room, clock, lang):
    vote(kept, room, "before:1", [1] * 12)
    vote(kept, room, "quiz:1", [2] * 12)
    for n in range(6):
        kept.slips.fill_in(room.id, f"p{n}", Slip(4, 3, 2, NASTY if n == 0 else ""))
    kept.cards.make(room.id, Wish(NASTY, "b", date(2026, 12, 7), "c"))
    close(kept, room)
    clock.pass_by(days=40)
    desk.get(f"/{lang}/desk/sessions/charging-hour/results")
    where = f"/{lang}/desk/sessions/charging-hour/results"
    assert desk.send(where, **COUNTS).status_code == 303
    shown = desk.get(f"/{lang}/desk/rooms/{room.id}/evaluation").text
    assert shown.count('class="kb-plot"') == 6
    assert shown.count("<table") == 6
    assert "<script>alert" not in shown
    assert "style=" not in shown.partition('class="kb-desk')[2].partition("</main>")[0]
    told = {"zh": "这说明不了原因", "en": "This shows no cause."}
    assert told[lang] in shown
    listed = desk.get(f"/{lang}/desk/rooms/{room.id}/cards").text
    assert "2026-12-07" in listed
    assert "<script>alert" not in listed


def test_an_open_room_tells_numbers_only(desk, kept, room):
    vote(kept, room, "before:1", [1] * 12)
    for n in range(6):
        kept.slips.fill_in(room.id, f"p{n}", Slip(4, 3, 2, "讲慢一点"))
    shown = desk.get(f"/zh/desk/rooms/{room.id}/evaluation").text
    assert "已交 6 张小纸条" in shown
    assert "讲慢一点" not in shown
    assert "kb-plot" not in shown.partition('class="kb-desk')[2]


def test_a_card_on_paper_is_entered_by_the_trainer_who_hands_the_code_over(desk, kept, room):
    where = f"/zh/desk/rooms/{room.id}/cards"
    desk.get(where)
    assert desk.send(where, **{**CARD, "lane": ""}).status_code == 409
    made = desk.send(where, **CARD)
    assert made.status_code == 303
    code = made.headers["Location"].rpartition("code=")[2]
    shown = desk.get(made.headers["Location"]).text
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in shown
    assert kept.cards.card(code).wish.lane == "三号巷"
    assert code not in desk.get(where).text
    assert desk.get(f"/zh/desk/rooms/{room.id}/cards/made?code=x").status_code == 404


UNFIT = [
    {"other_lanes": "0"},
    {"other_lanes": ""},
    {"other_before": ""},
    {"after": "-1"},
    {"before": "1.5"},
    {"before_from": "nonsense"},
    {"after_to": "2027-01-01"},
    {"what": ""},
    {"method": "13800000000"},
]


@pytest.mark.usefixtures("room")
def test_without_a_comparison_nothing_is_kept_and_the_form_keeps_its_words(desk, kept, clock):
    clock.pass_by(days=35)
    where = "/zh/desk/sessions/charging-hour/results"
    assert "要有对照才能录" in desk.get(where).text
    for change in UNFIT:
        refused = desk.send(where, **{**COUNTS, **change})
        assert refused.status_code == 409
        assert 'role="alert"' in refused.text
        assert 'value="133"' in refused.text
    assert kept.comparisons.of_page("charging-hour") == ()


@pytest.mark.usefixtures("room")
def test_counts_that_were_entered_by_mistake_are_removed(desk, kept, clock):
    clock.pass_by(days=35)
    where = "/en/desk/sessions/charging-hour/results"
    desk.get(where)
    desk.send(where, **COUNTS)
    found = kept.comparisons.of_page("charging-hour")[0]
    assert found.effect.other == Side(7, 140, 133)
    assert "fell more, or rose less" in desk.get(where).text
    desk.send(f"{where}/{found.id}/remove")
    assert kept.comparisons.of_page("charging-hour") == ()


def test_a_session_that_is_unknown_or_was_never_held_has_no_form(desk):
    assert desk.get("/en/desk/sessions/nothing/results").status_code == 404
    shown = desk.get("/en/desk/sessions/shed-before-ban/results")
    assert "has not been held yet" in shown.text
    assert desk.get("/en/desk/rooms/99/evaluation").status_code == 404


words = st.text(st.characters(blacklist_categories=("Cs",)), max_size=80)


@how(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(COUNTS, words)), words)
def test_whatever_is_sent_is_kept_or_explained(desk, room, fields, code):
    where = "/zh/desk/sessions/charging-hour/results"
    desk.get(where)
    assert desk.send(where, **fields).status_code in {303, 400, 409}
    for address in (f"/zh/room/{room.code}/slip", f"/zh/room/{room.code}/card"):
        desk.get(address)
        sent = {**dict.fromkeys((*SLIP, *CARD, "words"), code), **fields}
        assert desk.send(address, **sent).status_code in {303, 400, 409}
    desk.get(f"/zh/room/{room.code}/card")
    assert desk.send("/zh/card/look", code=code, outcome=code).status_code in {400, 404, 409, 429}


def test_cards_leave_with_the_housekeeping(served, kept, room, clock):
    kept.cards.make(room.id, Wish("a", "b", date(2026, 12, 7), "c"))
    clock.pass_by(days=401)
    served[0].extensions["lanewise"].kept.keep_house()
    assert kept.cards.of_room(room.id) == ()
    assert clock() - NOW == timedelta(days=401)
