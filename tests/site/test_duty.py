import pytest

from kb_app.site.duty import guide_parts, plain_parts, plan_parts, session_parts
from search_index import (
    AgendaKind,
    Guide,
    Kind,
    Lang,
    PartialDate,
    Plan,
    QuizItem,
    Session,
)
from search_index.content import AgendaItem, Objective, Routine, Section, Share, Task

MAKERS = {
    Guide: (Kind.GUIDE, guide_parts),
    Session: (Kind.SESSION, session_parts),
    Plan: (Kind.PLAN, plan_parts),
}


@pytest.fixture
def staged(make_page, make_edition, text):
    """The Markdown of a guide, session or plan."""

    def stage(details, others=(), lang=Lang.ZH, **values):
        kind, make = MAKERS[type(details)]
        page = make_page("page", kind, lang, details=details, **values)
        return text(make(make_edition(page, *others, lang=lang), page, details))

    return stage


def test_a_guide_says_who_does_what_and_what_is_not_ours(staged):
    share = Share("每天走一遍", "街巷长", ("物业",), "不执法")
    text = staged(Guide(role="街巷长", shares=(share,), version="2026.1"), lang=Lang.EN)
    assert "Edition 2026.1" in text
    assert '<td data-label="Leads">street and lane chief</td>' in text
    assert '<td data-label="Supports">property firm</td>' in text
    assert "{#shares}" in text


def test_the_routine_is_a_check_list_for_each_stretch_that_has_one(staged):
    text = staged(Guide(routine=Routine(daily=("走主路线", "记一行"), monthly=("数飞线",))))
    assert text.count('type="checkbox"') == 3
    assert "每天" in text
    assert "<h3>每周" not in text


def test_what_the_fields_say_comes_before_what_the_author_wrote(staged):
    text = staged(Guide(steps=("出门", "回来")), parts={"mine": "路线。"})
    assert text.index("{#steps}") < text.index("{#mine}")
    assert text.index("<li>出门</li>") < text.index("<li>回来</li>")


def test_an_author_may_have_a_part_of_the_same_name(staged):
    text = staged(Guide(steps=("出门",)), parts={"steps": "先说几句。", "mine": "路线。"})
    assert text.count("{#steps}") == 1
    assert text.index("先说几句。") < text.index("<li>出门</li>") < text.index("路线。")


def test_a_guide_of_words_only_is_a_page_too(staged):
    assert "路线。" in staged(Guide(), parts={"mine": "路线。"})


def test_an_agenda_counts_the_minutes_and_leads_to_its_material(staged, make_page):
    items = (
        AgendaItem(10, AgendaKind.READ, "shed", "先读"),
        AgendaItem(35, AgendaKind.DISCUSS, "nobody"),
    )
    text = staged(
        Session(audience="新任街巷长", minutes=45, agenda=items),
        others=[make_page("shed", title="棚先建好")],
    )
    for words in ("新任街巷长", "45分钟", "0–10", "10–45", "讨论", "先读"):
        assert words in text
    assert '<a href="../../cases/shed/">棚先建好</a>' in text


def test_an_objective_leads_to_the_question_that_shows_it(staged):
    session = Session(
        objectives=(Objective("说出先后", 1),),
        quiz=(QuizItem("?", ("a", "b"), 1, "!", "shed"),),
        board=("先后",),
    )
    text = staged(session)
    assert 'href="#quiz-1"' in text
    assert 'id="quiz-1"' in text
    order = [text.index(f"{{#{part}}}") for part in ("objectives", "quiz", "board")]
    assert order == sorted(order)


def test_handouts_are_listed_with_their_kind(staged, make_page):
    others = [make_page("fire-lane", Kind.PROBLEM, title="占堵消防车通道")]
    text = staged(Session(handouts=("fire-lane", "nobody")), others=others)
    assert "占堵消防车通道" in text
    assert "问题" in text
    assert "{#handouts}" not in staged(Session(handouts=("nobody",)))


def test_tasks_stand_in_the_quarter_in_which_they_begin(staged):
    def task(name, month):
        day = PartialDate(2027, month)
        return Task(name, "街巷长", day, day, "为零", ("物业",))

    text = staged(Plan(2027, (task("三", 9), task("二", 3), task("一", 1))))
    order = [text.index(words) for words in ("第1季度", "一</td>", "二</td>", "第3季度", "三</td>")]
    assert order == sorted(order)
    assert "街巷长、物业" in text
    assert "第2季度" not in text


def test_a_plan_without_tasks_has_no_table(staged):
    assert "<table" not in staged(Plan(2027))


def test_a_plain_page_says_its_title_once(make_page, make_edition, text):
    sections = (Section("hello", "Hello", 1, "World.", 1), Section("more", "More", 2, "x", 3))
    page = make_page("notes/hello", Kind.PAGE, Lang.EN, title="Hello", sections=sections)
    staged = text(plain_parts(make_edition(page, lang=Lang.EN), page))
    assert staged.count("Hello") == 1
    assert "World." in staged
    assert "## More {#more}" in staged
