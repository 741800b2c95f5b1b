from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.correction import Corrector
from search_index.pinyin import from_homophones, from_latin, sounds_of

KNOWN = Corrector({"bike": 9, "charging": 5, "stairwell": 3, "stairs": 1, "wire": 2, "wired": 1})
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
    assert KNOWN.beginning("wir") == ("wire", "wired")
    assert KNOWN.beginning("zz") == ()


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
    assert from_latin(typed, SOUNDS, {"my", "car", "now"}) == meant


def test_known_words_are_not_taken_for_pinyin() -> None:
    assert from_latin("disuo", SOUNDS, {"disuo"}) == "disuo"


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
    from_homophones(from_latin(folded, SOUNDS, {"a"}), SOUNDS, {"电瓶"})
