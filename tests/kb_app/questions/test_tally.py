from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from kb_app.periods import month, month_of, week_of
from kb_app.questions.clocks import CHINA
from kb_app.questions.errors import IllegalMoveError
from kb_app.questions.life import (
    SETTLED,
    Happening,
    State,
    Step,
    Who,
    allowed,
    apply,
    begin,
    replay,
)
from kb_app.questions.tally import Way, is_overdue, stages, tally

NOVEMBER = month("2026-11")
LATER = date(2027, 6, 1)
START = datetime(2026, 10, 1, tzinfo=UTC)
DUES = {"echo_due": "2026-10-08", "settled_due": "2026-10-26"}
DATA = {
    Step.ASSIGNED: {"account": 7},
    Step.MERGED: {"into": 999},
    Step.REFERRED: {"to": "供电公司"},
    Step.REDACTED: {"reason": "a telephone number"},
}
CLOCKS = {Step.CONFIRMED_BY_SILENCE, Step.CONTACT_PURGED}


def china(month, day, hour=12, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def happened(*steps, dues=DUES):
    """A question's events from pairs of a step and its moment."""
    return tuple(
        Happening(
            position,
            step,
            at,
            None if step in {Step.RECEIVED, Step.CONFIRMED, Step.SELF_RESOLVED} | CLOCKS else 7,
            {"lang": "zh", "danger": False, **dues}
            if step is Step.RECEIVED
            else {
                **DATA.get(step, {}),
                **({"links": ["shed-first"]} if step is Step.ANSWERED else {}),
                **(dues if step is Step.REOPENED else {}),
            },
        )
        for position, (step, at) in enumerate(steps, 1)
    )


def counted(*histories, period=NOVEMBER, today=LATER):
    return tally(stages(dict(enumerate(histories, 1))), period, today)


def sizes(found):
    names = ("carried", "received", "reopened", "settled", "open", "overdue")
    return tuple(len(getattr(found, name)) for name in names)


# Borders -----------------------------------------------------------------------------------------


def test_a_month_begins_and_ends_at_midnight_in_china():
    last, first = china(10, 31, 23, 59), china(11, 1, 0, 0)
    assert last.astimezone(UTC).date() == first.astimezone(UTC).date()
    assert sizes(counted(happened((Step.RECEIVED, last))))[:2] == (1, 0)
    assert sizes(counted(happened((Step.RECEIVED, first))))[:2] == (0, 1)
    assert sizes(counted(happened((Step.RECEIVED, china(12, 1, 0, 0))))) == (0,) * 6


def test_what_was_settled_the_month_before_is_not_settled_again():
    one = happened((Step.RECEIVED, china(10, 2)), (Step.REFERRED, china(10, 31, 23, 59)))
    assert sizes(counted(one)) == (0,) * 6
    assert counted(one).settled_ever == 1


def test_settled_reopened_and_settled_again_counts_each_step():
    one = happened(
        (Step.RECEIVED, china(11, 1)),
        (Step.REFERRED, china(11, 2)),
        (Step.REOPENED, china(11, 3)),
        (Step.SELF_RESOLVED, china(11, 4)),
    )
    found = counted(one)
    assert sizes(found) == (0, 1, 1, 2, 0, 0)
    assert found.ways() == {**dict.fromkeys(Way, 0), Way.REFERRED: 1, Way.SELF: 1}
    assert (found.received_ever, found.settled_ever) == (1, 1)


def test_an_answer_that_is_taken_back_before_it_settles_is_no_reopening():
    one = happened(
        (Step.RECEIVED, china(11, 1)), (Step.ANSWERED, china(11, 2)), (Step.REOPENED, china(11, 3))
    )
    assert sizes(counted(one)) == (0, 1, 0, 0, 1, 1)


def test_silence_and_the_askers_word_are_told_apart():
    begun = ((Step.RECEIVED, china(11, 1)), (Step.ANSWERED, china(11, 2)))
    silent = happened(*begun, (Step.CONFIRMED_BY_SILENCE, china(11, 9)))
    said = happened(*begun, (Step.CONFIRMED, china(11, 3)))
    merged = happened(*begun, (Step.MERGED, china(11, 3)))
    ways = counted(silent, said, said, merged).ways()
    assert ways == {**dict.fromkeys(Way, 0), Way.SILENCE: 1, Way.ASKER: 2, Way.MERGED: 1}


def test_a_promise_is_broken_when_its_day_is_over():
    dues = {"echo_due": "2026-11-30", "settled_due": "2026-12-20"}
    one = happened((Step.RECEIVED, china(11, 25)), dues=dues)
    assert len(counted(one).overdue) == 1  # the thirtieth is over when the month is
    assert counted(one, today=date(2026, 11, 30)).overdue == ()
    assert counted(one, period=week_of(date(2026, 11, 25)), today=LATER).overdue == ()


def test_without_questions_everything_is_zero():
    found = counted()
    assert sizes(found) == (0,) * 6
    assert set(found.ways().values()) == {0}


# Against a naive recount -------------------------------------------------------------------------


@st.composite
def histories(draw):
    """Lawful lives, with steps minutes or weeks apart."""
    at = START + timedelta(hours=draw(st.integers(0, 24 * 100)))
    events = [*happened((Step.RECEIVED, at))]
    life = begin(1, events[0])
    for _ in range(draw(st.integers(0, 9))):
        who = draw(st.sampled_from(list(Who)))
        steps = allowed(life, who)
        if not steps:
            continue
        step = draw(st.sampled_from(steps))
        at += draw(st.sampled_from([timedelta(minutes=7), timedelta(days=3), timedelta(days=8)]))
        due = (at + timedelta(days=draw(st.integers(0, 30)))).date().isoformat()
        data = {
            **DATA.get(step, {}),
            **({"links": ["a"]} if step is Step.ANSWERED else {}),
            **({"echo_due": due, "settled_due": due} if step is Step.REOPENED else {}),
        }
        event = Happening(life.position + 1, step, at, 7 if who is Who.ACCOUNT else None, data)
        try:
            life = apply(life, event)
        except IllegalMoveError:
            continue
        events.append(event)
    return tuple(events)


def state_at(events, moment):
    """Where a question was just before a moment, lived anew from its first event."""
    before = [event for event in events if event.at < moment]
    return replay(1, before) if before else None


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


@how(max_examples=150)
@given(
    st.lists(histories(), max_size=6),
    st.dates(date(2026, 9, 20), date(2027, 2, 20)),
    st.sampled_from([month_of, week_of]),
)
def test_numbers_are_those_of_a_naive_recount_and_the_law_holds(lives, day, period_of):
    period = period_of(day)
    found = counted(*lives, period=period)
    begin_at, end_at = midnight(period.start), midnight(period.end)
    at_start = [life for each in lives if (life := state_at(each, begin_at))]
    at_end = [life for each in lives if (life := state_at(each, end_at))]
    assert len(found.carried) == sum(life.state not in SETTLED for life in at_start)
    assert len(found.received) == sum(begin_at <= each[0].at < end_at for each in lives)
    assert len(found.open) == sum(life.state not in SETTLED for life in at_end)
    assert len(found.overdue) == sum(
        life.state not in SETTLED and is_overdue(life, period.end) for life in at_end
    )
    settled = reopened = 0
    for events in lives:
        for place, event in enumerate(events[1:], 1):
            if begin_at <= event.at < end_at:
                before = replay(1, events[:place]).state in SETTLED
                after = replay(1, events[: place + 1]).state in SETTLED
                settled += after and not before
                reopened += before and not after
    assert (len(found.settled), len(found.reopened)) == (settled, reopened)
    assert sum(found.ways().values()) == settled
    assert len(found.carried) + len(found.received) + reopened - settled == len(found.open)
    assert found.received_ever == len(found.open) + found.settled_ever
    assert found.received_ever == len(at_end)


@given(st.lists(histories(), max_size=5))
def test_months_follow_each_other(lives):
    october, november = (counted(*lives, period=month(name)) for name in ("2026-10", "2026-11"))
    numbers = lambda those: [each.life.number for each in those]  # noqa: E731
    assert numbers(october.open) == numbers(november.carried)
    assert november.received_ever == october.received_ever + len(november.received)


def test_states_that_settle_all_have_a_way():
    assert {State.CONFIRMED, State.SELF_RESOLVED, State.MERGED, State.REFERRED} == SETTLED
