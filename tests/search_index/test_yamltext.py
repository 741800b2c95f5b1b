from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search_index import yamltext
from search_index.yamltext import parse_yaml

CONTENT = Path(__file__).parents[2] / "content"
# What YAML gives a meaning to, and enough ordinary text between.
PIECES = [
    *"ab1字。~é😀:-[]{},#|>?!&*%@`\"'\\<= \n\t\r\ufeff\x85\u2028\x07",
    *("|-", ">+", "\\n", "\\u4e00", "---", "...", ": ", "\n  ", "\n- ", " #", ", ", "? ", "\n    "),
    *("key: v\n", "\nk: ", "\n  - ", "a? b", '"a"', ": |\n  x\n"),
]


def slowly(text: str) -> object:
    """What the parser says that is there on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamltext, "_FAST", None)
        return parse_yaml(text)


def yaml_of_the_library() -> Iterator[tuple[str, str]]:
    for path in sorted(CONTENT.rglob("*.yml")):
        yield path.name, path.read_text("utf-8")
    for path in sorted(CONTENT.rglob("*.md")):
        front, end, _ = path.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        if end:
            yield str(path.relative_to(CONTENT)), front


@pytest.mark.unmeasured
def test_both_parsers_read_the_whole_library_alike() -> None:
    texts = list(yaml_of_the_library())
    assert len(texts) > 500
    for name, text in texts:
        assert parse_yaml(text) == slowly(text), name


@pytest.mark.skipif(yamltext._FAST is None, reason="there is only one parser here")
def test_nearly_all_of_the_library_is_read_by_the_fast_one() -> None:
    texts = [text for _, text in yaml_of_the_library()]
    slow = [text for text in texts if yamltext._READ_DIFFERENTLY.search(text)]
    assert len(slow) < len(texts) / 5


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60))
@example("a: [b? c]")
@example("[a\n, b? c]")
@example("- ? b")
@example("a: |#x\n  b")
@example("a:\t")
@example("\ufeffa: b")
@example("--- a")
@example("a\ud800: b")
def test_both_parsers_read_any_text_alike_and_complain_in_the_same_words(text: str) -> None:
    assert parse_yaml(text) == slowly(text)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: *x", 5, "YAML aliases (`*name`) are not allowed"),
        ("a: &x 1\nb: *x", 5, "YAML aliases (`*name`) are not allowed"),
        ("a: [b", 4, "broken YAML"),
        ("a: 1\nb: \x07", 5, "a character that YAML does not allow (U+0007)"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text, line, message) -> None:
    node, (wrong,) = parse_yaml(text, first_line=4)
    assert node is None
    assert wrong.line == line
    assert message in wrong.message


def test_a_star_that_is_no_alias_is_text() -> None:
    node, wrong = parse_yaml("a: b*c\nd: '*e'")
    assert node is not None
    assert [entry.text for entry in node.entries.values()] == ["b*c", "*e"]
    assert wrong == []
