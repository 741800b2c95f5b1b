"""The bank: the same ids in both languages, stable where nothing has changed, small on the wire."""

import gzip
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.weekly import Bank, Item, bank_of, item_id, read_bank, written
from search_index import Case, Lang, Library, QuizItem, Rule, Status

CASE = "shed-before-ban"
WORDS = st.text(max_size=8)
ITEMS = st.builds(
    Item,
    id=WORDS,
    stem=WORDS,
    options=st.lists(WORDS, max_size=4).map(tuple),
    answer=st.integers(1, 8),
    explain=WORDS,
    url=WORDS,
    title=WORDS,
    topics=st.lists(WORDS, max_size=3).map(tuple),
    print=WORDS,
)


def changed(library: Library, slug: str, **details) -> Library:
    """A library where the details of a page are others, in both languages."""
    pages = dict(library.pages)
    for lang in Lang:
        page = pages[lang, slug]
        pages[lang, slug] = replace(page, details=replace(page.details, **details))
    return replace(library, pages=pages)


def only(library: Library, slug: str, lang: Lang = Lang.ZH) -> list[Item]:
    return [each for each in bank_of(library, lang).items.values() if each.id.startswith(slug)]


def test_both_languages_share_their_ids_and_their_order(sample_library):
    zh, en = (bank_of(sample_library, lang).items for lang in Lang)
    assert list(zh) == list(en)
    assert len(zh) == 2
    for each, item in zh.items():
        twin = en[each]
        assert (item.answer, item.print, item.topics) == (twin.answer, twin.print, twin.topics)
        assert item.stem != twin.stem
        assert item.url.replace("/zh/", "/en/") == twin.url


def test_an_item_leads_to_the_paragraph_that_its_answer_stands_on(sample_library):
    (item,) = only(sample_library, "charging-hour", Lang.EN)
    assert item.url == f"/en/cases/{CASE}/#decision"
    assert item.title == sample_library.pages[Lang.EN, CASE].title
    assert item.topics == sample_library.pages[Lang.EN, CASE].problems


def test_an_id_stays_when_other_items_come_before_it(sample_library):
    (before,) = only(sample_library, CASE)
    details = sample_library.pages[Lang.ZH, CASE].details
    other = QuizItem("先问谁?", ("居民", "物业"), 1, "先问住的人。", f"{CASE}#decision")
    more = changed(sample_library, CASE, quiz=(other, *details.quiz))
    assert before in only(more, CASE)
    assert len(only(more, CASE)) == 2


def test_of_two_that_ask_the_same_on_a_page_the_first_is_taken(sample_library):
    details = sample_library.pages[Lang.ZH, CASE].details
    twice = changed(sample_library, CASE, quiz=details.quiz * 2)
    assert len(only(twice, CASE)) == 1


RULES = (Rule("北京市消防条例", date(2026, 11, 1), "97"),)


@pytest.mark.parametrize(
    ("rule", "is_another"),
    [
        ({"checked_on": date(2026, 11, 20)}, False),
        ({"changed_on": date(2026, 11, 20)}, True),
        ({"article": "98"}, True),
        ({"rule": "北京市非机动车管理条例"}, True),
    ],
)
def test_a_print_changes_with_the_rule_and_not_with_a_look_at_it(sample_library, rule, is_another):
    before = changed(sample_library, CASE, basis=RULES)
    after = changed(sample_library, CASE, basis=(replace(RULES[0], **rule),))
    # Also that of the session's item, whose answer stands on the page of the case.
    for slug in (CASE, "charging-hour"):
        (old,), (new,) = only(before, slug), only(after, slug)
        assert old.id == new.id
        assert (old.print != new.print) is is_another


def test_a_print_changes_with_the_right_answer(sample_library):
    (old,) = only(sample_library, CASE)
    case = sample_library.pages[Lang.ZH, CASE].details
    assert isinstance(case, Case)
    other = changed(sample_library, CASE, quiz=(replace(case.quiz[0], answer=1),))
    (new,) = only(other, CASE)
    assert (old.id, old.print == new.print) == (new.id, False)


def test_what_is_not_published_is_not_asked(sample_library):
    page = sample_library.pages[Lang.ZH, CASE]
    pages = dict(sample_library.pages) | {(Lang.ZH, CASE): replace(page, status=Status.DRAFT)}
    assert only(replace(sample_library, pages=pages), CASE) == []


def test_an_item_without_a_chinese_page_has_an_id_of_its_own(sample_library):
    pages = {key: page for key, page in sample_library.pages.items() if key != (Lang.ZH, CASE)}
    (item,) = only(replace(sample_library, pages=pages), CASE, Lang.EN)
    (twin,) = only(sample_library, CASE, Lang.EN)
    assert item.id != twin.id


def test_topics_are_named_by_group_and_only_those_that_are_asked_about(sample_library):
    bank = bank_of(sample_library, Lang.EN)
    named = {topic for _, topics in bank.groups for topic, _ in topics}
    assert named == {topic for item in bank.items.values() for topic in item.topics}


@given(st.lists(ITEMS, unique_by=lambda item: item.id))
def test_a_bank_is_read_as_it_was_written(items):
    bank = Bank({item.id: item for item in items}, (("组", (("a", "甲"),)),))
    assert read_bank(written(bank).decode()) == bank


def test_the_real_bank_is_small(whole_library):
    for lang in Lang:
        assert len(gzip.compress(written(bank_of(whole_library, lang)))) < 60_000


def test_a_question_that_a_session_took_from_a_page_is_asked_once(sample_library):
    page = sample_library.pages[Lang.ZH, "shed-before-ban"]
    taken = sample_library.pages[Lang.ZH, "charging-hour"]
    repeated = replace(taken, details=replace(taken.details, quiz=page.details.quiz))
    pages = {**sample_library.pages, (Lang.ZH, "charging-hour"): repeated}
    assert [*bank_of(replace(sample_library, pages=pages), Lang.ZH).items] == [
        item_id("shed-before-ban", page.details.quiz[0].stem)
    ]
