import json
from pathlib import PurePosixPath

import yaml

from kb_app.site.staged import Part, Staged, after, escaped, of_sections, placed
from search_index.content import Section


def names(parts):
    return [part.anchor or part.markdown for part in parts]


WRITTEN = [Part("1", "one", "One"), Part("1.1", "deep", "Deep", 3), Part("2", "two", "Two")]


def test_a_heading_has_the_id_that_the_index_knows():
    parts = of_sections([Section("result", "结果", 2, "三根。", 9)])
    assert parts[0].text() == "## 结果 {#result}\n\n三根。"


def test_a_heading_shows_its_signs_as_they_are():
    assert Part("", "a", "Who *must* [go]_ & <b>?").text() == (
        r"## Who \*must\* \[go\]\_ &amp; &lt;b&gt;? {#a}"
    )
    assert escaped("a\n b") == "a b"


def test_the_title_of_the_page_is_the_only_heading_of_its_depth():
    assert of_sections([Section("a", "A", 1, "", 1)])[0].level == 2


def test_what_the_build_makes_goes_to_the_end_of_the_part_of_its_name():
    made = Part("more", "one", "Other title")
    assert names(placed(WRITTEN, made)) == ["one", "deep", "more", "two"]


def test_what_has_no_part_of_its_name_stands_before_the_one_named_or_last():
    made = Part("more", "three", "Three")
    assert names(placed(WRITTEN, made, before=["two"])) == ["one", "deep", "three", "two"]
    assert names(placed(WRITTEN, made)) == ["one", "deep", "two", "three"]


def test_something_can_follow_a_part_with_all_below_it():
    made = Part("more", "three", "Three")
    assert names(after(WRITTEN, ["one"], made)) == ["one", "deep", "three", "two"]
    assert names(after(WRITTEN, ["nine"], made)) == ["three", "one", "deep", "two"]


def test_front_matter_is_yaml_whatever_the_title():
    title = 'A "quoted": title — 巷'
    page = Staged(PurePosixPath("a.md"), title, (Part("x"),), twin="/en/")
    _, front, body = page.text().split("---\n", 2)
    assert yaml.safe_load(front)["title"] == title
    assert body.strip() == "x"
    assert json.dumps(title, ensure_ascii=False) in front
