from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.personal import findings
from kb_app.room import PersonalError, RoomClosedError, Slip, UnfitError, UnknownRoomError
from kb_app.room.slips import SlipTotals, _check
from search_index import Lang

GOOD = Slip(4, 3, 2)


@pytest.fixture
def slips(evaluations):
    return evaluations.slips


def test_a_phone_has_one_slip_and_may_change_it_until_the_room_is_closed(slips, quiz_room, close):
    assert slips.mine(quiz_room.id, "a") is None
    slips.fill_in(quiz_room.id, "a", GOOD)
    slips.fill_in(quiz_room.id, "a", Slip(1, 1, 1, "讲慢一点"))
    slips.fill_in(quiz_room.id, "b", GOOD)
    assert slips.mine(quiz_room.id, "a") == Slip(1, 1, 1, "讲慢一点")
    assert slips.totals(quiz_room.id) == SlipTotals(2)
    close(quiz_room.id)
    with pytest.raises(RoomClosedError):
        slips.fill_in(quiz_room.id, "a", GOOD)
    assert slips.mine(quiz_room.id, "a") == Slip(1, 1, 1, "讲慢一点")


def test_totals_are_told_after_the_end_and_of_five_or_more(slips, quiz_room, close):
    for phone in "abcde":
        slips.fill_in(
            quiz_room.id, phone, Slip(4, 3, ord(phone) % 2 + 1, "" if phone == "a" else phone)
        )
    assert slips.totals(quiz_room.id) == SlipTotals(5)
    close(quiz_room.id)
    found = slips.totals(quiz_room.id)
    assert found.told
    assert found.useful == (0, 0, 0, 5)
    assert found.clear == (0, 0, 5, 0)
    assert found.will_use == (2, 3, 0, 0)
    assert found.words == ("b", "c", "d", "e")


def test_four_slips_stay_untold_also_after_the_end(slips, quiz_room, close):
    for phone in "abcd":
        slips.fill_in(quiz_room.id, phone, GOOD)
    close(quiz_room.id)
    assert slips.totals(quiz_room.id) == SlipTotals(4)
    assert not slips.totals(quiz_room.id).told


def test_what_does_not_fit_is_refused_in_words(slips, quiz_room):
    for slip in (Slip(0, 3, 2), Slip(4, 5, 2), Slip(4, 3, 2, "x" * 301)):
        with pytest.raises(UnfitError) as refused:
            slips.fill_in(quiz_room.id, "a", slip)
        assert refused.value.said(Lang.ZH) != refused.value.said(Lang.EN)
    assert slips.mine(quiz_room.id, "a") is None


def test_personal_data_is_named_and_not_kept(slips, quiz_room):
    with pytest.raises(PersonalError) as refused:
        slips.fill_in(quiz_room.id, "a", Slip(4, 3, 2, "找老王 13800000000 或 a@b.cn"))
    assert "手机号" in refused.value.said(Lang.ZH)
    assert "a mobile number, an e-mail address" in refused.value.said(Lang.EN)
    assert slips.mine(quiz_room.id, "a") is None


def test_there_is_no_slip_without_a_room(slips):
    with pytest.raises(UnknownRoomError):
        slips.fill_in(99, "a", GOOD)
    with pytest.raises(UnknownRoomError):
        slips.totals(99)


@given(st.integers(), st.integers(), st.integers(), st.text(max_size=400))
def test_any_slip_fits_or_is_explained(useful, clear, will_use, words):
    slip, fits = Slip(useful, clear, will_use, words), range(1, 5)
    fitting = {useful, clear, will_use} <= set(fits) and len(words) <= 300 and not findings(words)
    with nullcontext() if fitting else pytest.raises((UnfitError, PersonalError)) as refused:
        _check(slip)
    assert fitting or refused.value.said(Lang.ZH)
