from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import LOCKS_ZH, Folder

from search_index import Case, Kind, Lang, Status, mark_translated, read_library


def test_a_sound_library_has_no_findings(small: Folder) -> None:
    assert small.lines() == []


def test_nine_mistakes_are_nine_lines(case: Folder) -> None:
    """
    ---
    titel: Locks
    title: 地锁又回来了
    lesson: 一句话。
    problems: [parking-lok]
    owner: 街道办
    checked_on: 2027-01-01
    review_every: often
    status: publish
    sources:
      - {title: 报道, outlet: 晚报, grade: D}
    outcome: working
    ---
    ## 基本请况
    院里有锁。
    """
    assert case.lines("zh/cases/one.md") == [
        "2: unknown field `titel`; did you mean `title`?",
        "5: unknown problem or duty id `parking-lok`; did you mean `parking-lock`?",
        "6: unknown glossary term `街道办`; did you mean `街道办事处`?",
        "7: `2027-01-01` is in the future",
        "8: `often` is not a number of months such as `6m`",
        "9: `publish` is not one of draft, published, retired; did you mean `published`?",
        "11: `D` is not one of A, B, C",
        "12: `working` is not one of worked, partly, failed, unknown; did you mean `worked`?",
        "14: unknown heading `基本请况`; did you mean `基本情况`?",
    ]


def test_a_draft_needs_only_a_title_and_the_situation(case: Folder) -> None:
    """
    ---
    title: 半夜有人装锁
    status: draft
    ---
    ## 基本情况
    今早看到的。
    """
    assert case.lines() == []
    assert case.read().library.published() == ()


def test_a_published_case_says_what_it_lacks(case: Folder) -> None:
    """
    ---
    title: 锁
    ---
    ## 基本情况
    有锁。
    """
    assert [line.split(";")[0] for line in case.lines()] == [
        "2: `checked_on` is missing",
        "2: `lesson` is missing",
        "2: `outcome` is missing",
        "2: `owner` is missing",
        "2: `problems` is missing",
        "2: `review_every` is missing",
        "2: `sources` is missing",
        "4: one of `## 教训` and `## 适用条件` is missing",
        "4: the part `## 决策与行动` is missing or empty",
        "4: the part `## 结果` is missing or empty",
    ]


QUOTES = "; put quotes around text with `? : , { } [ ]` in it"


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("title: a\ntitle: b", "3: `title` is written twice"),
        ("title: [a", f"2: broken YAML: expected ',' or ']', but got '<stream end>'{QUOTES}"),
        ("title: *x", "2: YAML aliases (`*name`) are not allowed"),
        ("- a", "2: the front matter must be fields: `title: …`"),
        ("title: {a: b}", "2: text expected here, not a list or a mapping"),
        (
            "title: ok\naliases: one",
            "3: a list is expected here: `[a, b]` or lines that begin with `- `",
        ),
        ("title: ok\nplace: 北京", "3: fields are expected here: city, district"),
        ("title: ok\nmeasure: {what: 锁, before: many}", "3: `many` is not a number"),
        ("title: ok\n? [a, b]\n: c", "3: a field name must be plain text"),
    ],
)
def test_front_matter_mistakes_stand_on_their_line(folder: Folder, front: str, line: str) -> None:
    folder.write("zh/cases/one.md", f"---\n{front}\n---\n## 基本情况\n有锁。\n")
    assert line in folder.lines("zh/cases/one.md")


def test_a_file_in_another_encoding_is_pointed_at(folder: Folder) -> None:
    (folder.path / "zh/cases").mkdir(parents=True)
    (folder.path / "zh/cases/gbk.md").write_bytes(b"---\ntitle: " + "地锁".encode("gbk"))
    assert folder.lines() == ["2: not UTF-8; save the file as UTF-8 (GBK and others are not read)"]


def test_a_front_matter_without_end_or_beginning_is_pointed_at(folder: Folder) -> None:
    folder.write("zh/cases/open.md", "---\ntitle: a\n")
    folder.write("zh/cases/none.md", "# Title\n")
    assert folder.lines() == [
        "1: the front matter is missing: the first line must be `---`",
        "1: the front matter has no end: a line `---` is missing",
    ]


def test_a_name_is_used_once_across_kinds(folder: Folder) -> None:
    text = "---\ntitle: a\nstatus: draft\n---\n## 基本情况\nx\n"
    folder.write("zh/cases/duty-patrol.md", text)
    folder.write("zh/guides/duty-patrol.md", "---\ntitle: a\nstatus: draft\n---\nx\n")
    assert folder.lines() == ["1: the name `duty-patrol` is taken by zh/cases/duty-patrol.md"]


def test_a_translation_inherits_facts(small: Folder) -> None:
    page = small.read().library.pages[Lang.EN, "car-club"]
    assert isinstance(page.details, Case)
    assert page.checked_on == date(2026, 11, 1)
    assert page.problems == ("parking-lock",)
    assert page.details.measure is not None
    assert (page.details.measure.what, page.details.measure.before) == (
        "cars the yard can hold",
        150,
    )
    assert page.details.decision_points[0].at == "decision"
    assert page.details.place is not None
    assert page.details.place.city == "Beijing"


def test_a_translation_may_not_repeat_contradict_or_lack(small: Folder) -> None:
    path = small.path / "en/cases/car-club.md"
    text = path.read_text(encoding="utf-8")
    text = text.replace("lesson:", "outcome: failed\nchecked_on: 2026-11-01\nlezzon:")
    text = text.replace("measure: {what: cars the yard can hold}\n", "")
    path.write_text(text, encoding="utf-8")
    assert small.lines("en/cases/car-club.md") == [
        "2: `lesson` is missing; a published page needs it",
        "2: `lesson` is not translated",
        "2: `measure` is not translated",
        "3: `outcome` is a fact and contradicts the source (its line 15); leave it out",
        "4: `checked_on` is a fact and stands in the source file; leave it out here",
        "5: unknown field `lezzon`; did you mean `lesson`?",
    ]


def test_lists_of_a_translation_pair_with_the_source(small: Folder) -> None:
    path = small.path / "en/cases/car-club.md"
    text = path.read_text(encoding="utf-8")
    start = text.index("  - {ask")
    path.write_text(text[:start] + text[start : text.index("translation_of")] + text[start:])
    assert "6: `decision_points` has 2 items, the source 1" in small.lines()


def test_a_changed_source_text_asks_for_the_translation(small: Folder) -> None:
    small.write("zh/cases/car-club.md", LOCKS_ZH.replace("三百多辆", "四百多辆"))
    (line,) = small.lines()
    assert line.startswith("8: the source text changed after this translation")
    mark_translated(small.path / "en/cases/car-club.md", small.path)
    assert small.lines() == []


def test_a_changed_fact_asks_for_nothing(small: Folder) -> None:
    small.write("zh/cases/car-club.md", LOCKS_ZH.replace("before: 150", "before: 151"))
    assert small.lines() == []


def test_mark_translated_wants_a_pair(folder: Folder) -> None:
    path = folder.write("en/cases/lone.md", "---\ntitle: a\n---\n")
    with pytest.raises(ValueError, match="a translation and its source are needed"):
        mark_translated(path, folder.path)


def test_a_folder_of_plain_markdown_is_a_library(tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq/parking.md").write_text("# Where to park\n\nBehind the shop.\n")
    (tmp_path / "怎么停车.md").write_text("停在车棚里。\n", encoding="utf-8")
    library, findings = read_library(tmp_path)
    assert findings == ()
    page = library.pages[Lang.EN, "faq/parking"]
    assert (page.title, page.kind, page.status) == ("Where to park", Kind.PAGE, Status.PUBLISHED)
    assert library.pages[Lang.ZH, "怎么停车"].lesson == "停在车棚里。"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=400), table=st.binary(max_size=200))
def test_any_bytes_are_read_or_explained(folder: Folder, data: bytes, table: bytes) -> None:
    (folder.path / "zh/cases").mkdir(parents=True, exist_ok=True)
    (folder.path / "zh/cases/one.md").write_bytes(data)
    (folder.path / "zh/cases/two.md").write_bytes(b"---\n" + data + b"\n---\n" + table)
    (folder.path / "en").mkdir(exist_ok=True)
    for name in ("taxonomy.yml", "glossary.tsv", "emergencies.yml", "holidays.yml"):
        (folder.path / name).write_bytes(table)
    for finding in read_library(folder.path).findings:
        assert finding.message
        assert finding.line >= 1


_yaml = st.recursive(
    st.text(max_size=12) | st.integers() | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_names = st.sampled_from(
    [
        "title",
        "sources",
        "measure",
        "quiz",
        "decision_points",
        "card",
        "basis",
        "happened",
        "problems",
    ]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    front=st.dictionaries(_names, _yaml, max_size=5),
    twin=st.dictionaries(_names, _yaml, max_size=4),
)
def test_any_front_matter_is_read_or_explained(
    small: Folder, front: dict[str, object], twin: dict[str, object]
) -> None:
    import yaml

    for name, fields in (("zh/cases/odd.md", front), ("en/cases/odd.md", twin)):
        text = yaml.safe_dump(fields, allow_unicode=True)
        small.write(name, f"---\n{text}---\n## 基本情况\nx\n")
    for finding in small.read().findings:
        assert finding.message


def test_a_file_that_is_too_large_or_cannot_be_opened_is_named(small: Folder) -> None:
    small.write("zh/cases/long.md", "字" * 400_000)
    (small.path / "zh" / "cases" / "gone.md").symlink_to("nowhere.md")
    assert small.lines() == [
        "1: cannot be read: No such file or directory",
        "1: larger than 1,000,000 bytes",
    ]
