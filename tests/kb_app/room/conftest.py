from dataclasses import replace
from datetime import timedelta

import pytest

from kb_app.accounts import Accounts, Role
from kb_app.keys import Keys
from kb_app.models import Room
from kb_app.room import (
    Cards,
    Chosen,
    Comparisons,
    Evaluations,
    Plan,
    RaisedBox,
    Rooms,
    Slips,
    plan_of,
)
from kb_app.room.plan import before_name
from kb_app.session.slides import quiz_name
from search_index import Lang

KEYS = Keys.of("not a secret")


@pytest.fixture
def rooms(database, clock):
    return Rooms(database, KEYS, clock)


@pytest.fixture
def room(rooms, sample_library, editor):
    """A room in which the sample session is held."""
    plan = plan_of(sample_library, "charging-hour")
    return rooms.open("charging-hour", plan, Lang.ZH, actor=editor)


@pytest.fixture
def vote_on(rooms):
    """Go to a vote, let phones choose, and close it: `vote_on(room, "quiz:1", [1, 2, 2])`."""

    def vote(room, name, choices):
        held = rooms.get(room.id)
        place = [s.name if s.part in {"ask", "quiz"} else "" for s in held.slides].index(name)
        held = rooms.go(room.id, place, seen=held.version)
        for number, choice in enumerate(choices):
            rooms.vote(room.id, name, rooms.phone(held, f"phone {number}"), Chosen(choice))
        return rooms.close_ballots(room.id, seen=held.version)

    return vote


@pytest.fixture
def box(database, clock):
    return RaisedBox(database, KEYS, clock)


# A room with a quiz of two items and a test before it -------------------------------------------


@pytest.fixture
def trainer(database, clock):
    return Accounts(database, clock).add("zhao", Role.TRAINER, "a long password").id


@pytest.fixture(scope="session")
def quiz_plan(sample_library) -> Plan:
    """The plan of the small library's session, its quiz item asked twice."""
    plan = plan_of(sample_library, "charging-hour")
    other = {
        lang: replace(asked, stem=f"{asked.stem} (2)")
        for lang, asked in plan.ballot(quiz_name(1)).asked.items()
    }
    again = tuple(
        replace(plan.ballot(name(1)), name=name(2), asked=other)
        for name in (quiz_name, before_name)
    )
    return replace(plan, ballots=(*plan.ballots, *again))


@pytest.fixture
def evaluations(rooms, database, clock):
    cards, comparisons = Cards(database, KEYS, clock), Comparisons(database, clock)
    return Evaluations(rooms, Slips(database, clock), cards, comparisons)


@pytest.fixture
def quiz_room(rooms, quiz_plan, trainer):
    return rooms.open("charging-hour", quiz_plan, Lang.ZH, actor=trainer)


@pytest.fixture
def close(database, clock):
    """End a room, as the trainer does after it."""

    def end(room):
        clock.pass_by(hours=1)
        with database.writing() as session:
            session.get_one(Room, room).closed_at = clock() - timedelta(minutes=1)

    return end
