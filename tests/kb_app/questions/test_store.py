import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import select, text

from kb_app.keys import Keys
from kb_app.models import Event, Question, Words
from kb_app.questions import (
    Answering,
    Asked,
    IllegalMoveError,
    KeyReusedError,
    Overdue,
    QuestionError,
    Questions,
    StaleMoveError,
    State,
    Step,
    UnknownPageError,
    UnknownQuestionError,
    WorkingDays,
)
from kb_app.questions.ledger import events_of, life_in
from kb_app.questions.life import replay

WIRES = Asked("六号楼北侧飞线充电", "zh", contact="138-0000", query="飞线")


def known(page):
    return page in {"ebike-flying-wire", "fire-lane"}


@pytest.fixture
def asked(questions):
    """Ask something and get its number and code."""
    count = iter(range(1000))

    def ask(words=WIRES):
        receipt = questions.ask(words, f"key {next(count)}")
        return receipt.number, receipt.code

    return ask


def answered(questions, number, editor, seen=1):
    return questions.answer(
        number, Answering(["fire-lane"], "see there"), actor=editor, seen=seen, has_page=known
    )


def steps(questions, number):
    return [told.event.kind.value for told in questions.record(number).story]


# Asking ------------------------------------------------------------------------------------------


def test_numbers_are_given_from_one_without_a_gap(asked):
    assert [asked()[0] for _ in range(3)] == [1, 2, 3]


def test_the_same_key_and_words_give_the_same_number_and_code(questions):
    first, again = (questions.ask(WIRES, "k") for _ in range(2))
    assert (first.number, first.code) == (again.number, again.code)
    assert (first.made, again.made) == (True, False)
    assert questions.counts().received == 1


@pytest.mark.parametrize(
    "other", [{"text": "别的"}, {"lang": "en"}, {"contact": None}, {"query": None}]
)
def test_the_same_key_with_other_words_is_refused(questions, other):
    questions.ask(WIRES, "k")
    with pytest.raises(KeyReusedError):
        questions.ask(replace(WIRES, **other), "k")
    assert questions.counts().received == 1


def test_a_refused_question_leaves_no_gap(questions, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Keys, "cover", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            questions.ask(WIRES, "k")
    assert questions.ask(WIRES, "other").number == 1


def test_a_question_is_promised_two_days_and_remembers_what_they_were_reckoned_with(
    questions, asked
):
    number, code = asked()
    record = questions.status(number, code)
    assert (record.life.echo_due, record.life.settled_due) == (
        date(2026, 11, 26),
        date(2026, 12, 14),
    )
    assert record.story[0].event.data["years_unknown"] == [2026]
    assert record.story[0].event.data["holidays"] == WorkingDays().fingerprint


def test_a_danger_to_life_has_no_clock_and_is_first_on_the_list(questions, asked):
    asked()
    number, _ = asked(replace(WIRES, text="着火了", danger=True))
    first = questions.inbox()[0].life
    assert (first.number, first.echo_due, first.settled_due) == (number, None, None)


def test_only_number_and_code_together_open_the_status(questions, asked):
    number, code = asked()
    assert questions.status(number, code.lower()).life.number == number
    for wrong in ("", "23456789", code[:-1], "锁" * 8, "\ud800"):
        with pytest.raises(UnknownQuestionError):
            questions.status(number, wrong)
    with pytest.raises(UnknownQuestionError):
        questions.status(number + 1, code)


def test_a_contact_is_covered_in_the_database_and_lost_with_the_key(questions, asked, database):
    number, _ = asked()
    with database.reading() as session:
        assert "138" not in session.get(Words, (number, 1)).contact
    assert questions.contact(number) == "138-0000"
    assert replace(questions, keys=Keys.of("another")).contact(number) is None


# Moves -------------------------------------------------------------------------------------------


def test_a_question_goes_its_way_and_every_step_is_kept(questions, asked, editor, clock):
    number, code = asked()
    questions.assign(number, editor, actor=editor, seen=1)
    clock.pass_by(hours=1)
    questions.note(number, "供电公司明天来看", actor=editor, seen=2)
    answered(questions, number, editor, seen=3)
    questions.add(number, code, "还在接线", seen=4)
    life = questions.confirm(number, code, seen=5)
    assert life.state is State.CONFIRMED
    record = questions.record(number)
    assert [told.text for told in record.story] == [
        WIRES.text, None, "供电公司明天来看", "see there", "还在接线", None,
    ]  # fmt: skip
    assert record.life == life
    assert life.echoed_at == clock()
    assert [told.event.actor for told in record.story] == [None, *[editor] * 3, None, None]


def test_who_looked_at_an_older_state_is_refused(questions, asked, editor):
    number, _ = asked()
    questions.open(number, actor=editor, seen=1)
    with pytest.raises(StaleMoveError):
        questions.assign(number, editor, actor=editor, seen=1)
    assert steps(questions, number) == ["received", "opened"]


def test_an_answer_names_a_page_that_there_is(questions, asked, editor):
    number, _ = asked()
    for links, error in ((["nowhere"], UnknownPageError), ([], IllegalMoveError)):
        with pytest.raises(error):
            questions.answer(number, Answering(links), actor=editor, seen=1, has_page=known)
    twice = Answering(["fire-lane", "ebike-flying-wire", "fire-lane"])
    life = questions.answer(number, twice, actor=editor, seen=1, has_page=known)
    assert life.links == ("fire-lane", "ebike-flying-wire")
    assert questions.record(number).life.links == life.links


def test_an_answer_may_name_a_page_that_is_being_written(questions, asked, editor, database):
    number, _ = asked()
    with database.writing() as session:
        session.execute(
            text(
                "insert into drafts (slug, kind, lang, text, author, version, created_at, updated_at)"
                " values ('new-page', 'case', 'zh', '', :author, 1, :at, :at)"
            ),
            {"author": editor, "at": "2026-11-23 01:00:00"},
        )
    life = questions.answer(number, Answering(["new-page"]), actor=editor, seen=1, has_page=known)
    assert life.links == ("new-page",)


def test_a_question_is_merged_to_where_the_chain_ends(questions, asked, editor):
    (first, _), (second, _), (third, _) = asked(), asked(), asked()
    questions.merge(second, third, actor=editor, seen=1)
    assert questions.merge(first, second, actor=editor, seen=1).merged_into == third
    with pytest.raises(IllegalMoveError, match="into itself"):
        questions.merge(third, first, actor=editor, seen=1)
    with pytest.raises(UnknownQuestionError):
        questions.merge(third, 99, actor=editor, seen=1)
    assert questions.counts().settled == 2


def test_a_referral_says_to_whom_and_why(questions, asked, editor):
    number, _ = asked()
    for to, why in (("供电公司", " "), ("", "不归街道管")):
        with pytest.raises(IllegalMoveError, match="who takes it over, and why"):
            questions.refer(number, to, why, actor=editor, seen=1)
    assert questions.refer(number, "供电公司", "线路归他们", actor=editor, seen=1).is_settled


def test_the_asker_settles_it_himself_or_opens_it_again(questions, asked, clock):
    number, code = asked()
    questions.open_as_asker(number, code, seen=1)
    life = questions.resolve_myself(number, code, seen=2, link="fire-lane")
    assert life.state is State.SELF_RESOLVED
    clock.pass_by(days=2)
    life = questions.reopen_as_asker(number, code, "又来了", seen=3)
    assert (life.state, life.echo_due) == (State.REOPENED, date(2026, 11, 30))
    with pytest.raises(UnknownQuestionError):
        questions.confirm(number, "WRONGWRO", seen=4)


def test_words_that_are_needed_are_asked_for(questions, asked, editor):
    number, code = asked()
    with pytest.raises(IllegalMoveError, match="in a few words"):
        questions.note(number, "  ", actor=editor, seen=1)
    with pytest.raises(IllegalMoveError, match="in a few words"):
        questions.add(number, code, "", seen=1)


def test_two_who_move_at_once_do_not_both_succeed(questions, asked, editor):
    number, _ = asked()
    start = threading.Barrier(4)

    def try_it(_):
        start.wait()
        try:
            questions.note(number, "same moment", actor=editor, seen=1)
        except StaleMoveError:
            return "stale"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == ["done", "stale", "stale", "stale"]


def test_two_merges_that_cross_do_not_make_a_circle(questions, asked, editor):
    (first, _), (second, _) = asked(), asked()
    start = threading.Barrier(2)

    def merge(pair):
        start.wait()
        try:
            questions.merge(*pair, actor=editor, seen=1)
        except IllegalMoveError:
            return 0
        return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(merge, [(first, second), (second, first)])) == 1


# Removing ----------------------------------------------------------------------------------------


def test_removed_words_leave_number_dates_and_reason(questions, asked, editor):
    number, code = asked(replace(WIRES, text="张三家的电动车"))
    questions.redact(number, "写了姓名", actor=editor, seen=1)
    record = questions.record(number)
    assert record.life.redacted
    assert record.story[0].text is None
    assert record.story[0].query is None
    assert record.story[0].redacted_at is not None
    assert not record.has_contact
    assert record.story[1].event.data["reason"] == "写了姓名"
    assert questions.status(number, code).life.state is State.RECEIVED


def test_removed_words_are_in_no_file_any_more(questions, asked, editor, database, tmp_path):
    if not database.is_sqlite:
        pytest.skip("the files of PostgreSQL are the server's")
    number, _ = asked(replace(WIRES, text="zhang san's scooter"))
    held = [path for path in (tmp_path / "var").iterdir() if b"zhang san" in path.read_bytes()]
    assert held
    questions.redact(number, "a name", actor=editor, seen=1)
    assert not [p for p in (tmp_path / "var").iterdir() if b"zhang san" in p.read_bytes()]


def test_the_words_of_any_event_can_be_removed_and_of_no_other(questions, asked, editor):
    number, _ = asked()
    questions.note(number, "李四说", actor=editor, seen=1)
    questions.redact(number, "写了姓名", actor=editor, seen=2, position=2)
    record = questions.record(number)
    assert [told.text for told in record.story] == [WIRES.text, None, None]
    assert not record.life.redacted
    with pytest.raises(IllegalMoveError, match="no words at this place"):
        questions.redact(number, "x", actor=editor, seen=3, position=3)


def test_a_repeated_request_after_removal_still_gets_its_number(questions, editor):
    questions.ask(WIRES, "k")
    questions.redact(1, "a name", actor=editor, seen=1)
    assert questions.ask(WIRES, "k").number == 1


# Promises ----------------------------------------------------------------------------------------


def test_silence_confirms_at_its_hour_however_late_somebody_looks(questions, asked, editor, clock):
    number, _ = asked()
    answered(questions, number, editor)
    due = clock() + timedelta(days=7)
    clock.pass_by(days=20)
    life = questions.record(number).life
    assert (life.state, life.confirmed_by, life.settled_at) == (State.CONFIRMED, "silence", due)
    counts = questions.counts()
    assert (counts.confirmed_by_silence, counts.confirmed_by_asker) == (1, 0)


def test_contacts_go_half_a_year_after_settling(questions, asked, editor, clock):
    number, _ = asked()
    answered(questions, number, editor)
    clock.pass_by(days=7 + 179.9)
    assert questions.record(number).has_contact
    clock.pass_by(days=0.2)
    assert not questions.record(number).has_contact
    assert questions.contact(number) is None
    assert steps(questions, number)[-1] == "contact-purged"


def test_who_slept_for_a_year_keeps_both_promises_at_once(questions, asked, editor, clock):
    number, _ = asked()
    answered(questions, number, editor)
    clock.pass_by(days=365)
    questions.keep_promises()
    assert steps(questions, number)[-2:] == ["confirmed-by-silence", "contact-purged"]


def test_a_clock_that_is_set_back_stands_still(questions, asked, editor, clock):
    number, _ = asked()
    before = clock()
    clock.pass_by(days=-3)
    questions.open(number, actor=editor, seen=1)
    assert questions.record(number).life.moved_at == before


# Lists -------------------------------------------------------------------------------------------


def test_lists_follow_who_waits_and_for_how_long(questions, asked, editor, clock):
    (first, _), (second, _), (third, _) = asked(), asked(), asked()
    questions.assign(second, editor, actor=editor, seen=1)
    questions.refer(third, "供电公司", "线路归他们", actor=editor, seen=1)
    assert [each.life.number for each in questions.inbox()] == [first, second]
    assert [each.life.number for each in questions.mine(editor)] == [second]
    assert [each.life.number for each in questions.settled()] == [third]
    assert questions.overdue() == ()
    clock.pass_by(days=4)
    assert {each.overdue for each in questions.overdue()} == {Overdue.EDITORS}
    clock.pass_by(days=5)
    assert {each.echo for each in questions.overdue()} == {Overdue.ADMINISTRATOR}
    assert questions.inbox()[0].text == WIRES.text


def test_what_was_replied_to_waits_for_its_settling_only(questions, asked, editor, clock):
    number, _ = asked()
    questions.note(number, "还在查", actor=editor, seen=1)
    clock.pass_by(days=10)
    assert questions.overdue() == ()
    clock.pass_by(days=13)
    assert questions.overdue()[0].settling is Overdue.EDITORS


def test_received_is_open_plus_settled(questions, asked, editor):
    numbers = [asked()[0] for _ in range(4)]
    questions.refer(numbers[0], "x", "y", actor=editor, seen=1)
    answered(questions, numbers[1], editor)
    counts = questions.counts()
    assert (counts.received, counts.open, counts.settled) == (4, 3, 1)
    assert counts.by_state[State.ANSWERED] == 1


# Any sequence ------------------------------------------------------------------------------------

SOME = st.lists(
    st.tuples(
        st.sampled_from([s for s in Step if s is not Step.RECEIVED]), st.sampled_from([0, 1, 8, 31])
    ),
    max_size=5,
)


def taken(questions, step, number, code, editor):
    seen = questions.record(number).life.position
    desk, asker = {"actor": editor, "seen": seen}, {"seen": seen}
    {
        Step.OPENED: lambda: questions.open(number, **desk),
        Step.CLASSIFIED: lambda: questions.classify(number, "fire-lane", **desk),
        Step.ASSIGNED: lambda: questions.assign(number, editor, **desk),
        Step.NOTE: lambda: questions.note(number, "说明", **desk),
        Step.ADDED: lambda: questions.add(number, code, "补充", **asker),
        Step.ANSWERED: lambda: answered(questions, number, editor, seen),
        Step.CONFIRMED: lambda: questions.confirm(number, code, **asker),
        Step.SELF_RESOLVED: lambda: questions.resolve_myself(number, code, **asker),
        Step.MERGED: lambda: questions.merge(number, max(1, number - 1), **desk),
        Step.REFERRED: lambda: questions.refer(number, "供电公司", "归他们", **desk),
        Step.REOPENED: lambda: questions.reopen_as_asker(number, code, "又来了", **asker),
        Step.REDACTED: lambda: questions.redact(number, "姓名", **desk),
        Step.CONFIRMED_BY_SILENCE: questions.keep_promises,
        Step.CONTACT_PURGED: questions.keep_promises,
    }[step]()


@pytest.mark.unmeasured
@how(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOME)
def test_whatever_is_tried_the_rows_say_what_the_events_say(questions, editor, clock, sequence):
    receipt = questions.ask(WIRES, f"{questions.counts().received}")
    number = receipt.number
    for step, days in sequence:
        clock.pass_by(days=days)
        with contextlib.suppress(QuestionError):
            taken(questions, step, number, receipt.code, editor)
    with questions.database.reading() as session:
        assert replay(number, events_of(session, number)) == life_in(session, number)
    counts = questions.counts()
    assert counts.received == number == counts.open + counts.settled


@pytest.mark.parametrize("change", ["update events set kind = 'note'", "delete from events"])
def test_the_database_itself_refuses_to_change_what_happened(asked, database, change):
    number, _ = asked()
    with pytest.raises(Exception, match="only added to"), database.writing() as session:
        session.execute(text(change))
    with database.reading() as session:
        assert session.scalars(select(Event.kind)).all() == ["received"]
        assert session.get(Question, number) is not None


def test_the_default_clock_is_that_of_the_machine(database):
    assert Questions(database, Keys.of("x")).now().tzinfo is not None
