from datetime import date

import pytest

from kb_app.site.facts import before_after, strip, time_line
from search_index import Case, Lang, Outcome, PartialDate, Recheck
from search_index.content import Measure, Place, Span

HELD = Recheck(PartialDate(2023, 3), held=True, value=4)
LOST = Recheck(PartialDate(2022, 9), held=False)


@pytest.fixture
def told(make_page, make_edition):
    """The fact strip of a case."""

    def tell(case, lang=Lang.ZH):
        page = make_page("shed", details=case, lang=lang)
        return strip(make_edition(page, lang=lang), page, case)

    return tell


def test_the_strip_says_where_when_what_and_how_well_proven(told):
    case = Case(
        place=Place("北京", "西城"),
        place_kind="老旧小区",
        happened=Span(PartialDate(2022, 3), PartialDate(2022, 9)),
        parties=("物业",),
        outcome=Outcome.WORKED,
        rechecks=(HELD,),
    )
    text = told(case)
    for words in ("北京西城，老旧小区", "2022年3月至9月", "物业", "2023年3月 守住了（4）"):
        assert words in text
    assert "kb-outcome--worked" in text
    assert "kb-evidence--once" in text


def test_places_stand_in_the_order_of_the_language(told):
    place = Place("Beijing", "Xicheng")
    assert "Xicheng, Beijing" in told(Case(place=place), Lang.EN)


def test_what_is_not_known_is_left_out_and_no_recheck_is_said(told):
    text = told(Case())
    assert "地点" not in text
    assert "时间" not in text
    assert "没有复查记录" in text
    assert "结果未见报道" in text


def test_a_relapse_is_a_word_and_a_shape_of_its_own(told):
    text = told(Case(outcome=Outcome.WORKED, rechecks=(LOST,)))
    assert "反弹了" in text
    assert "kb-evidence--relapsed" in text


def test_rechecks_are_dots_in_the_order_of_their_days():
    line = time_line(date(2022, 3, 1), [LOST, HELD])
    assert line.count("<circle") == 2
    assert line.index("kb-dot--open") < line.index('class="kb-dot"')
    assert "kb-dot-tick" in line
    assert "style=" not in line


def test_a_line_of_one_day_has_a_width():
    assert 'cx="3%"' in time_line(None, [HELD])


def test_before_and_after_are_bars_with_their_numbers(make_edition):
    measure = Measure("窗外垂线(根)", 41, 3, PartialDate(2022, 3), PartialDate(2022, 9), "每周五数")
    figure = before_after(make_edition(), Case(measure=measure))
    assert 'width="100%"' in figure
    assert 'width="7%"' in figure
    assert "怎么量的：每周五数" in figure


def test_a_number_that_was_not_counted_is_said_to_be_missing(make_edition):
    figure = before_after(make_edition(), Case(measure=Measure("locks", before=0)))
    assert "没有数" in figure
    assert 'width="1%"' in figure
    assert "怎么量的" not in figure


def test_no_measure_no_figure(make_edition):
    assert before_after(make_edition(), Case()) is None
