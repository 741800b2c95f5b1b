from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_app.room import BallotClosedError, Chosen, Rooms, UnknownRoomError, plan_of
from kb_app.room.errors import StaleRoomError, UnknownChoiceError
from search_index import Lang

CASE, QUIZ = "ask:shed-before-ban:1", "quiz:1"


def place_of(held, name):
    return next(
        n for n, s in enumerate(held.slides) if s.name == name and s.part in {"ask", "quiz"}
    )


@pytest.fixture
def at_vote(rooms, room):
    """The room with its decision on the screen."""
    return rooms.go(room.id, place_of(room, CASE), seen=room.version)


def test_a_room_is_found_by_its_code_as_people_type_it(rooms, room):
    assert rooms.by_code(f" {room.code[:3]} {room.code[3:]} ") == rooms.get(room.id) == room
    assert rooms.latest(5) == (room,)
    for missing in (
        lambda: rooms.by_code("nothing"),
        lambda: rooms.get(room.id + 1),
        lambda: rooms.state("nothing"),
    ):
        with pytest.raises(UnknownRoomError):
            missing()


def test_a_phone_votes_once_and_may_change_its_mind_until_the_vote_is_closed(rooms, at_vote):
    for choice in (1, 3, 2):
        rooms.vote(at_vote.id, CASE, "phone", Chosen(choice))
    rooms.vote(at_vote.id, CASE, "another", Chosen(1))
    assert rooms.voted(at_vote.id, CASE) == 2
    assert rooms.my_votes(at_vote.id, "phone")[CASE].choice == 2
    with pytest.raises(BallotClosedError):
        rooms.count(at_vote, CASE)
    closed = rooms.next(at_vote.id, seen=at_vote.version)
    assert closed.place == at_vote.place
    assert rooms.count(closed, CASE).options == (1, 1, 0)
    with pytest.raises(BallotClosedError):
        rooms.vote(at_vote.id, CASE, "phone", Chosen(3))
    gone_on = rooms.next(at_vote.id, seen=closed.version)
    assert gone_on.place == at_vote.place + 1


def test_what_was_tapped_before_and_comes_later_counts_no_more(rooms, at_vote):
    rooms.vote(at_vote.id, CASE, "phone", Chosen(2, tap=2_000))
    rooms.vote(at_vote.id, CASE, "phone", Chosen(1, tap=1_999))
    assert rooms.my_votes(at_vote.id, "phone")[CASE].choice == 2
    rooms.vote(at_vote.id, CASE, "phone", Chosen(3, tap=2_000))
    assert rooms.my_votes(at_vote.id, "phone")[CASE].choice == 3


def test_nothing_is_counted_for_a_vote_that_was_not_opened_or_has_no_such_option(rooms, at_vote):
    with pytest.raises(BallotClosedError):
        rooms.vote(at_vote.id, QUIZ, "phone", Chosen(1))
    for wrong in ({"choice": 0}, {"choice": 4}, {"choice": 1, "team": 1}):
        with pytest.raises(UnknownChoiceError):
            rooms.vote(at_vote.id, CASE, "phone", Chosen(**wrong))
    assert rooms.voted(at_vote.id, CASE) == 0


def test_going_away_from_a_vote_closes_it_and_coming_back_does_not_open_it_again(rooms, at_vote):
    away = rooms.go(at_vote.id, 0, seen=at_vote.version)
    assert away.open_ballots == ()
    back = rooms.go(at_vote.id, at_vote.place, seen=away.version)
    assert (back.open_ballots, back.closed_ballots) == ((), (CASE,))


def test_two_windows_of_the_trainer_cannot_overtake_each_other(rooms, at_vote):
    rooms.next(at_vote.id, seen=at_vote.version)
    with pytest.raises(StaleRoomError):
        rooms.next(at_vote.id, seen=at_vote.version)


def test_no_move_leaves_the_slides(rooms, room):
    assert rooms.go(room.id, -5, seen=1).place == 0
    assert rooms.go(room.id, 10_000, seen=2).place == len(room.slides) - 1


def test_teams_are_counted_apart_and_in_their_order(rooms, sample_library, editor):
    plan = plan_of(sample_library, "charging-hour")
    held = rooms.open("charging-hour", plan, Lang.EN, actor=editor, teams=2)
    held = rooms.go(held.id, place_of(held, QUIZ), seen=1)
    for phone, (choice, team) in enumerate([(1, 2), (2, 2), (2, 1), (2, None)]):
        rooms.vote(held.id, QUIZ, str(phone), Chosen(choice, team))
    count = rooms.count(rooms.next(held.id, seen=held.version), QUIZ)
    assert count.options == (1, 3)
    assert list(count.teams.items()) == [(1, (0, 1)), (2, (1, 1))]
    assert count.votes == 4


def test_what_is_asked_every_second_tells_no_choice(rooms, at_vote):
    rooms.vote(at_vote.id, CASE, "phone", Chosen(1))
    state = rooms.state(at_vote.code)
    assert (state.version, state.open, state.votes, state.over) == (2, (CASE,), 1, False)


def test_a_phone_is_another_one_in_every_room(rooms, room, sample_library, editor):
    other = rooms.open("x", plan_of(sample_library, "charging-hour"), Lang.ZH, actor=editor)
    assert rooms.phone(room, "me") == rooms.phone(room, "me") != rooms.phone(other, "me")


def test_no_vote_is_lost_or_doubled_while_it_is_being_closed(database, rooms, at_vote):
    def vote(number):
        try:
            for choice in (1, 2):
                Rooms(database, rooms.keys).vote(
                    at_vote.id, CASE, f"phone {number}", Chosen(choice)
                )
        except BallotClosedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        votes = [pool.submit(vote, number) for number in range(24)]
        closing = pool.submit(rooms.next, at_vote.id, seen=at_vote.version)
        received = sum(each.result() for each in votes)
    count = rooms.count(closing.result(), CASE)
    # Who got both choices in stands with the second; who got one in, with the first.
    assert count.options[1] == received
    assert count.votes <= 24


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("next")),
        st.tuples(st.just("go"), st.integers(-1, 12)),
        st.tuples(
            st.just("vote"), st.sampled_from([CASE, QUIZ]), st.integers(0, 3), st.integers(0, 4)
        ),
    ),
    max_size=25,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_a_room_is_what_a_plain_model_says(rooms, sample_library, editor, acts):
    plan = plan_of(sample_library, "charging-hour")
    held = rooms.open("charging-hour", plan, Lang.ZH, actor=editor)
    sizes, is_open, known, votes = {CASE: 3, QUIZ: 2}, set(), set(), {}
    for act, *rest in acts:
        if act == "vote":
            name, phone, choice = rest
            accepted = name in is_open and 1 <= choice <= sizes[name]
            if accepted:
                votes[name, phone] = choice
            try:
                rooms.vote(held.id, name, str(phone), Chosen(choice))
            except (BallotClosedError, UnknownChoiceError):
                assert not accepted
            else:
                assert accepted
        elif act == "next" and held.here and held.here.name in is_open:
            is_open.clear()
            held = rooms.next(held.id, seen=held.version)
        else:
            place = held.place + 1 if act == "next" else rest[0]
            held = rooms.go(held.id, place, seen=held.version)
            here = held.here.name if held.here else None
            is_open &= {here}
            if here and here not in known:
                is_open.add(here)
                known.add(here)
        assert set(held.open_ballots) == is_open
    for name in set(held.closed_ballots):
        counted = rooms.count(held, name).options
        expected = [sum(v == n and k[0] == name for k, v in votes.items())
                    for n in range(1, sizes[name] + 1)]  # fmt: skip
        assert list(counted) == expected
