from __future__ import annotations

from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from search_index.analysis import terms
from search_index.snippet import snippet


def test_the_block_with_most_of_the_words_is_shown() -> None:
    assert snippet(["locks", "locks and bays"], {"lock", "bay"}) == (
        "<mark>locks</mark> and <mark>bays</mark>"
    )


def test_a_long_block_is_cut_around_its_marks() -> None:
    shown = snippet(["甲" * 100 + "地锁" + "乙" * 100], {"地锁"})
    assert "<mark>地锁</mark>" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 90


def test_no_blocks_no_words() -> None:
    assert snippet([], {"a"}) == ""
    assert snippet(["plain"], set()) == "plain"


@given(st.lists(st.text(max_size=300), max_size=3), st.text(max_size=20))
def test_only_marks_are_html(blocks: list[str], query: str) -> None:
    shown = snippet(blocks, set(terms(query)))
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert shown.count("<mark>") == shown.count("</mark>")
    text = unescape(bare).strip("…")
    assert any(text in block for block in blocks) or not text
