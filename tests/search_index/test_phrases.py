from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search_index.phrases import Phrases

_phrase = st.text(alphabet="ab 火车", min_size=1, max_size=4).filter(str.strip)


@given(st.lists(_phrase, max_size=12), st.text(alphabet="ab 火车", max_size=20))
def test_the_same_phrases_are_found_as_by_looking_for_each(phrases: list[str], text: str) -> None:
    phrases = [" ".join(phrase.split()) for phrase in phrases]
    expected = {
        phrase
        for phrase in phrases
        if (f" {phrase} " in f" {text} " if phrase.isascii() else phrase in text)
    }
    assert set(Phrases(phrases).within(text)) == expected
