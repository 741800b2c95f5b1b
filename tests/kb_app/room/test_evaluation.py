from dataclasses import replace
from datetime import date

import pytest

from kb_app.models import Choice
from kb_app.room import (
    BallotClosedError,
    Chosen,
    Compared,
    Effect,
    Level,
    Look,
    Outcome,
    Side,
    Slip,
    Sort,
    Span,
    TooLateError,
    Wish,
    plan_of,
)
from kb_app.room.evaluation import item_sentence
from kb_app.room.learning import Rate, learned
from kb_app.weekly import item_id
from search_index import Lang

BEFORE = ("before:1", "before:2")
QUIZ = ("quiz:1", "quiz:2")


def hold(rooms, quiz_room, names, votes):
    """Open votes, cast them as `{phone: (choices)}`, and close them."""
    rooms.open_ballots(quiz_room.id, names, seen=rooms.get(quiz_room.id).version)
    for phone, choices in votes.items():
        for name, choice in zip(names, choices, strict=True):
            rooms.vote(quiz_room.id, name, phone, Chosen(choice))
    rooms.close_ballots(quiz_room.id, seen=rooms.get(quiz_room.id).version)


def said(evaluation, level):
    return " ".join(evaluation.level(level, Lang.EN))


# The test before ---------------------------------------------------------------------------------


def test_every_quiz_item_is_also_a_test_before_that_tells_nothing(sample_library):
    plan = plan_of(sample_library, "charging-hour")
    quiz, before = plan.ballot("quiz:1"), plan.ballot("before:1")
    assert plan.before == ("before:1",)
    assert (before.sort, before.answer, before.size) == (Sort.BEFORE, None, quiz.size)
    assert before.in_lang(Lang.EN).options == quiz.in_lang(Lang.EN).options
    assert all(asked.after == () for asked in before.asked.values())
    assert type(plan).of_json(plan.to_json()) == plan


def test_the_test_before_opens_at_once_and_its_results_stay_hidden(
    evaluations, rooms, quiz_room, close
):
    assert set(evaluations.open_before(quiz_room.id, seen=1).open_ballots) == set(BEFORE)
    rooms.vote(quiz_room.id, "before:1", "a", Chosen(2))
    held = rooms.close_ballots(quiz_room.id, seen=2)
    assert (held.open_ballots, held.closed_ballots) == ((), ())
    with pytest.raises(BallotClosedError):
        rooms.count(held, "before:1")
    with pytest.raises(BallotClosedError):
        rooms.vote(quiz_room.id, "before:1", "a", Chosen(1))
    close(quiz_room.id)
    assert rooms.count(rooms.get(quiz_room.id), "before:1").votes == 1


def test_once_the_quiz_was_open_a_test_before_comes_too_late(evaluations, rooms, quiz_room):
    rooms.open_ballots(quiz_room.id, QUIZ[:1], seen=1)
    for seen in (2, 3):
        with pytest.raises(TooLateError):
            evaluations.open_before(quiz_room.id, seen=seen)
        rooms.close_ballots(quiz_room.id, seen=rooms.get(quiz_room.id).version)


# What is said ------------------------------------------------------------------------------------


def test_of_an_open_room_nothing_is_told_but_numbers(evaluations, quiz_room, rooms):
    evaluations.slips.fill_in(quiz_room.id, "a", Slip(1, 1, 1))
    hold(rooms, quiz_room, BEFORE, {"a": (1, 1)})
    found = evaluations.of(quiz_room.id)
    assert found.learned is None
    assert "Slips so far: 1." in said(found, Level.REACTION)
    assert said(found, Level.LEARNING) == "The answers are compared once the session is closed."
    assert "No action card" in said(found, Level.BEHAVIOUR)
    assert "Nothing is said of results" in said(found, Level.RESULTS)


def test_with_few_people_it_says_so(evaluations, quiz_room, rooms, close):
    hold(rooms, quiz_room, BEFORE, {f"p{n}": (1, 1) for n in range(9)})
    hold(rooms, quiz_room, QUIZ, {f"p{n}": (2, 2) for n in range(9)})
    close(quiz_room.id)
    found = evaluations.of(quiz_room.id)
    assert found.learned.phones.gains == 9
    assert "Too few to tell" in said(found, Level.LEARNING)
    assert "do not prove" in said(found, Level.LEARNING)
    assert item_sentence(found.learned.items[0], Lang.EN) == "Too few to tell."


def test_a_clear_gain_is_told_with_what_was_compared_and_proves_nothing(
    evaluations, quiz_room, rooms, close
):
    hold(rooms, quiz_room, BEFORE, {f"p{n}": (1, 1) for n in range(12)})
    hold(rooms, quiz_room, QUIZ, {f"p{n}": (2, 1) for n in range(12)})
    close(quiz_room.id)
    found = evaluations.of(quiz_room.id)
    told = said(found, Level.LEARNING)
    assert "Of 12 phones that answered before and after, 12 had more right after" in told
    assert "p < 0.001" in told
    assert "do not prove that it was the session" in told
    assert "significant" not in told
    first, second = (item_sentence(item, Lang.EN) for item in found.learned.items)
    assert "12 changed from wrong to right and 0 from right to wrong" in first
    assert second.startswith("No difference can be told from chance")


def test_without_a_test_before_learning_is_not_known(evaluations, quiz_room, rooms, close):
    hold(rooms, quiz_room, QUIZ, {f"p{n}": (2, 1) for n in range(12)})
    close(quiz_room.id)
    found = evaluations.of(quiz_room.id)
    assert "There was no test before the session" in said(found, Level.LEARNING)
    assert item_sentence(found.learned.items[0], Lang.EN) == "Nothing to compare with."


def test_a_room_without_a_quiz_says_so(evaluations, rooms, sample_library, trainer):
    plan = plan_of(sample_library, "shed-before-ban")
    held = rooms.open("shed-before-ban", plan, Lang.ZH, actor=trainer)
    assert "There was no quiz" in said(evaluations.of(held.id), Level.LEARNING)


def test_other_phones_are_said_to_be_others():
    before = {1: {f"a{n}": 1 for n in range(12)}}
    item = learned({1: 2}, before, {1: {f"b{n}": 2 for n in range(12)}}).items[0]
    told = item_sentence(item, Lang.EN)
    assert told.startswith("More right after: other phones before than after; difference +")
    turned = learned({1: 2}, {1: {f"b{n}": 2 for n in range(12)}}, before).items[0]
    assert item_sentence(turned, Lang.EN).startswith("Fewer right after")


def test_five_weeks_later_is_told_beside_the_room_as_perhaps_other_people(
    evaluations, quiz_room, rooms, close, database
):
    hold(rooms, quiz_room, QUIZ, {"a": (2, 2), "b": (2, 1), "c": (1, 1)})
    close(quiz_room.id)
    assert "not known yet" in said(evaluations.of(quiz_room.id), Level.LEARNING)
    item = item_id("charging-hour", quiz_room.plan.ballot("quiz:1").asked[Lang.ZH].stem)
    with database.writing() as session:
        for after, choice, count in (("5w", 2, 3), ("5w", 1, 1), ("new", 1, 50)):
            week = date(2026, 12, 28)
            session.add(Choice(item=item, week=week, after=after, choice=choice, count=count))
    found = evaluations.of(quiz_room.id)
    assert found.later == {1: Rate(3, 4)}
    told = said(found, Level.LEARNING)
    assert "In the room 2 of 3 answers to the same items were right" in told
    assert "five weeks on, 3 of 4. Those may be other people." in told


def test_slips_are_counted_by_their_upper_grades(evaluations, quiz_room, close):
    for phone, grade in zip("abcde", (1, 2, 3, 4, 4), strict=True):
        evaluations.slips.fill_in(quiz_room.id, phone, Slip(grade, 4, 1))
    close(quiz_room.id)
    told = said(evaluations.of(quiz_room.id), Level.REACTION)
    assert "Of 5 slips, 3 call it useful for their lane, 5 clear, and 0 say" in told
    assert "does not tell what was learned" in told


def test_too_few_slips_are_only_counted(evaluations, quiz_room, close):
    evaluations.slips.fill_in(quiz_room.id, "a", Slip(1, 1, 1))
    close(quiz_room.id)
    assert "could be recognised among fewer than 5" in said(
        evaluations.of(quiz_room.id), Level.REACTION
    )


def test_cards_are_counted_and_said_to_be_unchecked(evaluations, quiz_room, clock):
    code = evaluations.cards.make(quiz_room.id, Wish("a", "b", date(2026, 11, 24), "c"))
    assert "1 made, 0 due, 0 looked back at." in said(evaluations.of(quiz_room.id), Level.BEHAVIOUR)
    clock.pass_by(days=2)
    evaluations.cards.look_back(code, Look(Outcome.PARTLY))
    told = said(evaluations.of(quiz_room.id), Level.BEHAVIOUR)
    assert "Done: 0; partly: 1; not yet: 0; dropped: 0." in told
    assert "nobody has checked" in told


READINGS = [
    ((Side(4, 100, 50), Side(9, 100, 100)), "fewer than 5 lanes"),
    ((Side(9, 100, 0), Side(9, 100, 100)), "a count of nought gives no ratio"),
    ((Side(9, 100, 95), Side(9, 100, 100)), "No difference can be told from chance."),
    ((Side(9, 200, 100), Side(9, 200, 200)), "fell more, or rose less"),
    ((Side(9, 200, 200), Side(9, 200, 100)), "rose more, or fell less"),
]


def compared(*sides):
    before = Span(date(2026, 10, 1), date(2026, 10, 28))
    after = Span(date(2026, 11, 24), date(2026, 12, 21))
    return Compared("投诉", "工单", Effect(before, after, *sides))


def test_a_comparison_is_told_with_its_cautions_and_never_as_a_cause(evaluations, quiz_room):
    found = evaluations.of(quiz_room.id)
    for sides, told in READINGS:
        said_of = said(replace(found, compared=(compared(*sides),)), Level.RESULTS)
        assert told in said_of
        assert "This shows no cause." in said_of


def test_a_room_has_the_comparisons_with_its_day_between_them_and_no_others(
    evaluations, rooms, quiz_room, clock
):
    clock.pass_by(days=40)
    later = rooms.open("charging-hour", quiz_room.plan, Lang.ZH, actor=quiz_room.opened_by)
    found = compared(*READINGS[0][0])
    evaluations.comparisons.add("charging-hour", found, actor=quiz_room.opened_by)
    assert [each.what for each in evaluations.of(quiz_room.id).compared] == ["投诉"]
    assert evaluations.of(later.id).compared == ()


def test_every_sentence_is_there_in_both_languages(evaluations, quiz_room, close):
    close(quiz_room.id)
    found = evaluations.of(quiz_room.id)
    zh, en = found.sentences(Lang.ZH), found.sentences(Lang.EN)
    assert len(zh) == len(en) >= 4
    assert all(a != b for a, b in zip(zh, en, strict=True))
