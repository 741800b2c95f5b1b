from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.correction import Corrector, parts
from search_index.pinyin import from_homophones, from_latin, sounds_of
from search_index.stored import Stored

WORDS = {"bike": 9, "charging": 5, "stairwell": 3, "stairs": 1, "wire": 2, "wired": 1}
KNOWN = Corrector(Stored.of(parts(WORDS)))
SOUNDS = sounds_of(["飞线充电", "电瓶车上楼", "地锁", "停车难"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("staiwell", "stairwell"),
        ("chargign", "charging"),
        ("biike", "bike"),
        ("vire", "wire"),
        ("stair", "stair"),
        ("bikes", "bikes"),
        ("with zeppelins", "with zeppelins"),
        ("bik", "bik"),
    ],
)
def test_one_slip_is_mended_and_nothing_else(typed: str, meant: str) -> None:
    assert KNOWN.corrected(typed) == meant


def test_the_beginnings_of_words_are_looked_up() -> None:
    assert KNOWN.beginning("wir", most=9) == ("wire", "wired")
    assert KNOWN.beginning("sta", most=1) == ("stairwell",)
    assert KNOWN.beginning("zz", most=9) == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("feixian chongdian", "飞线充电"),
        ("fei xian chong dian", "飞线充电"),
        ("dianpingche shanglou now", "电瓶车上楼 now"),
        ("my car", "my car"),
        ("disuo", "地锁"),
    ],
)
def test_pinyin_is_understood(typed: str, meant: str) -> None:
    assert from_latin(typed, SOUNDS, {"my", "car", "now"}.__contains__) == meant


def test_known_words_are_not_taken_for_pinyin() -> None:
    assert from_latin("disuo", SOUNDS, {"disuo"}.__contains__) == "disuo"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("电平车上楼", "电瓶车上楼"),
        ("地索", "地锁"),
        ("听车难", "停车难"),
        ("低所", "低所"),
        ("上楼", "上楼"),
    ],
)
def test_homophones_are_mended_where_no_page_has_them(typed: str, meant: str) -> None:
    assert from_homophones(typed, SOUNDS, {"上楼"}) == meant


@given(st.text(max_size=40))
def test_any_text_can_be_mended(text: str) -> None:
    folded = text.lower()
    KNOWN.corrected(folded)
    from_homophones(from_latin(folded, SOUNDS, {"a"}.__contains__), SOUNDS, {"电瓶"})


_short = st.text(alphabet="abc", min_size=4, max_size=6)


def _apart(one: str, other: str) -> bool:
    """Whether one slip makes one word of the other, by trying every slip."""
    for n in range(len(one) + 1):
        tried = [
            one[:n] + one[n + 1 :],
            one[:n] + one[n + 1 : n + 2] + one[n : n + 1] + one[n + 2 :],
        ]
        tried += [one[:n] + c + one[n:] for c in "abc"] + [
            one[:n] + c + one[n + 1 :] for c in "abc"
        ]
        if other in tried:
            return True
    return False


@given(st.sets(_short, min_size=1, max_size=30), _short)
def test_every_word_at_one_slip_is_seen(words: set[str], typed: str) -> None:
    corrector = Corrector(Stored.of(parts(dict.fromkeys(words, 1))))
    assert corrector._near(typed) - {typed} == {w for w in words if w != typed and _apart(typed, w)}
