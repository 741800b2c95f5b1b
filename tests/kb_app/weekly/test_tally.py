"""What is read from sums, and from when on."""

from datetime import date

from kb_app.models import Choice
from kb_app.weekly import Item
from kb_app.weekly.tally import FEW, Share, tallies

WEEK = date(2026, 11, 23)
BEFORE = date(2026, 11, 16)


def item(name):
    return Item(name, f"{name}?", ("a", "b"), 2, "", "/zh/a/", "A", (), "p")


def choice(count, right, *, week=WEEK, after="new"):
    return Choice(item="", week=week, after=after, choice=2 if right else 1, count=count)


def test_what_many_got_wrong_comes_first_and_what_too_few_answered_last():
    items = {name: item(name) for name in ("easy", "few", "hard", "unasked")}
    choices = {
        "easy": (choice(9, right=True), choice(1, right=False)),
        "few": (choice(FEW - 1, right=False),),
        "hard": (choice(2, right=True), choice(3, right=False)),
        "gone": (choice(9, right=False),),
    }
    assert [each.item.id for each in tallies(items, choices, WEEK)] == ["hard", "easy", "few"]


def test_options_are_counted_by_week_and_right_answers_by_how_long_after():
    choices = (
        choice(3, right=True),
        choice(2, right=False, week=BEFORE),
        choice(5, right=True, week=BEFORE, after="5w"),
        choice(1, right=False, after="changed"),
    )
    (found,) = tallies({"a": item("a")}, {"a": choices}, WEEK)
    assert found.this_week == (1, 3)
    assert found.earlier == (2, 5)
    assert (found.all, found.new, found.five_weeks) == (Share(8, 11), Share(3, 5), Share(5, 5))


def test_an_option_that_is_no_longer_there_is_not_shown_as_another():
    gone = Choice(item="", week=WEEK, after="new", choice=3, count=7)
    (found,) = tallies({"a": item("a")}, {"a": (gone,)}, WEEK)
    assert found.this_week == (0, 0)
    assert found.all == Share(0, 7)


def test_from_fewer_than_five_nothing_is_read():
    assert [Share(0, of).is_too_few for of in (0, FEW - 1, FEW)] == [True, True, False]
    (found,) = tallies({"a": item("a")}, {"a": (choice(4, right=False),)}, WEEK)
    assert found.wrong == 0.0
