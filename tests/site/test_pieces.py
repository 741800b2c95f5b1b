import re
from datetime import date

import pytest

from kb_app.site import pieces
from search_index import (
    Case,
    Evidence,
    Grade,
    Guide,
    Kind,
    Lang,
    PartialDate,
    Proof,
    QuizItem,
    Rule,
    Session,
    Source,
    Status,
)
from search_index.content import Place, Span

CHECKED = date(2026, 11, 20)


def test_a_legal_card_names_rule_article_and_the_day_somebody_looked(make_edition):
    rules = (Rule("北京市消防条例", CHECKED, "97"), Rule("物业", CHECKED, "第三条"))
    zh, en = (pieces.laws(make_edition(lang=lang), rules).markdown for lang in Lang)
    for words in ("《北京市消防条例》", "第97条", "第三条", "2026年11月20日核对"):
        assert words in zh
    for words in ("Beijing Fire Protection Regulations", "Article 97", "20 November 2026"):
        assert words in en
    assert pieces.laws(make_edition(), ()) is None


def test_a_source_shows_its_grade_and_only_its_own_address(make_edition):
    found = (
        Source("回访", "街道报", Grade.A, PartialDate(2021, 6), "https://example.org/?a=1&b=2"),
        Source("<手册>", "办事处", Grade.C),
    )
    text = pieces.sources(make_edition(lang=Lang.EN), found).markdown
    assert '<cite lang="zh">回访</cite>' in text
    assert "June 2021" in text
    assert 'href="https://example.org/?a=1&amp;b=2" rel="external noopener"' in text
    assert "A: measured" in text
    assert "C: one side&#x27;s statement" in text
    assert text.count("<a ") == 1
    assert "<手册>" not in text


def test_the_answer_of_a_quiz_is_folded_and_says_where_it_stands(make_page, make_edition):
    edition = make_edition(make_page("shed", title="棚先建好"))
    item = QuizItem("先做什么?", ("剪线", "装插座"), 2, "先有去处。", "shed#result")
    text = pieces.quiz(edition, "/zh/problems/a/", [item]).markdown
    assert text.index("<details") < text.index("B：装插座") < text.index("先有去处。")
    assert 'href="../../cases/shed/#result"' in text
    assert 'id="quiz-1"' in text


def test_a_quiz_about_a_page_that_is_not_there_has_no_link(make_edition):
    item = QuizItem("?", ("a", "b"), 1, "!", "nobody#x")
    assert "<a " not in pieces.quiz(make_edition(), "/zh/cases/a/", [item]).markdown
    assert pieces.quiz(make_edition(), "/zh/cases/a/", []) is None


@pytest.mark.parametrize(("day", "stale"), [(date(2026, 8, 1), False), (date(2025, 8, 1), True)])
def test_a_page_says_when_it_was_checked_and_whether_that_is_too_long_ago(
    make_page, make_edition, day, stale
):
    page = make_page("a", checked_on=day, review_months=6, owner="物业")
    text = pieces.checked(make_edition(page), page)
    assert "8月1日核对" in text
    assert "物业负责" in text
    assert "每6个月复核" in text
    assert ("已过复核期" in text) is stale


def test_a_page_that_was_never_checked_says_nothing(make_page, make_edition):
    assert pieces.checked(make_edition(), make_page("a")) is None


def test_a_retired_page_warns(make_page, make_edition):
    page = make_page("a", status=Status.RETIRED)
    assert "已停用" in pieces.head(make_edition(page), page, [])


def test_the_evidence_leads_to_what_it_means(make_page, make_edition):
    proof = Proof(Evidence.MEASURED, relapsed=True)
    about = make_page("evidence-levels", Kind.ABOUT)
    linked = pieces.proof_link(make_edition(about), "/zh/cases/a/", proof)
    assert 'href="../../about/evidence-levels/"' in linked
    assert "有反弹" in linked
    assert "<a " not in pieces.proof_link(make_edition(), "/zh/cases/a/", proof)
    assert pieces.proof_link(make_edition(about), "/zh/cases/a/", None) == ""


def test_a_row_says_what_a_page_rests_on(make_page, make_edition):
    case = Case(place=Place("北京", "西城"), happened=Span(PartialDate(2022)))
    found = {
        "shed": (Kind.CASE, case, "北京西城"),
        "patrol": (Kind.GUIDE, Guide(role="街巷长"), "街巷长"),
        "hour": (Kind.SESSION, Session(minutes=45), "45分钟"),
    }
    pages = [make_page(slug, kind, details=what) for slug, (kind, what, _) in found.items()]
    edition = make_edition(*pages)
    for page in pages:
        assert found[page.id][2] in pieces.row(edition, "/zh/", page)
    assert 'data-outcome="unknown"' in pieces.row(edition, "/zh/", pages[0])
    assert "案例" in pieces.row(edition, "/zh/", pages[0], kind=True)


def test_a_chinese_title_breaks_at_its_punctuation_only():
    assert pieces.titled("一句话", Lang.ZH) == "<h1>一句话</h1>"
    assert pieces.titled("One, two", Lang.EN) == "<h1>One, two</h1>"
    broken = pieces.titled("<一>,二", Lang.ZH)
    assert broken.count("kb-phrase") == 2
    assert "&lt;一&gt;," in broken


@pytest.mark.parametrize(
    ("title", "phrases"),
    [
        ("晚上10:30，谁来？！", 2),
        ("什么？！怎么办", 2),
        ("，开头", 2),
        ("“甲，”乙", 1),
        ("结尾。", 1),
        ("一句话！", 1),
    ],
)
def test_no_sign_of_a_title_is_lost(title, phrases):
    made = pieces.titled(title, Lang.ZH)
    assert made.count("kb-phrase") == (phrases if phrases > 1 else 0)
    assert re.sub(r"<[^>]*>", "", made) == title
