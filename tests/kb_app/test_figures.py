import io
import re
from dataclasses import replace
from datetime import date

import pytest
from docx import Document

from kb_app.accounts import Role
from kb_app.paper import Listing
from kb_app.questions import Answering, Asked
from kb_app.searches import Sought
from kb_app.trends import WEEKS
from search_index import Lang

PASSWORD = "a long password"


@pytest.fixture
def served(app_with, clock):
    """An application that lives at the fixtures' time, and what it keeps."""
    app = app_with()
    running = app.extensions["lanewise"]
    kept = replace(running.kept, questions=replace(running.kept.questions, now=clock))
    app.extensions["lanewise"] = replace(running, kept=kept)
    return app, kept


@pytest.fixture
def kept(served):
    return served[1]


def signed_in(served, role):
    app, kept = served
    kept.accounts.add(f"{role}", role, PASSWORD)
    browser = app.test_client()
    browser.set_cookie("desk", kept.accounts.sign_in(f"{role}", PASSWORD)[0])
    return browser


@pytest.fixture
def editor(served):
    return signed_in(served, Role.EDITOR)


ADDRESSES = [
    "figures",
    "reports/2026-11",
    "reports/2026-11/summary.docx",
    *(f"reports/2026-11/{listing}" for listing in Listing),
]


# Who may look ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_sees_figures_without_an_account(served, address):
    response = served[0].test_client().get(f"/zh/desk/{address}?only=x")
    assert response.status_code == 302
    assert response.location.startswith("/zh/desk/sign-in?next=%2Fzh%2Fdesk%2F")


def test_a_trainer_may_not_see_them_and_is_told_so(served):
    response = signed_in(served, Role.TRAINER).get("/en/desk/figures")
    assert response.status_code == 403
    assert "Your account may not do this." in response.text


def test_a_cookie_of_nobody_is_nobody(served):
    browser = served[0].test_client()
    browser.set_cookie("desk", "made up")
    assert browser.get("/en/desk/figures").status_code == 302


def test_administrators_see_them_too(served):
    assert signed_in(served, Role.ADMINISTRATOR).get("/en/desk/figures").status_code == 200


# What is seen ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_there_before_anything_was_asked(editor, lang, address):
    response = editor.get(f"/{lang}/desk/{address}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    if response.mimetype == "text/html":
        assert f'href="/{lang.other}/desk/{address}" hreflang' in response.text
        assert not re.search(r'\sstyle="', response.text.split("<main")[1])


@pytest.fixture
def asked(kept):
    """Three questions, of which the first is answered with a case; searches that rise."""
    actor = kept.accounts.add("who", Role.EDITOR, PASSWORD).id
    for n in range(3):
        kept.questions.ask(Asked("王某某的飞线", "zh", problem="ebike-flying-wire"), f"k{n}")
    kept.questions.answer(
        1, Answering(["shed-before-ban"]), actor=actor, seen=1, has_page=lambda _: True
    )
    first = Sought(
        "x", "zh", date(2026, 9, 7), answered=True, hits=1, visit="v", problem="fire-lane"
    )
    kept.searches.note(replace(first, visit="long ago"))
    for n in range(6):
        kept.searches.note(replace(first, day=date(2026, 11, 23), visit=f"v{n}"))
        kept.searches.note(
            replace(first, words="宠物<b>", answered=False, visit=f"w{n}", day=date(2026, 11, 23))
        )
    kept.searches.write(everything=True)
    return kept


@pytest.mark.usefixtures("asked")
def test_plots_have_their_numbers_in_a_table_below(editor):
    text = editor.get("/en/desk/figures").text
    assert text.count('<svg class="kb-plot"') == 3  # nothing was confirmed yet
    assert text.count('<caption class="kb-hidden">') == 4
    week = re.search(r'<th scope="row">2026-11-23</th>(.*?)</tr>', text)[1]
    assert re.findall(r"<td>(\d+)</td>", week) == ["3", "0", "0"]
    assert text.count('<th scope="row">2026-') == WEEKS + 6


@pytest.mark.usefixtures("asked")
def test_what_rises_is_named_with_its_raw_numbers(editor):
    text = editor.get("/en/desk/figures").text
    row = re.search(r'<th scope="row">([^<]*rising)</th>(.*?)</tr>', text)
    assert "(searches)" in row[1]
    assert re.findall(r"<td>([^<]+)</td>", row[2]) == ["11-23", "6", "0.0"]


def test_nothing_rises_while_there_is_too_little_to_compare_with(editor, kept):
    kept.searches.note(
        Sought("x", "zh", date(2026, 11, 23), answered=True, hits=1, visit="v", problem="fire-lane")
    )
    kept.searches.write(everything=True)
    text = editor.get("/en/desk/figures").text
    assert "Not enough records yet" in text
    assert "<td>–</td>" in text


def test_calm_weeks_are_called_calm(editor, kept):
    for day in (date(2026, 9, 7), date(2026, 11, 23)):
        kept.searches.note(
            Sought("x", "zh", day, answered=True, hits=1, visit=f"{day}", problem="fire-lane")
        )
    kept.searches.write(everything=True)
    assert "Nothing comes up more often" in editor.get("/en/desk/figures").text


def test_gaps_without_anything_near_are_a_group_of_their_own(editor, kept):
    for visit in "ab":
        kept.searches.note(
            Sought("x", "zh", date(2026, 11, 23), answered=False, hits=0, visit=visit)
        )
    kept.searches.write(everything=True)
    assert "Nothing comes near" in editor.get("/en/desk/figures").text


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("lang", list(Lang))
def test_every_number_of_a_summary_leads_to_a_list_of_that_length(editor, lang):
    text = editor.get(f"/{lang}/desk/reports/2026-11").text
    found = re.findall(r'<td><a href="([^"]+)" aria-label="[^"]+">(\d+)</a>', text)
    assert len(found) == 21
    for address, count in found:
        listed = editor.get(address.replace("&amp;", "&"))
        assert listed.status_code == 200
        items = listed.text.split('<ul class="kb-counted">')[1:]
        assert (items[0].split("</ul>")[0].count("<li>") if items else 0) == int(count)


@pytest.mark.usefixtures("asked")
def test_nobodys_words_stand_in_a_list_but_what_several_sought(editor):
    for address in ADDRESSES:
        assert "王某某".encode() not in editor.get(f"/zh/desk/{address}").data
    gaps = editor.get("/zh/desk/reports/2026-11/gaps").text
    assert "宠物&lt;b&gt;" in gaps
    assert "宠物<b>" not in gaps


@pytest.mark.usefixtures("asked")
def test_a_question_in_a_list_leads_to_the_desk(editor):
    text = editor.get("/zh/desk/reports/2026-11/received").text
    assert '<a href="/zh/desk/questions/3">第 3 号提问</a>' in text


@pytest.mark.usefixtures("asked")
def test_the_summary_comes_as_a_document(editor):
    response = editor.get("/zh/desk/reports/2026-11/summary.docx")
    assert "lanewise-2026-11.docx" in response.headers["Content-Disposition"]
    assert Document(io.BytesIO(response.data)).paragraphs[0].text == "2026年11月街巷长提问办理情况"


@pytest.mark.parametrize(
    "address",
    [
        "reports/2026-12",  # has not begun
        "reports/2026-13",
        "reports/november",
        "reports/2026-11/persons",
        "reports/2026-12/settled",
        "reports/2026-12/summary.docx",
        "reports",
    ],
)
def test_there_is_nothing_at_other_addresses(editor, address):
    assert editor.get(f"/en/desk/{address}").status_code == 404


@pytest.mark.usefixtures("asked")
def test_a_narrowing_that_fits_nothing_gives_an_empty_list(editor):
    for listing in Listing:
        response = editor.get(f"/en/desk/reports/2026-11/{listing}?only=%3Cb%3E")
        assert response.status_code == 200
    assert editor.get("/en/desk/figures?x=%ff").status_code == 400
