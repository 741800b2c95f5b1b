"""Check lists: the routine, what the season adds, and the questions to oneself."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.site.checks import asked, check, questions_of, routine
from search_index import Card, Guide, Kind, Lang, ProblemType
from search_index.content import Routine, Section

GUIDE = Guide(routine=Routine(daily=("走主路线", "记一行"), monthly=("数飞线",)))


@pytest.fixture
def staged(make_page, make_edition):
    """The routine of a guide about some topics, beside problems with a season."""

    def stage(*problems, topics=("duty-patrol",), guide=GUIDE, lang=Lang.ZH):
        page = make_page("patrol", Kind.GUIDE, lang, problems=topics, details=guide)
        made = routine(make_edition(page, *problems, lang=lang), page, guide)
        return made.text() if made else None

    return stage


@pytest.fixture
def flood(make_page):
    card = Card("低处有没有积水", ("先断电",), "物业", "规定", "别下水")
    return make_page("flood", Kind.PROBLEM, title="下雨积水", details=ProblemType(card, (6, 7, 11)))


def test_each_list_has_a_name_and_says_when_it_starts_afresh(staged):
    text = staged()
    assert re.findall(r'<ul class="kb-checks" id="(.*?)" data-every="(.*?)">', text) == [
        ("ticks-daily", "daily"),
        ("ticks-monthly", "monthly"),
    ]
    assert text.count('data-counts="ticks-daily"') == 1


def test_a_guide_without_routine_has_no_list(staged):
    assert staged(guide=Guide()) is None


def test_a_patrol_looks_for_what_the_season_brings(staged, flood):
    text = staged(flood)
    assert "11月多看几样" in text
    assert "<span>低处有没有积水</span>" in text
    assert 'href="../../problems/flood/"' in text
    assert 'data-months="6 7 11"' in text
    assert not re.search(r"<li[^>]* hidden", text)


def test_what_another_season_brings_waits_hidden(staged, flood):
    summer = replace(flood, details=replace(flood.details, season=(6, 7)))
    text = staged(summer)
    assert re.search(r'<li[^>]*data-months="6 7" hidden', text)
    assert re.search(r"<section[^>]* hidden>", text)


def test_only_a_patrol_looks_for_the_season(staged, flood):
    assert "data-months" not in staged(flood, topics=("duty-board",))
    assert "data-months" not in staged()


def test_a_problem_without_a_card_is_looked_for_by_its_lesson(staged, flood):
    plain = replace(flood, lesson="雨前清篦子", details=ProblemType(None, (11,)))
    assert "<span>雨前清篦子</span>" in staged(plain)


def closing(text: str) -> str:
    first = Section("route", "路线", 2, "走哪条？几点走？", 1)
    done = asked((first, Section("check", "自查", 2, text, 2)))
    assert done[0] == first
    return done[1].text


def test_closing_questions_become_a_list_to_tick():
    text = closing("记了吗？看了吗？没有就补，见[台账](a.md)。")
    assert text.count("<input") == 2
    assert "<span>记了吗？</span>" in text
    assert text.endswith("\n\n没有就补，见[台账](a.md)。")


@pytest.mark.parametrize(
    "text",
    ["记了吗？", "先记下来。看了吗？记了吗？", "看[这里](a.md)？记了吗？", "| A |\n|---|\n", ""],
)
def test_other_closing_words_stay_as_they_are(text):
    assert closing(text) == text


def test_a_guide_without_text_has_no_questions():
    assert asked(()) == ()


@given(st.text())
def test_no_text_loses_a_character(text):
    questions, rest = questions_of(text)
    whole = "".join("".join(questions).split()) + "".join(rest.split())
    assert whole == "".join(text.split())


@given(st.text())
def test_whatever_is_ticked_is_text(words):
    assert "<script" not in check(words)
    assert check(words).count("<") == 5
