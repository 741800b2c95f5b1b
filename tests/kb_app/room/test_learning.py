import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.room.learning import (
    Interval,
    Rate,
    Shift,
    Verdict,
    learned,
    newcombe,
    sign_test,
    wilson,
)

# Table II of Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10: first less second.
PUBLISHED = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
]
rates = st.integers(1, 500).flatmap(lambda n: st.builds(Rate, st.integers(0, n), st.just(n)))
counts = st.integers(0, 300)


@pytest.mark.parametrize(("first", "second", "ends"), PUBLISHED)
def test_the_interval_of_a_difference_is_the_published_one(first, second, ends):
    found = newcombe(Rate(*second), Rate(*first))
    assert (round(found.low, 4), round(found.high, 4)) == ends


@pytest.mark.parametrize(
    ("rate", "ends"),
    [
        (Rate(81, 263), (0.2553, 0.3662)),
        (Rate(15, 148), (0.0624, 0.1605)),
        (Rate(0, 20), (0.0, 0.1611)),
        (Rate(1, 29), (0.0061, 0.1718)),
    ],
)
def test_the_interval_of_a_proportion_is_the_published_one(rate, ends):
    assert (round(wilson(rate).low, 4), round(wilson(rate).high, 4)) == ends


def test_the_exact_test_gives_the_published_chances():
    assert round(sign_test(7, 1), 4) == 0.0703
    assert round(sign_test(6, 16), 3) == 0.052
    assert sign_test(0, 0) == sign_test(4, 4) == 1


@given(rates, rates)
def test_swapping_before_and_after_turns_the_interval_round(before, after):
    one, other = newcombe(before, after), newcombe(after, before)
    assert one.low == pytest.approx(-other.high, abs=1e-12)
    assert one.high == pytest.approx(-other.low, abs=1e-12)


@given(rates, rates)
def test_an_interval_holds_what_was_seen_and_stays_within_bounds(before, after):
    found = newcombe(before, after)
    assert -1 <= found.low <= after.share - before.share + 1e-12
    assert after.share - before.share - 1e-12 <= found.high <= 1
    one = wilson(before)
    assert 0 <= one.low <= before.share + 1e-12
    assert before.share - 1e-12 <= one.high <= 1


@given(counts, counts)
def test_a_chance_is_a_chance_and_the_same_from_both_sides(gains, losses):
    assert 0 < sign_test(gains, losses) <= 1
    assert sign_test(gains, losses) == sign_test(losses, gains)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_more_uneven_split_is_never_likelier(small, big):
    low, high = sorted((small, big))
    if low:
        assert sign_test(low - 1, high + 1) <= sign_test(low, high)


def test_nothing_is_an_interval_that_holds_everything():
    assert wilson(Rate(0, 0)) == Interval(0.0, 1.0)


# What is said ------------------------------------------------------------------------------------


def answers(*choices, start=0):
    """One item, answered by phones that are called by their number."""
    return {1: {f"p{n}": choice for n, choice in enumerate(choices, start)}}


def test_phones_that_answered_both_times_are_compared_with_themselves():
    found = learned({1: 2}, answers(1, 1, 2, 2, 1), answers(2, 2, 2, 1, 1))
    item = found.items[0]
    assert (item.before, item.after) == (Rate(2, 5), Rate(3, 5))
    assert item.shift == Shift(2, 1, 2)
    assert item.paired
    assert item.verdict is Verdict.TOO_FEW


def test_a_phone_counts_once_over_all_items_that_it_answered_twice():
    before = {1: {"a": 1, "b": 1}, 2: {"a": 1, "b": 2}, 3: {"a": 9}}
    after = {1: {"a": 2, "b": 2}, 2: {"a": 2, "b": 1}, 3: {"c": 1}}
    assert learned({1: 2, 2: 2, 3: 1}, before, after).phones == Shift(1, 0, 1)


def test_nine_are_too_few_and_ten_may_be_enough():
    assert Shift(9, 0, 0).verdict is Verdict.TOO_FEW
    assert Shift(10, 0, 0).verdict is Verdict.MORE
    assert Shift(0, 10, 0).verdict is Verdict.FEWER
    assert Shift(5, 0, 5).verdict is Verdict.CHANCE  # p = 0.0625
    assert Shift(6, 0, 4).verdict is Verdict.MORE  # p = 0.03125


def test_other_phones_are_compared_as_other_people():
    before, after = answers(*[1] * 9, *[2] * 3), answers(*[2] * 11, 1, start=100)
    item = learned({1: 2}, before, after).items[0]
    assert not item.paired
    assert item.verdict is Verdict.MORE
    assert learned({1: 2}, after, before).items[0].verdict is Verdict.FEWER
    assert learned({1: 2}, before, before | {1: {"x": 2}}).items[0].verdict is Verdict.TOO_FEW
    same = learned({1: 2}, answers(*[1, 2] * 10), answers(*[1, 2] * 10, start=100)).items[0]
    assert same.verdict is Verdict.CHANCE


@given(
    st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(1, 3)),
    st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(1, 3)),
)
def test_swapping_the_answers_turns_gains_into_losses(before, after):
    one, other = learned({1: 1}, {1: before}, {1: after}), learned({1: 1}, {1: after}, {1: before})
    assert one.phones == Shift(other.phones.losses, other.phones.gains, other.phones.same)
    assert one.items[0].shift == one.phones
    assert one.phones.total == len(before.keys() & after.keys())
    turned = {Verdict.MORE: Verdict.FEWER, Verdict.FEWER: Verdict.MORE}
    said = one.items[0].verdict
    assert other.items[0].verdict is turned.get(said, said)
