"""Five a week, nothing too early, old beside new, and changed rules first."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kb_app.periods import week_of
from kb_app.weekly import A_WEEK, After, Item, Known, answered, chosen, due_on
from kb_app.weekly.spacing import after, mixed

MONDAY = date(2026, 11, 23)


def item(name, *, its_print="p", answer=1):
    return Item(name, f"{name}?", ("a", "b", "c"), answer, "", f"/zh/{name}/", name, (), its_print)


@st.composite
def weeks(draw):
    """A bank, what a phone knows of it, and a day."""
    bank = [item(f"item-{n}") for n in range(draw(st.integers(0, 25)))]
    day = MONDAY + timedelta(days=draw(st.integers(0, 6)))
    known = {}
    for each in bank:
        if draw(st.booleans()):
            ago = timedelta(days=draw(st.integers(0, 40)))
            its_print = draw(st.sampled_from("ppppq"))
            known[each.id] = Known(draw(st.integers(0, 4)), day - ago, its_print)
    return bank, known, day


def sorts(bank, known, day):
    """The ids of a bank: what is new, what has changed, what is due, and what must wait."""
    new = {each.id for each in bank if each.id not in known}
    changed = {each.id for each in bank if each.id in known and known[each.id].print != "p"}
    due = {
        each.id
        for each in bank
        if each.id in known
        and known[each.id].print == "p"
        and (first := due_on(known[each.id])) is not None
        and first <= day
    }
    return new, changed, due


@given(weeks())
def test_five_at_most_each_once_and_all_that_there_are_places_for(week):
    bank, known, day = week
    got = [each.id for each in chosen(bank, known, day, MONDAY)]
    new, changed, due = sorts(bank, known, day)
    assert len(got) == len(set(got)) == min(A_WEEK, len(new | changed | due))


@given(weeks())
def test_nothing_comes_before_it_is_due(week):
    bank, known, day = week
    new, changed, due = sorts(bank, known, day)
    assert {each.id for each in chosen(bank, known, day, MONDAY)} <= new | changed | due


@given(weeks())
def test_old_and_new_stand_side_by_side_where_there_are_both(week):
    bank, known, day = week
    got = {each.id for each in chosen(bank, known, day, MONDAY)}
    new, changed, due = sorts(bank, known, day)
    if new:
        assert got & new
    if changed or due:
        assert got & (changed | due)


@given(weeks())
def test_changed_rules_come_first_and_before_anything_that_is_due(week):
    bank, known, day = week
    got = [each.id for each in chosen(bank, known, day, MONDAY)]
    new, changed, due = sorts(bank, known, day)
    order = "".join("c" if i in changed else "d" if i in due else "n" for i in got)
    assert order == "".join(sorted(order))
    if len(changed) >= 4:
        assert (
            order
            == ("cccc" + "n" * bool(new)).ljust(5, "c" if len(changed) > 4 else "d")[: len(got)]
        )
    else:
        assert order.count("c") == len(changed)


@given(weeks())
def test_the_longest_due_come_first(week):
    bank, known, day = week
    got = [each.id for each in chosen(bank, known, day, MONDAY)]
    _, _, due = sorts(bank, known, day)
    days = [due_on(known[i]) for i in got if i in due]
    left = [due_on(known[i]) for i in due - set(got)]
    assert days == sorted(days)
    assert all(day <= other for day in days for other in left)


def test_the_new_ones_of_a_week_are_the_same_on_every_phone_and_others_the_week_after():
    bank = [item(f"item-{n}") for n in range(30)]
    got = chosen(bank, {}, MONDAY, MONDAY)
    assert chosen(reversed(bank), {}, MONDAY + timedelta(days=6), MONDAY) == got
    next_week = MONDAY + timedelta(weeks=1)
    assert chosen(bank, {}, next_week, next_week) != got


def test_a_right_answer_comes_back_after_3_days_and_2_5_and_10_weeks_and_then_rests():
    one = item("one")
    known, day = None, MONDAY
    seen = []
    while True:
        seen.append((after(one, known), (day - MONDAY).days))
        known = answered(one, known, 1, day)
        if due_on(known) is None:
            break
        day = due_on(known)
    assert seen == [
        (After.NEW, 0),
        (After.DAYS_3, 3),
        (After.WEEKS_2, 14),
        (After.WEEKS_5, 35),
        (After.WEEKS_10, 70),
    ]
    assert chosen([one], {"one": known}, MONDAY + timedelta(days=999), MONDAY) == ()


@given(st.integers(0, 4), st.sampled_from("pq"))
def test_a_wrong_answer_starts_over_at_three_days(step, its_print):
    one = item("one")
    known = answered(one, Known(step, MONDAY, its_print), 2, MONDAY)
    assert due_on(known) == MONDAY + timedelta(days=3)


@given(st.integers(0, 4))
def test_a_changed_rule_is_asked_again_even_at_rest_and_starts_over(step):
    one = item("one", its_print="new")
    known = Known(step, MONDAY, "old")
    assert chosen([one], {"one": known}, MONDAY, MONDAY) == (one,)
    assert after(one, known) is After.CHANGED
    assert answered(one, known, 1, MONDAY) == Known(0, MONDAY, "new")


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), max_size=30))
def test_over_months_no_item_comes_early_whatever_is_answered(weeks):
    bank = [item(f"item-{n}") for n in range(12)]
    known = {}
    for number, rights in enumerate(weeks):
        day = MONDAY + timedelta(weeks=number)
        got = chosen(bank, known, day, week_of(day).start)
        for each, right in zip(got, rights, strict=False):
            if each.id in known:
                assert due_on(known[each.id]) <= day
            known[each.id] = answered(each, known.get(each.id), 1 if right else 2, day)


@given(st.text(st.characters(max_codepoint=127)))
def test_mixing_gives_32_bits(text):
    assert 0 <= mixed(text) < 2**32
