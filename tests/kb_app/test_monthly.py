"""The month from its database to the lists behind its numbers."""

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kb_app import service
from kb_app.catalogue import CaseNote, Catalogue, GroupNote, catalogue_of, read_catalogue
from kb_app.feedback import Said, Verdict
from kb_app.keeping import kept_of
from kb_app.keys import Keys
from kb_app.listings import Names, rows
from kb_app.monthly import numbers, summary
from kb_app.paper import Listing, as_text, paper
from kb_app.periods import month, month_of, months_before
from kb_app.questions import Answering, Asked
from kb_app.searches import Searches, Sought
from search_index import Lang, read_library

KEYS = Keys.of("not a secret")
NOVEMBER, DECEMBER = month("2026-11"), month("2026-12")
NAMES = Names(lambda topic: f"<{topic}>", lambda page: (page.upper(), f"/zh/{page}/"))


def case(slug, published_on=None, *relapses):
    titles = {Lang.ZH: f"案例{slug}", Lang.EN: f"Case {slug}"}
    return CaseNote(slug, titles, {Lang.ZH: f"/zh/cases/{slug}/"}, published_on, relapses)


CATALOGUE = Catalogue(
    {
        each.id: each
        for each in (
            case("shed", date(2026, 11, 30)),
            case("locks", date(2026, 12, 1), date(2026, 11, 1), date(2026, 10, 31)),
            case("bins"),
        )
    },
    (GroupNote({Lang.ZH: "消防", Lang.EN: "Fire"}, ("fire-lane",)),),
)


@pytest.fixture
def kept(database, questions):
    """Everything that is kept, with the fixtures' clock."""
    found = replace(
        kept_of(database, KEYS, questions), searches=Searches(database, clock=lambda: 0.0)
    )
    yield found
    found.searches.close()


@pytest.fixture
def history(kept, clock, editor):
    """A question of each sort, searches, and feedback, from 23 November 2026 on."""
    ask = kept.questions.ask
    codes = {
        n: ask(Asked("飞线", "zh", problem="fire-lane" if n < 5 else None), f"k{n}").code
        for n in range(1, 8)
    }
    for n in (1, 2, 3):
        kept.questions.answer(
            n,
            Answering(["shed", "fire-lane"] if n < 3 else ["bins"]),
            actor=editor,
            seen=1,
            has_page=lambda _: True,
        )
    kept.questions.confirm(1, codes[1], seen=2)
    kept.questions.refer(4, "供电公司", "归他们管", actor=editor, seen=1)
    kept.questions.reopen(4, "还在", actor=editor, seen=2)
    kept.questions.resolve_myself(5, codes[5], seen=1)
    kept.questions.merge(6, 7, actor=editor, seen=1)
    for day, visit in ((24, "a"), (25, "b"), (26, "b")):
        kept.searches.note(
            Sought(
                "电梯",
                "zh",
                date(2026, 11, day),
                answered=False,
                hits=0,
                visit=visit,
                problem="fire-lane",
            )
        )
    kept.searches.write(everything=True)
    for n, verdict in enumerate((Verdict.USEFUL, Verdict.USEFUL, Verdict.NOT_USEFUL)):
        kept.feedback.take(Said("shed", "zh", verdict), f"f{n}", date(2026, 11, 24))
    kept.feedback.take(Said("bins", "zh", Verdict.USEFUL), "later", date(2026, 12, 1))
    clock.pass_by(days=20)
    return kept


# Numbers -----------------------------------------------------------------------------------------


def test_a_month_is_summed_up(history):
    found = numbers(summary(history, CATALOGUE, NOVEMBER))
    assert found == {
        "month": "2026-11",
        "as_of": date(2026, 11, 30),
        "is_over": True,
        "carried": 0,
        "received": 7,
        "reopened": 1,
        # 2 and 3 are settled by silence on the last day of November.
        "settled": 6,
        "settled_by": {"asker": 1, "silence": 2, "self": 1, "merged": 1, "referred": 1},
        "open": 2,
        "overdue": 2,
        "received_ever": 7,
        "settled_ever": 5,
        "problems": {"fire-lane": 4},
        "sessions": [],
        "new_cases": ["shed"],
        "reused_cases": {"shed": 2, "bins": 1},
        "relapses": [{"case": "locks", "on": date(2026, 11, 1)}],
        "gaps": 1,
        "feedback": {"useful": 2, "not-useful": 1, "out-of-date": 0, "mine-is-different": 0},
    }


def test_the_next_month_begins_with_what_was_left(history):
    found = numbers(summary(history, CATALOGUE, DECEMBER))
    named = ("is_over", "carried", "received", "settled", "open", "received_ever", "gaps")
    assert [found[name] for name in named] == [False, 2, 0, 0, 2, 7, 0]
    assert found["new_cases"] == ["locks"]
    assert found["feedback"]["useful"] == 1


def test_a_month_of_which_nothing_is_known_is_all_zero(kept):
    found = summary(kept, Catalogue(), NOVEMBER)
    assert "problems" in numbers(found)
    assert all(f.count == 0 for part in paper(found, Lang.EN, str).parts for f in part.figures)


# Words and lists ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("period", [NOVEMBER, DECEMBER])
def test_every_number_is_the_length_of_its_list(history, lang, period):
    found = summary(history, CATALOGUE, period)
    made = paper(found, lang, NAMES.topic)
    figures = [figure for part in made.parts for figure in part.figures]
    assert {figure.listing for figure in figures} == set(Listing)
    for figure in figures:
        listed = rows(found, figure.listing, figure.only, lang, NAMES)
        assert sum(row.count for row in listed) == figure.count, figure
        assert made.address(figure).startswith(f"/{lang}/desk/reports/2026-1")


@pytest.mark.parametrize("lang", list(Lang))
def test_the_words_say_the_law_with_its_numbers(history, lang):
    text = as_text(paper(summary(history, CATALOGUE, NOVEMBER), lang, NAMES.topic))
    law = {
        Lang.ZH: (
            "＋收到7件＋重新打开1件－办结6件＝未办结2件",
            "累计收到7件＝未办结2件＋已办结5件",
        ),
        Lang.EN: ("0 + 7 + 1 − 6 = 2 open", "7 received = 2 open + 5 settled"),
    }
    assert all(words in text for words in law[lang])
    assert "<fire-lane>" in text


def test_a_month_that_goes_on_says_so(history):
    made = paper(summary(history, CATALOGUE, DECEMBER), Lang.EN, str)
    assert "the month goes on" in made.as_of
    assert "13 December 2026" in made.as_of


def test_no_person_and_no_words_of_a_question_stand_in_it(history):
    found = summary(history, CATALOGUE, NOVEMBER)
    listed = [rows(found, listing, "", Lang.ZH, NAMES) for listing in Listing]
    shown = as_text(paper(found, Lang.ZH, NAMES.topic)) + repr(listed)
    for secret in ("飞线", "还在", "归他们管", "供电公司", "li"):
        assert secret not in shown.replace("/zh/cases/", "").replace("title", "").replace(
            "lang", ""
        )


def test_a_list_shows_what_was_counted(history):
    found = summary(history, CATALOGUE, NOVEMBER)
    first = rows(found, Listing.SETTLED, "asker", Lang.EN, NAMES)
    assert [(row.title, row.url, row.facts) for row in first] == [
        (
            "Question 1",
            "/en/desk/questions/1",
            ("<fire-lane>", "settled on 23 November 2026", "Confirmed by the asker"),
        )
    ]
    (gap,) = rows(found, Listing.GAPS, "", Lang.EN, NAMES)
    assert (gap.title, gap.facts) == ("电梯", ("visits: 2", "nearest: <fire-lane>"))
    (page,) = rows(found, Listing.FEEDBACK, "", Lang.EN, NAMES)
    assert (page.title, page.facts, page.count) == ("SHED", ("Useful 2", "Not useful 1"), 3)
    assert rows(found, Listing.RECEIVED, "nothing-known", Lang.EN, NAMES) == ()


def test_a_page_that_is_gone_stands_for_itself(history):
    found = summary(history, CATALOGUE, NOVEMBER)
    (page,) = rows(found, Listing.FEEDBACK, "", Lang.EN, replace(NAMES, page=lambda _: None))
    assert (page.title, page.url) == ("shed", None)


# Random months -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_every_month_of_a_random_history_keeps_the_law(kept, clock, editor, seed):
    """Through the real store, with what it does by itself."""
    chance, questions = random.Random(seed), kept.questions
    for n in range(40):
        clock.pass_by(hours=chance.randrange(80))
        if n < 3 or chance.random() < 0.3:
            questions.ask(Asked("飞线", "zh"), f"k{n}")
            continue
        life = questions.record(chance.randint(1, questions.counts().received)).life
        step = {"actor": editor, "seen": life.position}
        if life.settled_at is not None and clock() < life.settled_at + timedelta(days=30):
            questions.reopen(life.number, "还在", **step)
        elif life.settled_at is None and chance.random() < 0.5:
            questions.refer(life.number, "供电公司", "归他们管", **step)
        elif life.settled_at is None:
            questions.answer(life.number, Answering(["shed"]), has_page=lambda _: True, **step)
    counts, left = questions.counts(), 0
    for period in (*reversed(months_before(month_of(clock().date()), 4)), month_of(clock().date())):
        found = numbers(summary(kept, CATALOGUE, period))
        assert found["carried"] == left
        left = found["carried"] + found["received"] + found["reopened"] - found["settled"]
        assert found["open"] == left
        assert found["received_ever"] == found["open"] + found["settled_ever"]
    assert (left, found["received_ever"]) == (counts.open, counts.received)
    assert found["settled_ever"] == counts.settled


# The catalogue -----------------------------------------------------------------------------------


def test_the_catalogue_knows_when_cases_were_published_and_relapsed(content):
    path = content / "zh" / "cases" / "bins-moved.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("status: published\n", "status: published\npublished_on: 2026-11-20\n", 1),
        encoding="utf-8",
    )
    found = catalogue_of(read_library(content).library)
    assert found.cases["bins-moved"].published_on == date(2026, 11, 20)
    assert found.cases["locks-came-back"].relapses == (date(2021, 5, 1),)
    assert "not-yet" not in found.cases
    group = found.group_of("fire-lane")
    assert group is not None
    assert "fire-lane" in group.topics
    assert found.group_of(None) is None


def test_a_catalogue_that_was_written_down_comes_back(sample_library):
    found = catalogue_of(sample_library)
    assert read_catalogue(json.dumps(service.plain(found))) == found
    assert read_catalogue(json.dumps(service.plain(CATALOGUE))) == CATALOGUE


def test_a_case_without_a_page_in_a_language_is_shown_in_the_other():
    only = CaseNote("a", {Lang.EN: "A"}, {Lang.EN: "/en/cases/a/"})
    assert (only.title(Lang.ZH), only.url(Lang.ZH)) == ("A", "/en/cases/a/")
