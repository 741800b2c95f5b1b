import pytest

from kb_app.site.problem import problem_parts
from search_index import Card, Case, Kind, Lang, Outcome, ProblemType

CARD = Card("抬头看线。", ("先敲门", "再量距离", "后补插座"), "找物业。", "消防条例。", "别剪线。")
PROBLEM = ProblemType(card=CARD)
PARTS = {
    "signs": "垂线。",
    "responses": "| 对策 | 案例 |\n|---|---|\n| 装插座 | [棚](../cases/shed.md) |",
    "escalation": "吹哨。",
    "rules": "禁止。",
    "danger": "冒火花打119,有人倒地打120;119把锁、120%不是电话。",
    "unknown": "未查。",
}


@pytest.fixture
def staged(make_page, make_edition, text):
    """The Markdown of a problem page, with the cases that belong to it."""

    def stage(problem=PROBLEM, cases=(), lang=Lang.ZH, **values):
        values.setdefault("parts", PARTS)
        page = make_page(
            "ebike-corridor", Kind.PROBLEM, lang, details=problem, lesson="先补插座。", **values
        )
        return text(problem_parts(make_edition(page, *cases, lang=lang), page, problem))

    return stage


def order(text, *words):
    places = [text.index(each) for each in words]
    return places == sorted(places)


def test_the_street_card_comes_first_with_its_five_rows_in_order(staged):
    text = staged()
    rows = [f'id="{key}"' for key in ("look", "do", "who", "basis", "dont")]
    assert order(text, "<h1", *rows, "先补插座。", "{#signs}")
    assert text.count("<li>先敲门</li>") == 1


def test_a_page_without_a_card_begins_with_its_lesson(staged):
    text = staged(ProblemType())
    assert 'class="kb-card"' not in text
    assert "先补插座。" in text


def test_danger_stands_right_below_the_card_and_its_numbers_can_be_tapped(staged):
    text = staged()
    assert order(text, 'id="dont"', "{#danger}", "{#signs}")
    assert "[119](tel:119),有人倒地打[120](tel:120)" in text
    assert "119把锁、120%不是电话" in text


def test_a_response_carries_the_evidence_of_its_cases(staged, make_page):
    shed = make_page("shed", details=Case(outcome=Outcome.FAILED), problems=("ebike-corridor",))
    text = staged(cases=[shed])
    cell = text[text.index("装插座") : text.index("{#escalation}")]
    assert "[棚](../cases/shed.md)" in cell
    assert "kb-evidence--failed" in cell
    assert 'data-label="案例"' in cell


def test_the_cases_of_the_problem_are_listed_with_lesson_and_evidence(staged, make_page):
    shed = make_page(
        "shed", title="棚先建好", lesson="插座先行。", details=Case(), problems=("ebike-corridor",)
    )
    text = staged(cases=[shed])
    listed = text[text.index("{#cases}") :]
    assert 'href="../../cases/shed/"' in listed
    assert "插座先行。" in listed
    assert "未经检验" in listed


def test_a_problem_without_cases_asks_for_one(staged):
    assert "还没有案例" in staged()
    assert "No case yet" in staged(lang=Lang.EN)


def test_other_names_close_the_page(staged):
    assert staged(aliases=("电瓶车上楼", "推车上楼")).endswith("电瓶车上楼、推车上楼</p>")


def test_what_people_wrote_is_never_markup(staged):
    card = Card("<b>", ("<script>",), "&", '"', "<i>")
    text = staged(ProblemType(card=card))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
