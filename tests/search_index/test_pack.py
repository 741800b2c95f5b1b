"""The pack that phones search; tests/browser/test_matcher.py runs it in a browser."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from search_index import Lang, pack_of, short_numbers
from search_index.analysis import stem
from search_index.pack import _front_coded


def read(data: bytes) -> list[int]:
    """Numbers of seven bits a byte, as the browser reads them."""
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


def head_of(pack: bytes) -> tuple[dict, bytes]:
    size = int.from_bytes(pack[:4], "little")
    return json.loads(pack[4 : 4 + size]), pack[4 + size :]


@given(st.lists(st.integers(min_value=0, max_value=2**27)))
def test_numbers_are_read_as_they_were_written(values):
    assert read(short_numbers(values)) == values


@given(st.lists(st.text("abc楼道飞线", min_size=1), unique=True))
def test_every_term_can_be_told_from_the_one_before(terms):
    found = []
    for letter, rest in re.findall("([A-I])([^A-I]*)", _front_coded(sorted(terms))):
        before = found[-1] if found else ""
        found.append(before[: ord(letter) - ord("A")] + rest)
    assert found == sorted(terms)


def test_the_runs_are_as_long_as_the_head_says(sample_library):
    for lang in Lang:
        head, rest = head_of(pack_of(sample_library, lang))
        counts, distances, steps = head["runs"]
        assert len(rest) == counts + distances + steps
        assert sum(read(rest[:counts])) == len(read(rest[counts : counts + distances])) == steps
        assert {min(rest[-steps:]) > 0, max(rest[-steps:]) <= 7} == {True}


def test_signs_of_danger_travel_with_their_stems(sample_library):
    head, _ = head_of(pack_of(sample_library, Lang.EN))
    assert len(head["emergencies"]) == len(sample_library.emergencies)
    for signs, harmless, call, message in head["emergencies"]:
        words = re.findall(r"[a-z]+", " ".join([*signs, *harmless]))
        assert all(stem(word) == word or stem(stem(word)) != word for word in words)
        assert call
        assert message
