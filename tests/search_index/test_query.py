from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search_index.content import Kind
from search_index.query import Parsed, content_words, parse, words


def test_quotes_of_either_script_make_phrases() -> None:
    assert parse("“消防 通道” 车").phrases == ("消防 通道",)
    assert parse('"Fire  Lane"').phrases == ("fire lane",)


def test_a_minus_excludes_a_word_or_a_phrase() -> None:
    parsed = parse('locks -"fire lane" -bollard e-bike -')
    assert parsed.excluded == ("fire lane", "bollard")
    assert parsed.words == "locks e-bike -"


def test_fields_that_mean_nothing_are_words() -> None:
    assert parse("kind:house 12:30 problem: mine") == Parsed("kind:house 12:30 problem: mine")
    assert parse("kind:case problem:parking-lock x") == Parsed(
        "x", kinds=frozenset({Kind.CASE}), problems=frozenset({"parking-lock"})
    )


def test_words_that_only_ask_are_dropped_unless_nothing_else_is_left() -> None:
    assert content_words("楼道里停电动车归谁管").split() == ["楼道里停电动车"]
    assert content_words("what is it") == "what is it"


def test_a_lone_character_counts_and_characters_of_longer_words_only_hint() -> None:
    assert words("锁").terms == {"锁": 1.0}
    found = words("地锁")
    assert found.terms == {"地锁": 1.0}
    assert found.hints == {"地": 0.5, "锁": 0.5}
    assert words("什么 bikes", strip=False).terms.keys() >= {"什么", "bike"}


@given(st.text())
def test_any_text_is_a_query(text: str) -> None:
    parsed = parse(text)
    words(parsed.words, phrases=parsed.phrases)
