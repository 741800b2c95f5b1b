"""Every sort of damage is done to a copy of a real database, and must be reported."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kb_app.accounts import Accounts, Role
from kb_app.database import open_database, sqlite_address
from kb_app.keys import Keys
from kb_app.questions import Answering, Asked, Questions, WorkingDays, audit

WORDS = Asked("六号楼飞线充电", "zh", contact="138-0000", query="飞线")


START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def live(database, now):
    """Let everything happen that can happen."""
    questions = Questions(database, Keys.of("s"), now=lambda: now)
    editor = Accounts(database, lambda: now).add("li", Role.EDITOR, "a long password").id
    codes = [questions.ask(WORDS, f"k{number}").code for number in range(8)]
    desk = {"actor": editor}
    answer = Answering(["fire-lane"], "请看")
    questions.assign(1, editor, seen=1, **desk)
    questions.answer(1, answer, seen=2, has_page=lambda _: True, **desk)
    questions.confirm(1, codes[0], seen=3)
    questions.merge(2, 1, seen=1, **desk)
    questions.refer(3, "供电公司", "线路归他们", seen=1, **desk)
    questions.redact(4, "姓名", seen=1, **desk)
    questions.resolve_myself(5, codes[4], seen=1)
    questions.reopen_as_asker(5, codes[4], "又来了", seen=2)
    questions.answer(6, answer, seen=1, has_page=lambda _: True, **desk)
    questions.ask(Asked("楼道着火", "zh", danger=True), "k9")
    with database.writing() as session:
        session.execute(
            text(
                "insert into drafts (slug, kind, lang, text, author, question, version,"
                " created_at, updated_at) values ('d', 'case', 'zh', '', 1, 7, 1, :at, :at)"
            ),
            {"at": "2026-11-23 01:00:00"},
        )


@pytest.fixture
def lived(database, clock):
    live(database, clock())
    return database


def looked(database, clock):
    return audit(database, WorkingDays(), clock())


def test_a_life_well_lived_keeps_the_law(lived, clock):
    found = looked(lived, clock)
    assert found.breaches == ()
    assert (found.received, found.open, found.settled, found.events) == (9, 6, 3, 18)


def test_an_empty_database_keeps_the_law(database, clock):
    found = looked(database, clock)
    assert (found.received, found.breaches) == (0, ())


DAMAGE = {
    "a question is gone": ("delete from questions where number = 8", "numbers"),
    "the counter is behind": ("update counters set value = 8", "numbers"),
    "the counter is gone": ("delete from counters", "numbers"),
    "an event is gone": ("delete from events where question = 1 and position = 2", "events"),
    "all events are gone": ("delete from events where question = 7", "events"),
    "an event is unheard of": ("update events set kind = 'forgotten' where question = 7", "events"),
    "a later event is unheard of": (
        "update events set kind = 'forgotten' where question = 1 and position = 2", "events"),
    "an event lies before another": (
        "update events set at = '2020-01-01 00:00:00' where question = 1 and position = 3",
        "events",
    ),
    "an event breaks the law": (
        "update events set kind = 'confirmed', actor = null where question = 3 and position = 2",
        "events",
    ),
    "an answer names no page": (
        "update events set data = '{\"links\": []}' where question = 1 and position = 3", "events"),
    "the data is torn": ("update events set data = '{}' where question = 7", "events"),
    "a row says another state": ("update questions set state = 'confirmed' where number = 7", "row"),
    "a row says no state": ("update questions set state = 'lost' where number = 7", "row"),
    "a row is behind": ("update questions set position = 2 where number = 1", "row"),
    "a due day was moved": ("update questions set echo_due = '2027-01-01' where number = 7", "row"),
    "a link is gone": ("delete from links where question = 1", "row"),
    "a settled one has no page": ("delete from links where question = 1", "reason"),
    "a referral has no name": (
        "update questions set referred_to = null where number = 3", "reason"),
    "a referral has no reason": (
        "delete from words where question = 3 and position = 2", "reason"),
    "a merged one leads nowhere": (
        "update questions set merged_into = null where number = 2", "reason"),
    "a merge goes round": ("update questions set merged_into = 2 where number = 1", "merges"),
    "a merge leads to nobody": ("update questions set merged_into = 99 where number = 2", "merges"),
    "another day was promised": (
        ("update events set data = replace(data, '2026-11-26', '2026-11-27')"
        " where question = 7"), "clocks"),
    "no day was promised": (
        "update events set data = '{\"lang\": \"zh\", \"danger\": false}' where question = 7",
        "clocks",
    ),
    "days of another table are out of order": (
        ("update events set data = replace(replace(data, '\"holidays\": \"', '\"holidays\": \"x'),"
        " '2026-11-26', '2026-12-26') where question = 7"),
        "clocks",
    ),
    "a danger has a clock": (
        ("update events set data = replace(data, '\"danger\": true', '\"danger\": true,"
        " \"echo_due\": \"2026-11-26\"') where question = 9"),
        "clocks",
    ),
    "removed words are back": (
        "update words set text = '张三' where question = 4 and position = 1", "words"),
    "words are gone without a reason": ("update words set text = null where question = 7", "words"),
    "the question's words are missing": ("delete from words where question = 7", "words"),
    "words belong to no event": (
        "insert into words (question, position, text) values (7, 5, 'x')", "words"),
    "words belong to no question": (
        "insert into words (question, position, text) values (77, 1, 'x')", "numbers"),
    "a key stands twice": (
        ("update questions set key_hash = (select key_hash from questions where number = 7)"
        " where number = 8"),
        "keys",
    ),
    "a nonce is missing": ("update questions set nonce = '' where number = 8", "keys"),
    "a draft answers nobody": ("update drafts set question = 99", "drafts"),
    "a review is of no draft": (
        ("insert into reviews (draft, version, account, approved, at)"
        " values (99, 1, 1, true, '2026-11-23 01:00:00')"),
        "drafts",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def lived_once(sqlite_template, tmp_path_factory):
    """The file of a database in which everything that can happen has happened."""
    path = tmp_path_factory.mktemp("lived") / "lanewise.db"
    shutil.copy(sqlite_template, path)
    database = open_database(sqlite_address(path))
    live(database, START)
    database.forget_removed()
    database.close()
    return path


@pytest.fixture
def in_his_hands(lived_once, tmp_path):
    """A copy for somebody with the file in his hands: no triggers, foreign keys or unique keys."""
    path = Path(shutil.copy(lived_once, tmp_path / "copy.db"))
    connection = sqlite3.connect(path)
    for statement in (
        "drop trigger events_no_update",
        "drop trigger events_no_delete",
        "create table copied as select * from questions",
        "drop table questions",
        "alter table copied rename to questions",
    ):
        connection.execute(statement)
    yield connection
    connection.close()


@pytest.mark.parametrize("damage", DAMAGE)
def test_every_damage_is_reported(in_his_hands, tmp_path, damage):
    statement, rule = DAMAGE[damage]
    assert in_his_hands.execute(statement).rowcount, damage
    in_his_hands.commit()
    copy = open_database(sqlite_address(tmp_path / "copy.db"))
    found = audit(copy, WorkingDays(), START)
    copy.close()
    assert rule in {breach.rule for breach in found.breaches}, found.breaches
    assert all(str(breach) for breach in found.breaches)


@pytest.mark.usefixtures("in_his_hands")
def test_an_untouched_copy_is_as_good_as_the_database(tmp_path):
    copy = open_database(sqlite_address(tmp_path / "copy.db"))
    found = audit(copy, WorkingDays(), START)
    copy.close()
    assert (found.received, found.breaches) == (9, ())


def test_damage_is_seen_in_either_sort_of_database(lived, clock):
    with lived.writing() as session:
        session.execute(text("update questions set state = 'confirmed' where number = 7"))
        session.execute(text("delete from links where question = 1"))
    assert {(b.question, b.rule) for b in looked(lived, clock).breaches} == {
        (7, "row"), (1, "row"), (1, "reason"),
    }  # fmt: skip


def test_a_contact_kept_for_too_long_is_reported(lived, clock):
    clock.pass_by(days=182)
    rules = {(breach.question, breach.rule) for breach in looked(lived, clock).breaches}
    assert (1, "contact") in rules
    assert (6, "silence") in rules


def test_a_contact_that_is_back_is_reported(lived, clock):
    questions = Questions(lived, Keys.of("s"), now=clock)
    clock.pass_by(days=200)
    questions.keep_promises()
    assert looked(lived, clock).breaches == ()
    with lived.writing() as session:
        session.execute(text("update words set contact = 'x' where question = 1 and position = 1"))
    assert {b.rule for b in looked(lived, clock).breaches} == {"contact"}


def test_other_holidays_than_those_reckoned_with_are_no_breach(lived, clock):
    later = WorkingDays(off=frozenset({clock().date() + timedelta(days=1)}))
    assert audit(lived, later, clock()).breaches == ()
