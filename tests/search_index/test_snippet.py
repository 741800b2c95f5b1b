from __future__ import annotations

from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_index.analysis import _TOKEN, fold, fold_map, split
from search_index.snippet import _spans, snippet


def marks(*said: str) -> list[tuple[str, str]]:
    return [(word, word) for word in said]


def test_the_block_with_most_of_the_words_is_shown() -> None:
    assert snippet(["locks", "locks and bays"], marks("locks", "bays")) == (
        "<mark>locks</mark> and <mark>bays</mark>"
    )


def test_a_long_block_is_cut_around_its_marks() -> None:
    shown = snippet(["甲" * 100 + "地锁" + "乙" * 100], marks("地锁"))
    assert "<mark>地锁</mark>" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 90


def test_no_blocks_no_words() -> None:
    assert snippet([], marks("a")) == ""
    assert snippet(["plain"], []) == "plain"


@given(st.lists(st.text(max_size=300), max_size=3), st.text(max_size=20))
def test_only_marks_are_html(blocks: list[str], query: str) -> None:
    shown = snippet(blocks, marks(*split(fold(query))))
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert shown.count("<mark>") == shown.count("</mark>")
    text = unescape(bare).strip("…")
    assert any(text in block for block in blocks) or not text


@given(st.text(max_size=60), st.text(max_size=20))
@example("0'A0", "0'")
@example("0'A0 0'a", "0'a")
@example("电'a", "a")
def test_what_is_marked_is_what_the_index_knows(text: str, query: str) -> None:
    """The same stretches as if the text were cut into tokens and each compared."""
    wanted = set(split(fold(query)))
    folded, places = fold_map(text)
    expected: set[int] = set()
    for match in _TOKEN.finditer(folded):
        for word in wanted:
            at = match.start() if match[2] == word else -1
            starts = [
                m
                for m in range(match.start(), match.end())
                if folded.startswith(word, m, match.end())
            ]
            for start in starts if match[1] else [at] * (at >= 0):
                expected |= {places[n] for n in range(start, start + len(word))}
    found = {n for _, low, high in _spans([text], marks(*wanted))[0] for n in range(low, high)}
    assert found == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [("don't", "don"), ("rock'n", "n"), ("fireworks", "fire"), ("ab1", "ab"), ("xfire", "fire")],
)
def test_a_part_of_a_word_is_not_marked(text: str, word: str) -> None:
    assert snippet([text], marks(word)) == text.replace("'", "&#x27;")


def test_letters_between_characters_and_signs_are_words() -> None:
    assert snippet(["e_fire车fire"], marks("fire")) == ("e_<mark>fire</mark>车<mark>fire</mark>")
