import json
import re

from kb_app.site.home import home_parts, season
from search_index import Card, Kind, Lang, ProblemType, Session


def test_the_first_page_begins_with_a_search_box_that_needs_no_script(make_edition, text):
    page = text(home_parts(make_edition()))
    form = page[page.index("<form") : page.index("</form>")]
    assert 'action="/zh/search" method="get"' in form
    assert 'name="q"' in form
    assert page.index("<form") < page.index("{#groups}")


def test_examples_can_be_followed(make_edition, text):
    page = text(home_parts(make_edition(lang=Lang.EN)))
    assert 'href="/en/search?q=wires+hanging+from+windows"' in page


def test_the_problems_of_this_month_are_shown_and_the_others_wait(make_page, make_edition):
    card = Card("看。", ("先撒盐", "再铲"), "谁", "凭", "别")
    edition = make_edition(
        make_page("snow", Kind.PROBLEM, details=ProblemType(card, (11, 12))),
        make_page("flood", Kind.PROBLEM, details=ProblemType(None, (7,)), lesson="看天。"),
    )
    shown = season(edition)
    assert "11月常见" in shown
    assert re.search(r'data-months="11 12">', shown)
    assert re.search(r'data-months="7" hidden>', shown)
    assert "先撒盐" in shown
    assert "看天。" in shown
    titles = json.loads(re.search(r'data-titles="([^"]*)"', shown)[1].replace("&quot;", '"'))
    assert len(titles) == 12


def test_no_season_no_heading(make_page, make_edition, text):
    edition = make_edition(make_page("a", Kind.PROBLEM, details=ProblemType()))
    assert season(edition) == ""
    assert "kb-season" not in text(home_parts(edition))


def test_groups_are_cards_with_their_problems_and_duties_are_not_among_them(
    make_page, make_edition, text
):
    page = text(home_parts(make_edition(make_page("parking-lock", Kind.PROBLEM, title="私装地锁"))))
    assert 'href="groups/parking/"' in page
    assert 'href="problems/parking-lock/"' in page
    assert "1个问题" in page
    assert "groups/duty/" not in page


def test_guides_and_training_are_there_when_there_are_any(make_page, make_edition, text):
    assert "{#guides}" not in text(home_parts(make_edition()))
    pages = (make_page("patrol", Kind.GUIDE), make_page("hour", Kind.SESSION, details=Session()))
    page = text(home_parts(make_edition(*pages)))
    assert "{#guides}" in page
    assert "{#training}" in page
