"""The style sheet: contrast, two dark schemes that are one, and nothing from elsewhere."""

import re
from pathlib import Path

import pytest

import kb_app.site

SITE = Path(kb_app.site.__file__).parent
CSS = (SITE / "assets" / "lanewise.css").read_text("utf-8")
TEMPLATES = sorted((SITE / "overrides").rglob("*.html"))


def variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--kb-[\w-]+):\s*([^;]+);", block))


def block(start: str) -> dict[str, str]:
    begin = CSS.index(start) + len(start)
    return variables(CSS[begin : CSS.index("}", begin)])


LIGHT = block(":root {\n  color-scheme: light;")
DARK_BY_SYSTEM = block(':root:not([data-scheme="light"]) {')
DARK_BY_CHOICE = block(':root[data-scheme="dark"] {')


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


TEXT_ON_GROUND = [
    *((words, ground) for words in ("ink", "quiet", "door", "locust", "amber")
      for ground in ("ground", "card", "tint")),
    ("on-brick", "brick"),
    ("on-door", "door"),
    ("on-found", "found"),
    ("on-alarm", "alarm"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", [LIGHT, DARK_BY_SYSTEM], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(scheme, words, ground):
    assert contrast(scheme[f"--kb-{words}"], scheme[f"--kb-{ground}"]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK_BY_SYSTEM], ids=["light", "dark"])
def test_what_can_be_operated_has_an_edge_that_is_seen(scheme):
    for ground in ("ground", "card"):
        assert contrast(scheme["--kb-edge"], scheme[f"--kb-{ground}"]) >= 3
    assert contrast(scheme["--kb-brick-edge"], scheme["--kb-brick"]) >= 2


def test_dark_is_the_same_whether_the_system_or_the_reader_chose_it():
    assert DARK_BY_SYSTEM == DARK_BY_CHOICE
    assert set(DARK_BY_SYSTEM) == set(LIGHT)


def test_the_colours_are_those_of_the_design():
    assert LIGHT["--kb-ground"] == "#fbf9f5"
    assert LIGHT["--kb-door"] == "#a3362b"
    assert LIGHT["--kb-locust"] == "#2e6b4f"
    assert DARK_BY_SYSTEM["--kb-ground"] == "#171a1e"
    assert DARK_BY_SYSTEM["--kb-door"] == "#f0897b"


def test_every_colour_that_is_used_has_a_name():
    used = set(re.findall(r"var\((--kb-[\w-]+)", CSS))
    assert used <= set(variables(CSS))


def test_nothing_comes_from_another_host():
    addresses = re.findall(r"url\(\"?([^\")]*)", CSS)
    assert all(address.startswith("data:") for address in addresses)
    assert "@import" not in CSS
    assert "@font-face" not in CSS
    for path in [*TEMPLATES, *(SITE / "assets").glob("*.js")]:
        hosts = re.findall(r"https?://[^\s\"')]+", path.read_text("utf-8"))
        # Two names that nobody fetches: of a drawing, and of the words in which a page is described.
        assert set(hosts) <= {"http://www.w3.org/2000/svg", "https://schema.org"}, path.name


def test_no_template_has_a_style_or_a_handler_of_its_own():
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|\son\w+=", text), path.name
        inline = re.findall(r"<script(?![^>]*(?:src=|application/(?:ld\+)?json))[^>]*>", text)
        assert inline == [], path.name


def test_scripts_build_nodes_and_never_markup():
    for path in (SITE / "assets").glob("*.js"):
        text = path.read_text("utf-8")
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function"
        assert not re.search(forbidden, text), path.name


def test_chinese_is_never_slanted():
    for rule in re.findall(r"[^{}]*\{[^{}]*font-style:\s*italic[^{}]*\}", CSS):
        assert re.match(r"\s*(/\*.*?\*/\s*)?\.kb-article em \{", rule, re.DOTALL)
    assert re.search(r"em:lang\(zh\),[^{]*\{\s*font-style: normal", CSS)
