import pytest

from kb_app.room import (
    AttendanceBook,
    How,
    Person,
    Records,
    RoomClosedError,
    UnknownRoomError,
)

JIA, YI = Person("甲", "巷长", "一巷"), Person("A02", "街长", "二巷")


@pytest.fixture
def book(database, clock):
    return AttendanceBook(database, clock)


@pytest.fixture
def close(database, clock):
    return lambda room: Records(database, clock).close(room.id, {}, actor=None)


def test_one_person_is_there_once_however_the_name_is_written(book, room, clock):
    assert book.sign(room.id, [JIA, YI], How.CODE, "phone") == 2
    clock.pass_by(minutes=1)
    assert book.sign(room.id, [Person(" ａ02 ", "街长", "二巷")], How.HAND) == 0
    found = book.present(room.id)
    assert [(each.person, each.how, each.shares_phone) for each in found] == [
        (JIA, How.CODE, True),
        (YI, How.CODE, True),
    ]


def test_a_wrong_entry_is_removed_and_only_in_its_own_room(book, room, editor):
    book.sign(room.id, [JIA], How.HAND)
    (entry,) = book.present(room.id)
    book.remove(room.id, entry.id + 1, actor=editor)
    assert book.present(room.id) == (entry,)
    book.remove(room.id, entry.id, actor=editor)
    assert book.present(room.id) == ()


def test_names_are_forgotten_and_the_number_stays(  # noqa: PLR0917
    book, room, close, clock, rooms, editor
):
    book.sign(room.id, [JIA, YI], How.HAND)
    with pytest.raises(UnknownRoomError):
        book.forget(room.id, actor=editor)
    close(room)
    clock.pass_by(days=180)
    book.forget_old()
    assert len(book.present(room.id)) == 2
    clock.pass_by(seconds=1)
    book.forget_old()
    assert book.present(room.id) == ()
    assert rooms.get(room.id).present == 2


def test_nobody_signs_in_where_no_session_is(book, room, close):
    with pytest.raises(UnknownRoomError):
        book.sign(room.id + 1, [JIA], How.CODE)
    close(room)
    for late in (
        lambda: book.sign(room.id, [JIA], How.CODE),
        lambda: book.read(room.id, "daily-patrol", "1"),
    ):
        with pytest.raises(RoomClosedError):
            late()


def test_whoever_was_there_before_the_last_sentence_has_heard_that_version(
    book, room, clock, editor
):
    bing = Person("丙", "巷长", "三巷")
    assert book.load_roster([JIA, YI, bing], actor=editor) == 3
    # What was never read has been heard by nobody.
    (unread,) = book.heard({"daily-patrol": "2026.1"})
    assert (unread.heard, unread.missing) == (0, book.roster())
    assert book.heard({}) == ()
    clock.pass_by(minutes=1)
    book.sign(room.id, [Person("a02", "街长", "二巷")], How.CODE)
    book.read(room.id, "daily-patrol", "2026.1")
    clock.pass_by(minutes=1)
    book.sign(room.id, [bing], How.CODE)
    book.sign(room.id, [JIA], How.PAPER)  # on paper from the opening on
    (heard,) = book.heard({"daily-patrol": "2026.1"})
    assert (heard.guide, heard.version, heard.heard) == ("daily-patrol", "2026.1", 2)
    assert heard.missing == (bing,)
    book.read(room.id, "daily-patrol", "2026.1")
    # A new version begins anew, and the old one is still told.
    new, old = book.heard({"daily-patrol": "2026.2"})
    assert (new.version, new.heard, new.missing) == ("2026.2", 0, book.roster())
    assert (old.version, old.heard, old.missing) == ("2026.1", 3, ())


def test_a_roster_is_replaced_and_deleted_as_a_whole(book, editor):
    book.load_roster([JIA, YI], actor=editor)
    book.load_roster([YI], actor=editor)
    assert book.roster() == (YI,)
    assert book.load_roster([], actor=editor) == 0
    assert book.roster() == ()
