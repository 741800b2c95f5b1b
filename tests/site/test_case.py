import pytest

from kb_app.site.case import case_parts
from search_index import Case, Kind, Outcome, Provenance
from search_index.content import DecisionPoint


def point(at, ask="先剪线吗?"):
    return DecisionPoint(at, ask, ("剪", "不剪"), "没剪。", "没有替代。")


@pytest.fixture
def staged(make_page, make_edition, text):
    """The Markdown of a case: `staged(Case(...), parts={...}, others=[...])`."""

    def stage(case, parts=(("situation", "院子。"), ("decision", "装插座。")), others=(), **values):
        page = make_page("shed", details=case, parts=dict(parts), **values)
        return text(case_parts(make_edition(page, *others), page, case))

    return stage


def test_a_dilemma_stands_before_the_part_that_tells_how_it_went(staged):
    text = staged(Case(decision_points=(point("decision"),)))
    order = [text.index(words) for words in ("院子。", "{#decision-points}", "装插座。")]
    assert order == sorted(order)
    assert text.index("<details") < text.index("没剪。")


def test_dilemmas_at_several_places_are_numbered_and_have_one_heading(staged):
    case = Case(decision_points=(point("result", "二?"), point("decision", "一?")))
    parts = {"situation": "一", "decision": "装。", "result": "好。"}
    text = staged(case, parts=parts)
    assert text.count("{#decision-points}") == 1
    assert text.index("一?") < text.index("{#decision}") < text.index("二?")
    assert text.index("二?") < text.index("{#result}")
    assert 'id="decision-point-1"' in text
    assert "第1个岔口" in text


def test_a_dilemma_without_its_place_is_not_lost(staged):
    assert "{#decision-points}" in staged(Case(decision_points=(point("options"),)))


def test_what_not_to_do_stands_below_the_lessons(staged):
    parts = {"situation": "一", "pitfalls": "没有雨檐。", "transfer": "有空棚。"}
    text = staged(Case(not_do=("没有插座就剪线",)), parts=parts)
    assert text.index("没有雨檐。") < text.index("### 别这样做 {#not-do}") < text.index("有空棚。")


def test_what_not_to_do_needs_no_lessons(staged):
    assert "## 别这样做 {#not-do}" in staged(Case(not_do=("剪线",)))


def test_a_composite_case_says_so_before_anything_is_told(staged):
    text = staged(Case(provenance=Provenance.COMPOSITE))
    assert text.index("教学合成案例") < text.index("院子。")
    assert "教学合成案例" not in staged(Case())


def test_a_case_leads_to_the_problems_it_helps_with_and_to_its_relatives(staged, make_page):
    case = Case(outcome=Outcome.WORKED, reused_from=("older", "nobody"))
    others = [
        make_page("fire-lane", Kind.PROBLEM),
        make_page("older", details=Case()),
        make_page("newer", details=Case(reused_from=("shed",))),
    ]
    text = staged(case, problems=("fire-lane", "parking-lock"), others=others)
    for address in ("../../problems/fire-lane/", "../older/", "../newer/"):
        assert f'href="{address}"' in text
    assert "parking-lock" not in text
    assert 'href="../../groups/ebikes-fire/#cases"' in text
