from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.plots import HEIGHT, WIDTH, Plot, Series, drawn, key, rows, ticks

SVG = {"s": "http://www.w3.org/2000/svg"}
WEEKS = Plot(
    "weeks",
    "By week",
    "Three weeks",
    ("11-02", "11-09", "11-16"),
    columns=(Series("received", (4, 0, 8)), Series("settled", (1, 2, 3))),
    lines=(Series("overdue", (0, 5, 2)),),
)
ATTRIBUTES = {
    *("class", "id", "viewBox", "role", "aria-labelledby", "aria-hidden"),
    *("x", "y", "width", "height", "d", "transform"),
}
numbers = st.lists(st.integers(0, 10**7), min_size=1, max_size=60)
words = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="￾￿"))


def parsed(markup):
    return ET.fromstring(str(markup).replace("<svg ", f'<svg xmlns="{SVG["s"]}" ', 1))


def boxes(svg):
    return [
        {name: float(box.get(name)) for name in ("x", "y", "width", "height")}
        for box in svg.iterfind("s:rect", SVG)
    ]


def test_a_plot_has_a_title_and_a_description_that_its_role_refers_to():
    svg = parsed(drawn(WEEKS))
    assert svg.get("role") == "img"
    names = [svg.find(f".//*[@id='{each}']").text for each in svg.get("aria-labelledby").split()]
    assert names == ["By week", "Three weeks"]


def test_columns_are_as_high_as_their_numbers():
    found = boxes(parsed(drawn(WEEKS)))
    heights = [box["height"] for box in found]
    assert len(heights) == 5  # nothing is drawn for zero
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
    assert len({round(box["y"] + box["height"], 1) for box in found}) == 1


def test_a_line_has_a_mark_at_each_number():
    svg = parsed(drawn(WEEKS))
    marks = [e for e in svg.iterfind("s:path", SVG) if "kb-plot__mark--1" in e.get("class")]
    assert len(marks) == 3


def test_rows_are_as_long_as_their_numbers_and_say_them():
    svg = parsed(rows(Plot("r", "t", "s", ("a", "b"), columns=(Series("n", (10, 5)),))))
    long, short = (box["width"] for box in boxes(svg))
    assert long == pytest.approx(2 * short)
    assert [each.text for each in svg.iterfind("s:text", SVG)] == ["a", "10", "b", "5"]


@given(numbers, numbers, st.lists(words, min_size=1, max_size=3))
def test_everything_lies_within_the_drawing_and_nothing_is_markup(columns, lines, names):
    plot = Plot(
        "p",
        names[0],
        names[-1],
        tuple(names[0][:20] or "x" for _ in columns),
        columns=(Series("a", tuple(columns)),),
        lines=(Series("b", tuple((lines * 60)[: len(columns)])),),
    )
    for markup, height in ((drawn(plot), HEIGHT), (rows(plot), None)):
        svg = parsed(markup)
        for box in boxes(svg):
            assert 0 <= box["x"] <= box["x"] + box["width"] <= WIDTH
            assert height is None or 0 <= box["y"] <= box["y"] + box["height"] <= height
        assert {name for each in svg.iter() for name in each.attrib} <= ATTRIBUTES


@given(st.integers(0, 10**9))
def test_an_axis_reaches_its_greatest_number_with_few_round_ticks(most):
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert 2 <= len(found) <= 6
    assert len({b - a for a, b in pairwise(found)}) == 1
    assert most == 0 or found[-2] < most


def test_a_plot_of_nothing_still_has_axes():
    assert len(list(parsed(drawn(Plot("p", "t", "s", ()))).iterfind("s:text", SVG))) == 2
    assert parsed(rows(Plot("p", "t", "s", (), columns=(Series("n", ()),)))).get("viewBox")


def test_the_legend_shows_the_fillings_and_marks_of_the_plot():
    assert "kb-plot__bar--2" in key("column", 1)
    assert "kb-plot__line--1" in key("line", 0)
