import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from kb_app.questions.errors import IllegalMoveError
from kb_app.questions.life import (
    OPEN,
    REPLIES,
    SETTLED,
    Happening,
    State,
    Step,
    Who,
    allowed,
    apply,
    begin,
    by_whom,
    end_of_merges,
    replay,
)
from search_index import Lang

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RECEIVED = {"lang": "zh", "danger": False, "echo_due": "2026-11-26", "settled_due": "2026-12-14"}
DATA = {
    Step.RECEIVED: RECEIVED,
    Step.ASSIGNED: {"account": 7},
    Step.ANSWERED: {"links": ["fire-lane"]},
    Step.MERGED: {"into": 2},
    Step.REFERRED: {"to": "供电公司"},
    Step.REOPENED: {"echo_due": "2026-12-30", "settled_due": "2027-01-20"},
    Step.REDACTED: {"reason": "a telephone number"},
}
ASKERS = {Step.ADDED, Step.CONFIRMED, Step.SELF_RESOLVED}
CLOCKS = {Step.CONFIRMED_BY_SILENCE, Step.CONTACT_PURGED}


def event(position, step, days=0.0, **data):
    actor = None if step in ASKERS | CLOCKS or step is Step.RECEIVED else 7
    at = START + timedelta(days=days)
    return Happening(position, step, at, actor, {**DATA.get(step, {}), **data})


def lived(*steps):
    """The life that steps lead to, an hour apart; a pair is a step and after how many days."""
    life = begin(1, event(1, Step.RECEIVED))
    for step in steps:
        kind, days = step if isinstance(step, tuple) else (step, 0)
        at = max((life.moved_at - START).total_seconds() / 86400 + 1 / 24, days)
        life = apply(life, event(life.position + 1, kind, at))
    return life


# The way of a question ---------------------------------------------------------------------------


def test_the_usual_way_ends_with_the_askers_word():
    life = lived(Step.OPENED, Step.ASSIGNED, Step.ANSWERED, Step.CONFIRMED)
    assert life.state is State.CONFIRMED
    assert life.confirmed_by == "asker"
    assert life.is_settled
    assert life.links == ("fire-lane",)


def test_silence_of_seven_days_confirms_and_is_told_apart():
    life = lived(Step.ANSWERED, (Step.CONFIRMED_BY_SILENCE, 8))
    assert (life.state, life.confirmed_by) == (State.CONFIRMED, "silence")
    with pytest.raises(IllegalMoveError, match="not been silent"):
        lived(Step.ANSWERED, (Step.CONFIRMED_BY_SILENCE, 6.9))


def test_what_the_asker_adds_breaks_the_silence():
    life = lived(Step.ANSWERED, (Step.ADDED, 5))
    assert life.confirms_at == START + timedelta(days=12)


def test_only_a_persons_reply_stops_the_first_clock():
    assert lived(Step.OPENED, Step.ASSIGNED, Step.CLASSIFIED).echo_awaited == date(2026, 11, 26)
    for reply in REPLIES:
        assert lived(Step.ASSIGNED, reply).echo_awaited is None


def test_the_second_clock_runs_on_after_a_note_and_stops_when_settled():
    assert lived(Step.NOTE).settling_awaited == date(2026, 12, 14)
    assert lived(Step.ANSWERED).settling_awaited is None
    assert lived(Step.REFERRED).settling_awaited is None


def test_reopening_begins_both_clocks_anew():
    life = lived(Step.ANSWERED, Step.CONFIRMED, Step.REOPENED)
    assert life.state is State.REOPENED
    assert (life.echo_awaited, life.settling_awaited) == (date(2026, 12, 30), date(2027, 1, 20))
    assert life.settled_at is None
    assert life.confirmed_by is None


def test_reopening_is_possible_for_thirty_days():
    assert lived(Step.REFERRED, (Step.REOPENED, 30)).state is State.REOPENED
    with pytest.raises(IllegalMoveError, match="more than 30 days"):
        lived(Step.REFERRED, (Step.REOPENED, 31))


@pytest.mark.parametrize(
    ("step", "without", "words"),
    [
        (Step.ANSWERED, {"links": []}, "at least one page"),
        (Step.REFERRED, {"to": " "}, "who takes it over"),
        (Step.MERGED, {"into": None}, "which question"),
        (Step.MERGED, {"into": 1}, "into itself"),
        (Step.ASSIGNED, {"account": None}, "who takes it"),
        (Step.REDACTED, {"reason": ""}, "why the words"),
    ],
)
def test_a_step_without_what_it_needs_is_refused(step, without, words):
    life = lived()
    with pytest.raises(IllegalMoveError, match=words):
        apply(life, event(2, step, **without))


def test_events_neither_skip_nor_go_back():
    life = lived(Step.OPENED)
    with pytest.raises(IllegalMoveError, match="without a gap"):
        apply(life, event(4, Step.NOTE, 1))
    with pytest.raises(IllegalMoveError, match="cannot lie before"):
        apply(life, event(3, Step.NOTE, -1))
    with pytest.raises(IllegalMoveError, match="only once"):
        apply(life, event(3, Step.RECEIVED, 1))
    with pytest.raises(IllegalMoveError, match="begins with"):
        begin(1, event(1, Step.OPENED))


def test_nobody_takes_a_step_that_is_anothers():
    life = lived(Step.ANSWERED)
    as_account = Happening(3, Step.CONFIRMED, START + timedelta(days=1), 7)
    with pytest.raises(IllegalMoveError, match="not yours"):
        apply(life, as_account)
    as_asker = Happening(3, Step.MERGED, START + timedelta(days=1), None, {"into": 2})
    with pytest.raises(IllegalMoveError, match="not yours"):
        apply(life, as_asker)


def test_a_danger_to_life_has_no_due_days():
    life = begin(1, Happening(1, Step.RECEIVED, START, data={"lang": "zh", "danger": True}))
    assert (life.echo_awaited, life.settling_awaited) == (None, None)


def test_the_reason_is_said_in_both_languages():
    with pytest.raises(IllegalMoveError) as refused:
        lived(Step.ANSWERED, Step.CONFIRMED, Step.ANSWERED)
    assert "confirmed → answered" in refused.value.said(Lang.EN)
    assert any("一" <= character <= "鿿" for character in refused.value.said(Lang.ZH))


def test_the_law_says_beforehand_which_steps_are_allowed():
    assert Step.CONFIRMED in allowed(lived(Step.ANSWERED), Who.ASKER)
    assert Step.ANSWERED not in allowed(lived(Step.ANSWERED), Who.ASKER)
    assert set(allowed(lived(Step.REFERRED), Who.ACCOUNT)) == {
        Step.CLASSIFIED, Step.NOTE, Step.REDACTED, Step.REOPENED,
    }  # fmt: skip


# Merges ------------------------------------------------------------------------------------------


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 9)))
def test_every_chain_of_merges_ends_or_is_refused(merged):
    for number in range(1, 10):
        try:
            end = end_of_merges(number, merged.get)
        except IllegalMoveError:
            continue
        assert end not in merged


# Any sequence ------------------------------------------------------------------------------------

_STEPS = list(Step)


def attempts(noise):
    """What any bytes make people try: a step, by whom, when, with which data."""
    for byte, more in zip(noise[::2], noise[1::2], strict=False):
        step = _STEPS[byte % len(_STEPS)]
        data = (
            DATA.get(step, {}) if more % 8 else {"into": 1, "links": [], "to": "", "account": "x"}
        )
        days = (0, 0.01, 1, 3, 7, 7.5, 29, 31)[more // 8 % 8]
        yield step, (None if more // 64 % 2 else 7), timedelta(days=days), data


def tried(life, events, noise):
    for step, actor, wait, data in attempts(noise):
        attempt = Happening(life.position + 1, step, life.moved_at + wait, actor, data)
        try:
            following = apply(life, attempt)
        except IllegalMoveError:
            continue
        keeps_the_law(life, following, attempt)
        events.append(attempt)
        life = following
    return life


def keeps_the_law(before, after, attempt):
    """The law in other words than those of the code."""
    assert after.position == before.position + 1
    assert after.is_settled == (
        after.state.value in {"confirmed", "self-resolved", "merged", "referred"}
    )
    assert (after.settled_at is not None) == after.is_settled
    assert (after.silent_since is not None) == (after.state is State.ANSWERED)
    assert (after.merged_into is not None) == (after.state is State.MERGED)
    assert after.merged_into != after.number
    assert bool(after.referred_to) == (after.state is State.REFERRED)
    assert (after.confirmed_by is not None) == (after.state is State.CONFIRMED)
    if after.state in {State.ANSWERED, State.CONFIRMED}:
        assert after.links
    if before.is_settled and not after.is_settled:
        assert attempt.kind is Step.REOPENED
    if after.confirmed_by == "silence" and before.confirmed_by is None:
        assert attempt.at - before.silent_since >= timedelta(days=7)
    if attempt.kind in {Step.CONFIRMED, Step.SELF_RESOLVED, Step.ADDED}:
        assert by_whom(attempt) is Who.ASKER
    if attempt.kind in REPLIES:
        assert after.echoed_at is not None
    elif attempt.kind is not Step.REOPENED:
        assert after.echoed_at == before.echoed_at
    assert (after.received_at, after.number, after.lang) == (before.received_at, 1, "zh")


@pytest.mark.unmeasured
@how(max_examples=10_000)
@given(st.binary(max_size=48))
def test_the_law_holds_over_any_sequence_of_attempts(noise):
    events = [event(1, Step.RECEIVED)]
    life = tried(begin(1, events[0]), events, noise)
    assert replay(1, events) == life
    assert (life.state in OPEN) != (life.state in SETTLED)
    assert all(json.loads(json.dumps(dict(each.data))) == each.data for each in events)
