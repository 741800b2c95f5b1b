from datetime import date, timedelta

import pytest

from kb_app.feedback import FeedbackBox, Said, Verdict
from kb_app.inbox import Closing, ClosingError, How, Inbox, Sort
from kb_app.keys import Keys
from kb_app.models import Ballot, Room, Search, Vote
from search_index import Kind, Lang, Listed

TODAY = date(2026, 11, 23)


@pytest.fixture
def inbox(database, clock):
    return Inbox(database, clock)


@pytest.fixture
def sought(database):
    """Note a search: `sought("井盖", visit="v1")`."""

    def note(words, visit, *, day=TODAY, answered=False, opened=False, lang="zh"):
        with database.writing() as session:
            session.add(
                Search(
                    words=words, lang=lang, day=day, answered=answered,
                    hits=0, visit=visit, opened=opened,
                )
            )  # fmt: skip

    return note


def page(slug="shed", *, due=None, relapsed=False, names=(), lang=Lang.ZH):
    return Listed(
        id=slug, lang=lang, kind=Kind.CASE, title=f"标题 {slug}", url=f"/{lang}/cases/{slug}/",
        names=names, relapsed=relapsed, checked_on=date(2026, 1, 1), review_due=due,
    )  # fmt: skip


def test_words_that_are_alike_are_one_gap_and_visits_are_counted_once(inbox, sought):
    for words, visit in (
        ("井盖丢了", "a"),
        ("井盖丢了找谁", "a"),
        ("井盖丢了", "b"),
        ("狗叫", "c"),
    ):
        sought(words, visit)
    (gap,) = inbox.items(())
    assert (gap.sort, gap.title, gap.also) == (Sort.GAP, "井盖丢了", ("井盖丢了找谁",))
    assert (gap.visits, gap.unanswered) == (2, 2)


def test_what_was_answered_but_never_opened_is_a_soft_gap(inbox, sought):
    sought("地锁", "a", answered=True)
    sought("地锁", "b", answered=True)
    sought("消防", "c", answered=True, opened=True)
    sought("消防", "d", answered=True, opened=True)
    assert [(item.sort, item.title) for item in inbox.items(())] == [(Sort.SOFT, "地锁")]


def test_what_was_sought_long_ago_is_no_gap(inbox, sought):
    for visit in "ab":
        sought("井盖", visit, day=TODAY - timedelta(days=91))
    assert inbox.items(()) == ()


@pytest.mark.parametrize("closed", [(How.LINK, True), (How.NOT_OURS, False)])
def test_a_closed_gap_returns_when_it_is_sought_again_unless_it_is_not_ours(
    inbox, sought, editor, clock, closed
):
    how, returns = closed
    for visit in "ab":
        sought("井盖", visit)
    (gap,) = inbox.items(())
    inbox.close(gap, how, editor, page="shed", reason="不归街巷管")
    assert inbox.items(()) == ()
    clock.pass_by(days=2)
    sought("井盖", "c", day=TODAY + timedelta(days=1))
    assert bool(inbox.items(())) is returns


def test_the_trail_does_not_quote_what_somebody_sought_unless_it_names_a_page(
    inbox, sought, editor
):
    for visit in "ab":
        sought("张三家的狗", visit)
    (gap,) = inbox.items(())
    inbox.close(gap, How.NOT_OURS, editor, reason="不归我们管")
    (closing,) = inbox.closings()
    assert "张三" not in str(closing)
    assert closing == Closing(
        closing.subject, "not-ours", "2026-11-23", closing.at, editor, {"reason": "不归我们管"}
    )


def test_a_closing_needs_its_why(inbox, sought, editor):
    for visit in "ab":
        sought("井盖", visit)
    (gap,) = inbox.items(())
    for how in How:
        with pytest.raises(ClosingError) as error:
            inbox.close(gap, how, editor, to="  ", reason="")
        assert error.value.said(Lang.ZH) != error.value.said(Lang.EN)
    assert len(inbox.items(())) == 1


def test_a_link_is_another_name_until_the_page_has_it(inbox, sought, editor):
    for visit in "ab":
        sought("电梯 阻车", visit)
    (gap,) = inbox.items(())
    inbox.close(gap, How.LINK, editor, page="shed")
    assert [(a.words, a.page) for a in inbox.aliases([page()])] == [("电梯 阻车", "shed")]
    assert inbox.aliases([page(names=("电梯阻车",))]) == ()


def test_a_page_is_reviewed_once_for_both_languages_and_again_when_it_is_due_again(inbox, editor):
    due = TODAY - timedelta(days=3)
    both = [page(due=due), page(due=due, lang=Lang.EN), page("later", due=TODAY)]
    (item,) = inbox.items(both)
    assert (item.sort, item.page, item.lang, item.day) == (Sort.REVIEW, "shed", "zh", due)
    inbox.close(item, How.NOT_OURS, editor, reason="看过，没变")
    assert inbox.items(both) == ()


def test_a_relapsed_recheck_waits_until_it_is_closed(inbox, editor):
    (item,) = inbox.items([page(relapsed=True)])
    assert item.sort is Sort.RECHECK
    inbox.close(item, How.REFER, editor, to="物业", reason="去看")
    assert inbox.items([page(relapsed=True)]) == ()


def test_feedback_waits_with_its_notes_and_only_what_came_after_a_closing(inbox, database, editor):
    box = FeedbackBox(database, Keys.of("not a secret"))

    def say(verdict, key, note=None):
        box.take(Said("shed", "zh", verdict, note=note), key, TODAY)

    say(Verdict.USEFUL, "k0")
    say(Verdict.OUT_OF_DATE, "k1", "棚拆了")
    say(Verdict.NOT_USEFUL, "k2")
    (item,) = inbox.items([page()])
    assert (item.sort, item.notes) == (Sort.FEEDBACK, (("out-of-date", "棚拆了"),))
    say(Verdict.NOT_USEFUL, "k3")
    assert {each.sort for each in inbox.items([page()])} == {Sort.SOFT, Sort.FEEDBACK}
    for each in inbox.items([page()]):
        inbox.close(each, How.WRITE, editor, page="shed")
    assert inbox.items([page()]) == ()
    say(Verdict.MINE_IS_DIFFERENT, "k4")
    (item,) = inbox.items([page()])
    assert (item.visits, item.notes) == (1, (("mine-is-different", ""),))


def test_a_paragraph_that_four_in_ten_missed_waits_and_returns_with_the_next_room(
    inbox, database, editor
):
    def held(room, choices, name="quiz:1"):
        with database.writing() as session:
            session.merge(Room(id=room, code=f"{room:06}", page="hour", lang="zh", plan={},
                               secret="s", opened_by=editor, opened_at=inbox.now()))  # fmt: skip
            session.flush()
            session.add(Ballot(room=room, name=name, options=2, answer=2, source="shed#result",
                               opened_at=inbox.now(), closed_at=inbox.now()))  # fmt: skip
            for phone, choice in enumerate(choices):
                session.add(Vote(room=room, ballot=name, phone=str(phone), choice=choice, tap=0,
                                 at=inbox.now()))  # fmt: skip

    pages = [page()]
    held(1, [1, 1, 2, 2, 2])
    held(2, [1, 2, 2])
    held(2, [1, 1, 1], name="before:1")
    (item,) = inbox.items(pages)
    assert (item.sort, item.visits, item.unanswered) == (Sort.MISSED, 5, 2)
    assert (item.page, item.url) == ("shed", "/zh/cases/shed/#result")
    inbox.close(item, How.WRITE, editor, page="shed")
    assert inbox.items(pages) == ()
    held(3, [1])
    (again,) = inbox.items(pages)
    assert again.unanswered == 3
    inbox.close(again, How.NOT_OURS, editor, reason="题目没问题")
    assert inbox.items(pages) == ()
