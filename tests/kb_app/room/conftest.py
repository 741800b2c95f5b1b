import pytest

from kb_app.keys import Keys
from kb_app.room import Chosen, RaisedBox, Rooms, plan_of
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
