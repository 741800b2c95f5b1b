from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import markdown
from search_index.markdown import blocks, headings, links, plain, raw_html, render, sections

CONTENT = Path(__file__).parents[2] / "content"


def test_headings_in_code_are_none() -> None:
    text = "# One\n```\n# Two\n```\n~~~\n# Three\n~~~~\nTitle\n=====\n## Four {#four-id}\n"
    assert [(h.level, h.text, h.anchor) for h in headings(text)] == [
        (1, "One", None),
        (1, "Title", None),
        (2, "Four", "four-id"),
    ]


def test_a_rule_below_a_list_is_no_heading() -> None:
    assert headings("- item\n---\n") == []


def test_sections_have_the_anchors_of_the_site() -> None:
    found = sections("intro\n\n## A **b** [c](d.md)\n\ntext\n\nOld\n---\nmore\n", first_line=5)
    assert [(s.anchor, s.heading, s.text, s.line) for s in found] == [
        ("", "", "intro", 5),
        ("a-b-c", "A b c", "text\n\nOld"[:4], 7),
        ("old", "Old", "more", 11),
    ]


def test_links_and_pictures_are_told_apart_and_code_is_passed_over() -> None:
    found = links('[a](b.md#c) ![d](e.svg)\n`[x](y.md)`\n```\n[z](z.md)\n```\n[t](<u.md> "v")')
    assert [(link.target, link.image, link.line) for link in found] == [
        ("b.md#c", False, 1),
        ("e.svg", True, 1),
        ("u.md", False, 6),
    ]


@pytest.mark.parametrize("text", ["<b>x</b>", "a <script>", "<!-- x -->", "<img src=x>", "x <br/>"])
def test_html_is_seen(text: str) -> None:
    assert raw_html(text) == [1]


@pytest.mark.parametrize("text", ["1 < 2", "`<b>`", "a <3", "<https://example.org>"])
def test_what_only_looks_like_html_is_not(text: str) -> None:
    assert raw_html(text) == []


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "<a href='data:text/html,x' style='color:red'>x</a>",
        "<svg onload=alert(1)>",
        "text\n{: onclick=alert(1) style=x }",
    ],
)
def test_rendered_markdown_is_harmless(attack: str) -> None:
    html = render(attack)
    for danger in ("<script", "javascript:", "onerror", "onload=", "onclick=", "style=", "data:"):
        assert danger not in html


def test_blocks_are_what_a_reader_sees() -> None:
    text = (
        "A **b** `c`\nd\n\n- e\n- f\n\n| g | h |\n|---|---|\n| i | j |\n\n![alt](x.svg)\n\n&lt; k"
    )
    assert blocks(text) == ("A b c d", "e", "f", "g", "h", "i", "j", "alt", "< k")


@given(st.text(max_size=200))
def test_any_text_is_cut_and_rendered(text: str) -> None:
    for section in sections(text):
        blocks(section.text)
    assert plain(text.replace("\n", " ")) is not None
    assert "<script" not in render(text)


def test_a_page_is_rendered_alike_whatever_was_rendered_before(monkeypatch) -> None:
    """Every fourth page of the library, in any order, against a converter of its own."""
    texts = [path.read_text("utf-8") for path in sorted(CONTENT.rglob("*.md"))[::4]]
    tricky = ["[^1]\n\n[^1]: note", "[^1] again", "[a][x]\n\n[x]: b.md", "[a][x]", "# A\n# A"]
    alone = {}
    for text in [*texts, *tricky]:
        monkeypatch.setattr(markdown, "_converter", markdown._Converter())
        alone[text] = render(text)
    for seed in range(2):
        order = random.Random(seed).sample(list(alone), len(alone))
        assert [render(text) for text in order] == [alone[text] for text in order]


def test_threads_render_without_disturbing_each_other() -> None:
    texts = [f"# {n}\n\n[^{n}] and [a][{n}]\n\n[^{n}]: x\n[{n}]: y.md" for n in range(40)]
    one_by_one = [render(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, texts)) == one_by_one
