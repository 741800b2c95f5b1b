from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search_index.analysis import fold, fold_map, terms, tokens
from search_index.content import Lang


def test_traditional_and_full_width_count_as_simplified_and_plain() -> None:
    assert terms("電動車ＡＢＣ") == terms("电动车abc")


def test_accents_and_apostrophes_are_dropped_as_people_drop_them() -> None:
    assert terms("Café won't") == terms("cafe wont")


def test_pairs_do_not_cross_punctuation() -> None:
    assert "好我" not in terms("好,我")


@given(st.text())
def test_folding_keeps_a_place_for_every_character(text: str) -> None:
    folded, places = fold_map(text)
    assert folded == fold(text)
    assert len(places) == len(folded)
    assert places == sorted(places)


@given(st.text())
def test_every_token_stands_where_it_says(text: str) -> None:
    folded = fold(text)
    for token in tokens(folded):
        assert 0 <= token.start < token.end <= len(folded)


@given(st.text(alphabet="电动车楼道充电停", min_size=1, max_size=12))
def test_a_part_of_a_text_has_only_terms_of_the_whole(text: str) -> None:
    assert set(terms(text[1:-1])) <= set(terms(text))


def test_languages_have_two_letters() -> None:
    assert [lang.other for lang in Lang] == [Lang.EN, Lang.ZH]
