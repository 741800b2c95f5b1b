from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.stored import Stored, dictionary, records, texts, write

_names = st.sets(st.text(max_size=12), max_size=40)


@given(_names, st.text(max_size=12))
def test_texts_are_found_by_themselves_and_by_how_they_begin(names: set[str], other: str) -> None:
    ordered = sorted(names)
    kept = Stored.of(texts("x", ordered)).texts("x")
    assert [kept.place(name) for name in ordered] == list(range(len(ordered)))
    assert [kept[place] for place in range(len(kept))] == ordered
    assert (other in kept) == (other in names)
    begin = [name for name in ordered if name.startswith(other)]
    assert [kept[place] for place in kept.beginning(other)] == begin


_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.tuples(inner, inner),
    max_leaves=5,
)


@given(st.dictionaries(st.text(max_size=8), _plain, max_size=20))
def test_a_dictionary_gives_back_what_went_in(values: dict[str, object]) -> None:
    kept = Stored.of(dictionary("x", values)).dictionary("x")
    assert dict(kept) == values
    assert kept.get("not there" * 9, 7) == 7
    with pytest.raises(KeyError):
        kept["not there" * 9]


def test_a_file_holds_arrays_of_any_shape_and_kind(tmp_path: Path) -> None:
    parts = {
        "grid": np.arange(6, dtype=np.uint8).reshape(2, 3),
        "none": np.empty((0, 4), dtype=np.float32),
        "long": np.arange(5, dtype=np.int64),
    }
    write(tmp_path / "file", parts | records("r", [("a", 1), None]))
    opened = Stored.open(tmp_path / "file")
    for name, part in parts.items():
        assert np.array_equal(opened.array(name), part)
        assert opened.array(name).dtype == part.dtype
    assert opened.view("long")[3] == 3
    assert list(opened.records("r")) == [("a", 1), None]


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x09\0\0\0{broken}")
    with pytest.raises(ValueError, match="Expecting"):
        Stored.open(tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        Stored.open(tmp_path / "no file")
