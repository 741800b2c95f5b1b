from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from kb_app.session import Wish, WishError, build, offered, points
from kb_app.session.bank import LEAST, MOST
from search_index import (
    Case,
    Evidence,
    Guide,
    Kind,
    Lang,
    evidence,
    form_of,
    read_drafts,
)

CONTENT = Path(__file__).parents[3] / "content"
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def library(whole_library):
    return whole_library


def topics(library):
    return [topic.id for group in library.groups for topic in group.topics]


def cases(library):
    return [page.id for page in library.published(Lang.ZH, Kind.CASE) if points(page)]


def guides(library):
    return [page.id for page in library.published(Lang.ZH, Kind.GUIDE)]


def some(ids, most):
    return st.lists(st.sampled_from(ids), max_size=most, unique=True).map(tuple)


@cache
def wishes(ids):
    """Any wish of a library that has these problems, cases and guides."""
    return st.builds(
        Wish,
        problems=some(ids[0], 3),
        cases=some(ids[1], 3),
        guides=some(ids[2], 2),
        minutes=st.integers(15, 190),
        audience=st.sampled_from(["", "新任街巷长", "a: [b]", "# 夜班 - 'x'"]),
        lang=st.sampled_from(list(Lang)),
        title=st.sampled_from(["", "  一 场 ", "#: {x}"]),
    )


def drawn_from(data, library):
    ids = tuple(tuple(some_ids(library)) for some_ids in (topics, cases, guides))
    return data.draw(wishes(ids))


def tried(library, wish):
    try:
        return build(library, wish, TODAY)
    except WishError as error:
        return error


def fields(made, lang):
    return form_of(made.texts[lang], Kind.SESSION, lang).fields


def read(made, status="draft"):
    texts = {
        PurePosixPath(lang, "sessions", "made-up.md"): made.texts[lang].replace(
            "status: draft", f"status: {status}"
        )
        for lang in Lang
    }
    return read_drafts(CONTENT, texts, today=TODAY)


@given(st.data())
@how(max_examples=60)
def test_a_wish_becomes_a_whole_session_or_is_refused_with_all_reasons(library, data):
    wish = drawn_from(data, library)
    made = tried(library, wish)
    if isinstance(made, WishError):
        assert made.faults
        assert all(fault.said(lang) for fault in made.faults for lang in Lang)
        return
    zh, en = fields(made, Lang.ZH), fields(made, Lang.EN)
    assert sum(int(part["minutes"]) for part in zh["agenda"]) == wish.minutes
    assert LEAST <= len(zh["quiz"]) <= MOST
    assert all(1 <= int(aim["quiz"]) <= len(zh["quiz"]) for aim in zh["objectives"])
    for name in ("objectives", "agenda", "quiz", "board"):
        assert len(zh[name]) == len(en[name])
    for lang, said in ((Lang.ZH, zh), (Lang.EN, en)):
        assert len({item["stem"] for item in said["quiz"]}) == len(said["quiz"])
        assert all(part["prompt"] for part in said["agenda"]), lang
    refs = [part["ref"] for part in zh["agenda"] if "ref" in part]
    assert all((Lang.ZH, ref) in library.pages for ref in (*refs, *zh["handouts"]))


@given(st.data())
@how(max_examples=8)
def test_the_reader_finds_no_mistake_in_a_session_even_as_published(library, data):
    made = tried(library, drawn_from(data, library))
    if not isinstance(made, WishError):
        assert read(made).findings == ()
        assert read(made, "published").findings == ()


@pytest.mark.unmeasured
def test_every_problem_type_alone_makes_an_hour(library):
    for topic in topics(library):
        made = build(library, Wish(problems=(topic,), minutes=60), TODAY)
        assert made.agenda, topic
        assert len(fields(made, Lang.ZH)["quiz"]) >= LEAST


def test_both_languages_ask_the_same_in_the_same_order(library):
    made = build(library, Wish(problems=("parking-lock",), minutes=90), TODAY)
    bank = {
        (zh.stem, en.stem, zh.source)
        for page in library.published(Lang.ZH)
        for zh, en in zip(
            getattr(page.details, "quiz", ()),
            getattr(library.page(page.id, Lang.EN).details, "quiz", ()),
            strict=True,
        )
    }
    zh, en = fields(made, Lang.ZH)["quiz"], fields(made, Lang.EN)["quiz"]
    drawn = {(a["stem"], b["stem"], a["from"]) for a, b in zip(zh, en, strict=True)}
    assert drawn <= bank
    assert len(drawn) == len(zh)
    assert all("from" not in item and "answer" not in item for item in en)


def test_an_item_that_tells_how_a_case_ended_comes_after_the_case(library):
    made = build(library, Wish(cases=("huangsi-shared-bays-relocked",), minutes=90), TODAY)
    sources = [item["from"].partition("#")[0] for item in fields(made, Lang.ZH)["quiz"]]
    telling = [at for at, page in enumerate(sources) if page == "huangsi-shared-bays-relocked"]
    assert telling
    assert telling == list(range(len(sources) - len(telling), len(sources)))
    before = next(p for p in made.agenda if p.kind == "quiz")
    assert f"第{len(sources) // 2}题" in before.prompts[Lang.ZH]
    assert min(telling) >= len(sources) // 2


def test_items_are_spread_over_the_pages(library):
    made = build(library, Wish(problems=("parking-shortage",), minutes=60), TODAY)
    sources = [item["from"].partition("#")[0] for item in fields(made, Lang.ZH)["quiz"]]
    assert len(set(sources)) >= len(sources) // 2


def test_the_best_proven_case_is_chosen_and_with_room_one_that_went_wrong(library):
    one = build(library, Wish(problems=("parking-lock",), minutes=60), TODAY)
    best = offered(library, ["parking-lock"], Kind.CASE)[0]
    assert one.cases == (best.id,)
    two = build(library, Wish(problems=("parking-lock",), minutes=90), TODAY)
    assert len(two.cases) == 2
    proofs = [evidence(library.page(slug, Lang.ZH), library) for slug in two.cases]
    assert any(proof.level is Evidence.FAILED or proof.relapsed for proof in proofs)
    for lang in Lang:
        assert library.page(best.id, lang).title in two.texts[lang]
        assert len(two.reasons[lang]) == 2


def test_every_problem_has_its_own_case_while_there_is_room(library):
    made = build(library, Wish(problems=("parking-lock", "ebike-corridor"), minutes=90), TODAY)
    about = [set(library.page(slug, Lang.ZH).problems) for slug in made.cases]
    assert any("ebike-corridor" in topics for topics in about)


def test_what_is_said_is_made_from_the_pages(library):
    wish = Wish(cases=("car-club-beiqi-moda",), guides=("when-to-whistle",), minutes=60)
    made = build(library, wish, TODAY)
    for lang in Lang:
        case = library.page("car-club-beiqi-moda", lang).details
        guide = library.page("when-to-whistle", lang).details
        assert isinstance(case, Case)
        assert isinstance(guide, Guide)
        prompts = "".join(part.prompts[lang] for part in made.agenda)
        assert case.decision_points[0].ask in prompts
        assert guide.steps[0].rstrip(".。") in prompts
        assert case.decision_points[0].done not in prompts


def test_everything_wrong_with_a_wish_is_said_at_once(library):
    wish = Wish(problems=("parking-lok",), cases=("nope-nope",), guides=("x",), minutes=5)
    with pytest.raises(WishError) as found:
        build(library, wish, TODAY)
    said = [fault.said(Lang.ZH) for fault in found.value.faults]
    assert len(said) == 4
    assert "parking-lock" in said[0]
    english = str(found.value)
    assert all(word in english for word in ("parking-lok", "nope-nope", "duty guide x", "180"))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (lambda _: Wish(), "Choose a problem"),
        (lambda library: Wish(cases=tuple(cases(library)[:4]), minutes=30), "at least 48 minutes"),
        (
            lambda library: Wish(
                problems=("parking-lock",), guides=tuple(guides(library)[:5]), minutes=30
            ),
            "at least 43",
        ),
    ],
)
def test_what_cannot_be_is_explained(library, wish, words):
    with pytest.raises(WishError, match=words):
        build(library, wish(library), TODAY)


def test_twenty_minutes_are_enough_for_one_case(library):
    assert build(library, Wish(cases=("barrier-wheelchair-smethwick",), minutes=20), TODAY).agenda


def test_a_case_without_a_vote_is_refused_by_name(library):
    without = next(p for p in library.published(Lang.ZH, Kind.CASE) if not points(p))
    with pytest.raises(WishError) as found:
        build(library, Wish(cases=(without.id,)), TODAY)
    assert without.title in found.value.faults[0].said(Lang.ZH)
    assert "no decision points" in str(found.value)


def test_a_small_library_says_that_its_bank_is_too_small(sample_library):
    with pytest.raises(WishError, match="takes 8"):
        build(sample_library, Wish(problems=("ebike-flying-wire",)), TODAY)
    with pytest.raises(WishError, match="no case with decision points"):
        build(sample_library, Wish(problems=("duty-training",)), TODAY)
