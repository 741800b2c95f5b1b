from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kb_app.room import code_at, is_fresh, is_valid, seconds_left, ticket

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 10**9).map(lambda ms: BEGAN + timedelta(milliseconds=ms))


@given(MOMENTS, st.integers(0, 10_000))
def test_a_code_is_taken_until_twenty_seconds_after_it_began_to_be_shown(shown, later):
    code = code_at("secret", shown)
    now = shown + timedelta(milliseconds=10 * later)
    began = shown.timestamp() // 10 * 10
    if code not in {code_at("secret", now), code_at("secret", now - timedelta(seconds=10))}:
        assert not is_fresh("secret", code, now)
    if now.timestamp() - began < 20:
        assert is_fresh("secret", f" {code[:3]} {code[3:]} ", now)
    assert 0 < seconds_left(now) <= 10


@given(MOMENTS, st.text())
def test_no_other_text_is_a_code_and_no_other_text_a_ticket(now, text):
    if "".join(text.split()) not in {
        code_at("secret", now),
        code_at("secret", now - timedelta(seconds=10)),
    }:
        assert not is_fresh("secret", text, now)
    assert not is_valid("secret", "phone", text, now)


@given(MOMENTS, st.integers(0, 1200))
def test_a_ticket_is_good_for_ten_minutes_on_one_phone_in_one_room(now, seconds):
    kept = ticket("secret", "phone", now)
    later = now.replace(microsecond=0) + timedelta(seconds=seconds)
    assert is_valid("secret", "phone", kept, later) == (seconds < 600)
    assert not is_valid("secret", "another phone", kept, now)
    assert not is_valid("another room", "phone", kept, now)
