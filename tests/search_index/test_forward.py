"""An index brought up to date is the index built anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.content import Kind, Lang
from search_index.engine import Query, open_engine
from search_index.engines.forward import Collector, Forward, load
from search_index.engines.whoosh import print_of
from search_index.passages import Passage

_text = st.text(alphabet="ab 电动车", max_size=12)
_page = st.lists(_text, min_size=1, max_size=3)
_library = st.dictionaries(st.sampled_from([f"p{n}" for n in range(9)]), _page, max_size=9)


def _passages(library: dict[str, list[str]]) -> list[Passage]:
    return [
        Passage(slug, Kind.CASE, Lang.ZH, f"s{n}", "节", f"题{slug}", (text,), names="名 name")
        for slug in sorted(library)
        for n, text in enumerate(library[slug])
    ]


def _collected(library: dict[str, list[str]], previous: Forward | None) -> Forward:
    collector = Collector(previous)
    for slug in sorted(library):
        collector.add(_passages({slug: library[slug]}))
    return collector.done()


def _spelled(words: Forward) -> list[list[dict[str, int]]]:
    return [
        [
            {words.words[w]: c for w, c in zip(f.words[low:high], f.counts[low:high], strict=True)}
            for low, high in zip(f.starts, f.starts[1:], strict=False)
        ]
        for f in words.fields.values()
    ]


@given(_library, _library)
def test_words_taken_over_are_those_counted_anew(
    before: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    taken, anew = _collected(after, _collected(before, None)), _collected(after, None)
    assert _spelled(taken) == _spelled(anew)
    assert sorted(zip(taken.words, taken.stems, strict=True)) == sorted(
        zip(anew.words, anew.stems, strict=True)
    )
    assert np.array_equal(taken.pages, anew.pages)


@settings(max_examples=12, deadline=None)
@given(_library, _library)
def test_an_index_brought_up_to_date_answers_as_one_built_anew(
    tmp_path_factory, before: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("index")
    old, new, anew = (open_engine(f"whoosh://{folder / name}") for name in ("old", "new", "anew"))
    old.rebuild(_passages(before), fingerprint="before")
    new.rebuild(_passages(after), fingerprint="after", previous=folder / "old")
    anew.rebuild(_passages(after), fingerprint="after")
    for query in (
        Query({"a": 1.0, "电动": 1.0, "动车": 0.5}),
        Query({"name": 1.0}, kinds=frozenset({Kind.CASE})),
        Query({"name": 1.0}, kinds=frozenset({Kind.GUIDE})),
    ):
        assert new.search(query) == anew.search(query)
    for slug in {*before, *after}:
        assert new.passages(slug, Lang.ZH) == anew.passages(slug, Lang.ZH)
    assert dict(new.words()) == dict(anew.words())
    for engine in (old, new, anew):
        engine.close()


def test_an_index_of_another_make_is_not_taken_over(tmp_path: Path) -> None:
    assert load(tmp_path / "nothing") is None
    (tmp_path / "broken").write_bytes(b"what is this")
    assert load(tmp_path / "broken") is None
    engine = open_engine(f"whoosh://{tmp_path / 'index'}")
    library = {"p1": ["a"], "p2": ["b"]}
    assert engine.rebuild(_passages(library), fingerprint="x", previous=tmp_path / "broken") == 2
    generation = next((tmp_path / "index").glob("generation-*"))
    (generation / "index").write_bytes(b"\0" * 64)
    fresh = open_engine(f"whoosh://{tmp_path / 'fresh'}")
    fresh.rebuild(_passages(library), fingerprint="y", previous=tmp_path / "index")
    assert fresh.search(Query({"b": 1.0})).total == 1
    engine.close()
    fresh.close()


def test_what_is_equal_is_not_written_again_though_it_was_read_anew() -> None:
    word = " ".join(part for part in ("飞线", "cable"))
    same = [("page", word, (word, word), (word,))]
    anew = [("page", f"{word}", (f"{word[:2]} cable", word[:2] + word[2:]), (word[:],))]
    assert print_of(same) == print_of(anew)
    assert print_of(same) != print_of([("page", word, (word,), (word,))])
