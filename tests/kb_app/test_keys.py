from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kb_app.keys import ALPHABET, CODE_LENGTH, Keys

KEYS = Keys.of("not a secret")


@given(st.integers(1, 10**9), st.text(max_size=16))
def test_a_code_fits_its_question_and_no_other(number, nonce):
    code = KEYS.code(number, nonce)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(ALPHABET)
    assert KEYS.fits(f"{code[:4]}-{code[4:]} ".lower(), number, nonce)
    assert not KEYS.fits(code, number + 1, nonce)
    assert not Keys.of("another").fits(code, number, nonce)


@given(st.text())
def test_any_text_is_no_code(text):
    assert KEYS.fits(text, 1, "nonce") is False


@given(st.text(max_size=200))
def test_a_contact_comes_back_by_the_same_key_only(contact):
    covered = KEYS.cover(contact)
    assert KEYS.uncover(covered) == contact
    assert Keys.of("another").uncover(covered) is None
    assert KEYS.uncover("no cover") is None


def test_no_two_characters_of_a_code_look_alike():
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("01IO") & set(ALPHABET)


def test_a_visitor_is_another_one_every_day():
    first, second = (KEYS.visit_of("v", date(2026, 11, day)) for day in (23, 24))
    assert first != second
    assert first == KEYS.visit_of("v", date(2026, 11, 23))


def test_keys_are_not_shown():
    assert repr(KEYS) == "Keys()"
