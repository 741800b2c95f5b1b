from __future__ import annotations

import pytest
from samples import LOCKS_ZH, PROBLEM_ZH, Folder


def _lines(folder: Folder, text: str, name: str = "zh/cases/one.md") -> list[str]:
    folder.write(name, text)
    return folder.lines(name)


def test_headings_are_known_ordered_and_single(folder: Folder) -> None:
    body = LOCKS_ZH.replace("## 教训", "## 经过") + "\n## 结果\n又一次。\n\n# 大标题\n"
    found = _lines(folder, body)
    assert "31: `经过` stands too late; see the order" in found
    assert "34: heading `结果` is used twice (line 28)" in found
    assert "37: the title stands in the front matter; begin with `##`" in found


def test_text_before_the_first_heading_is_pointed_at(folder: Folder) -> None:
    found = _lines(folder, LOCKS_ZH.replace("## 基本情况", "先说一句。\n\n## 基本情况"))
    assert "22: text before the first heading `## 基本情况`" in found


def test_a_card_fits_one_screen(folder: Folder) -> None:
    text = PROBLEM_ZH.replace("别一天全拆完就走。", "别" * 200)
    found = _lines(folder, text, "zh/problems/parking-lock.md")
    assert "11: `card` has 240 characters in all; 200 fit one screen" in found


def test_a_lesson_is_one_short_sentence(folder: Folder) -> None:
    found = _lines(folder, LOCKS_ZH.replace("先数清车位,再谈拆锁。", "数" * 41))
    assert "3: `lesson` has 41 characters; 40 at the most" in found


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("[a](../cases/car-clab.md)", "dead link `../cases/car-clab.md`; did you mean `car-club`?"),
        ("[a](../cases/car-club.md#resalt)", "has no part `#resalt`; did you mean `result`?"),
        ("[a](#nowhere)", "has no part `#nowhere`"),
        ("[a](../../../../etc/passwd)", "leads out of the content"),
        ("[a](javascript:alert(1))", "is of a sort that is not allowed"),
        ("![](../diagrams/x.svg)", "has no words for those who cannot see it"),
        ("![x](https://example.org/x.png)", "lies on another host"),
        ("![x](../diagrams/x.svg)", "dead link `../diagrams/x.svg`"),
        ("<b>bold</b>", "HTML is not allowed; write Markdown"),
    ],
)
def test_what_leads_nowhere_is_pointed_at(small: Folder, link: str, message: str) -> None:
    found = _lines(small, LOCKS_ZH.replace("院里三百多辆车", link))
    assert any(line.startswith("23: ") and message in line for line in found), found


@pytest.mark.parametrize(
    "link",
    [
        "[a](../problems/parking-lock.md#do)",
        "[a](car-club.md)",
        "[a](#result)",
        "[a](https://example.org/a)",
        "`<b>` and `[a](nowhere.md)`",
        "![plan](../diagrams/shed.svg)",
    ],
)
def test_what_leads_somewhere_is_not(small: Folder, link: str) -> None:
    small.write("zh/diagrams/shed.svg", "<svg/>")
    assert _lines(small, LOCKS_ZH.replace("院里三百多辆车", link)) == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("13812345678", "a mobile number"),
        ("11010519900307123X", "an identity number"),
        ("京A12345", "a number plate"),
        ("京AD12345", "a number plate"),
    ],
)
def test_personal_data_is_pointed_at(folder: Folder, words: str, what: str) -> None:
    found = _lines(folder, LOCKS_ZH.replace("院里三百多辆车", words))
    assert f"23: {what} looks like personal data; take it out" in found


@pytest.mark.parametrize("words", ["12345", "2024年119次", "京政发2020", "¥13812345678901"])
def test_ordinary_numbers_are_not_personal_data(folder: Folder, words: str) -> None:
    assert _lines(folder, LOCKS_ZH.replace("院里三百多辆车", words)) == []


def test_decision_points_and_quiz_items_point_at_what_exists(small: Folder) -> None:
    text = LOCKS_ZH.replace("at: decision", "at: decizion").replace(
        "decision_points:",
        "quiz:\n"
        "  - {stem: 几把, options: [一, 二], answer: 3, explain: 无。, from: one#nothing}\n"
        "decision_points:",
    )
    found = _lines(small, text)
    assert "20: `answer` 3 of 2 options" in found
    assert "20: `zh/cases/one.md` has no part `#nothing`" in found
    assert "22: `at: decizion` is no part of this case; did you mean `decision`?" in found


def test_a_session_adds_up(folder: Folder) -> None:
    text = """\
---
title: 讲地锁
lesson: 先数后拆。
problems: [duty-patrol]
owner: 街道办事处
checked_on: 2026-11-01
audience: 街巷长
minutes: 45
objectives:
  - {text: 会数, quiz: 2}
agenda:
  - {minutes: 10, kind: discuss, prompt: 说说。}
quiz:
  - {stem: 先, options: [数, 拆], answer: 1, explain: 数。, from: talk}
---
说明。
"""
    assert _lines(folder, text, "zh/sessions/talk.md") == [
        "10: quiz item 2 does not exist",
        "11: the agenda takes 10 minutes, `minutes` says 45",
    ]


def test_a_problem_page_is_named_after_its_type(folder: Folder) -> None:
    found = _lines(folder, PROBLEM_ZH, "zh/problems/parking-lok.md")
    assert "1: `parking-lok` is not in taxonomy.yml; did you mean `parking-lock`?" in found


def test_a_span_does_not_end_before_it_begins(folder: Folder) -> None:
    found = _lines(folder, LOCKS_ZH.replace("to: 2013-03", "to: 2012"))
    assert "13: `happened` ends before it begins" in found


def test_the_tables_are_checked_too(folder: Folder) -> None:
    folder.write("taxonomy.yml", "groups:\n  - id: a\n    zh: 甲\n")
    folder.write("glossary.tsv", "一\tone\n一\ttwo\nthree\n")
    folder.write("emergencies.yml", "rules: []\n")
    folder.write("holidays.yml", "years:\n  2026:\n    off: [2026-13-01]\n")
    assert sorted(str(f) for f in folder.read().findings) == [
        "emergencies.yml:1: `emergencies:` is missing",
        "glossary.tsv:2: `一` is written twice",
        "glossary.tsv:3: want zh, en, aliases_zh, aliases_en, note, parted by tabs",
        "holidays.yml:3: `2026-13-01` is not a day such as `2026-10-01`",
        "taxonomy.yml:2: `en` is missing",
    ]
