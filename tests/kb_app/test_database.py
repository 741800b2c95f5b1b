import sqlite3
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from kb_app import database as module
from kb_app.database import (
    DatabaseAddressError,
    DatabaseBusyError,
    DatabaseOutdatedError,
    open_database,
    sqlite_address,
    steps,
)
from kb_app.models import Counter, Model, Trace

AT = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def sqlite(tmp_path):
    opened = open_database(sqlite_address(tmp_path / "new" / "lanewise.db"))
    yield opened
    opened.close()


def test_migrations_and_models_agree(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_an_upgrade_makes_the_tables_and_a_second_one_changes_nothing(sqlite):
    assert sqlite.revision() is None
    assert not sqlite.is_current()
    sqlite.upgrade()
    sqlite.upgrade()
    assert sqlite.revision() == steps()[-1]
    assert sqlite.is_current()


def test_two_who_upgrade_at_once_both_succeed(sqlite):
    both = [threading.Thread(target=sqlite.upgrade) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sqlite.is_current()


def test_the_steps_are_those_that_alembic_walks():
    config = Config()
    config.set_main_option("script_location", str(module.MIGRATIONS))
    walked = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    assert steps() == walked[::-1]


@pytest.mark.usefixtures("_impatient")
def test_where_there_is_nothing_to_upgrade_nobody_is_waited_for(sqlite):
    sqlite.upgrade()
    with closing(sqlite3.connect(sqlite.engine.url.database, isolation_level=None)) as other:
        other.execute("begin immediate")
        sqlite.upgrade()
    assert sqlite.is_current()


@pytest.mark.usefixtures("_impatient")
def test_an_upgrade_waits_longer_than_a_change_but_not_for_ever(sqlite):
    assert sqlite.revision() is None
    with closing(
        sqlite3.connect(sqlite.engine.url.database, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("begin immediate")
        with pytest.raises(DatabaseBusyError):
            sqlite.upgrade()
        freed = threading.Timer(0.5, lambda: other.execute("rollback"))
        freed.start()
        sqlite.upgrade()
        freed.join()
    assert sqlite.is_current()


def test_a_database_of_a_newer_version_is_left_alone(database):
    with database.writing() as session:
        session.execute(text("update alembic_version set version_num = 'later'"))
    with pytest.raises(DatabaseOutdatedError, match="later"):
        database.upgrade()


def test_times_come_back_aware_and_the_same(database):
    with database.writing() as session:
        session.add(Trace(at=AT, action="x", subject="y", before=None, after={"列": [1, None]}))
    with database.reading() as session:
        found = session.query(Trace).one()
        assert found.at == AT
        assert found.at.tzinfo is UTC
        assert (found.before, found.after) == (None, {"列": [1, None]})


def test_a_time_without_a_zone_is_refused(database):
    naive = AT.replace(tzinfo=None)
    with pytest.raises(StatementError, match="no time zone"), database.writing() as session:
        session.add(Trace(at=naive, action="x", subject="y"))


def test_what_fails_half_way_leaves_nothing(database):
    with suppress(ZeroDivisionError), database.writing() as session:
        session.get_one(Counter, "question").value = 7
        session.flush()
        session.get_one(Counter, "question").value = 1 // 0
    with database.reading() as session:
        assert session.get_one(Counter, "question").value == 0


def test_foreign_keys_are_kept(database):
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Trace(at=AT, actor=99, action="x", subject="y"))


@pytest.mark.parametrize(
    "change", ["update audit_trail set action = 'y'", "delete from audit_trail"]
)
def test_the_trail_is_only_added_to(database, change):
    with database.writing() as session:
        session.add(Trace(at=AT, action="x", subject="y"))
    with pytest.raises(Exception, match="only added to"), database.writing() as session:
        session.execute(text(change))


def test_replacing_an_event_counts_as_deleting_it(sqlite):
    sqlite.upgrade()
    with sqlite.writing() as session:
        session.add(Trace(id=1, at=AT, action="x", subject="y"))
    replace = "insert or replace into audit_trail (id, at, action, subject) values (1, '', 'z', '')"
    with pytest.raises(Exception, match="only added to"), sqlite.writing() as session:
        session.execute(text(replace))


def test_emptying_a_table_is_refused_too(database):
    if database.is_sqlite:
        pytest.skip("SQLite has no such statement")
    with pytest.raises(Exception, match="only added to"), database.writing() as session:
        session.execute(text("truncate events"))


def test_sqlite_is_set_to_lose_nothing(sqlite):
    with sqlite.engine.connect() as connection:
        found = {
            name: connection.execute(text(f"pragma {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.usefixtures("_impatient")
def test_who_writes_for_too_long_makes_others_come_back_later(database):
    def write_too():
        with database.writing() as session:
            if not database.is_sqlite:
                session.execute(text("set local lock_timeout = 50"))
            session.get_one(Counter, "question", with_for_update=True)

    with database.writing() as session:
        session.get_one(Counter, "question", with_for_update=True)
        with pytest.raises(DatabaseBusyError):
            write_too()
    write_too()


@pytest.fixture
def _impatient(monkeypatch):
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.2)
    kept = tuple(s for s in module._SQLITE_SETTINGS if "busy" not in s)
    monkeypatch.setattr(module, "_SQLITE_SETTINGS", (*kept, "busy_timeout=200"))


@pytest.mark.usefixtures("_impatient")
def test_a_server_that_is_away_is_busy_and_its_password_is_not_told():
    opened = open_database("postgresql+psycopg://kb:hush@127.0.0.1:1/kb")
    assert "hush" not in opened.address
    with pytest.raises(DatabaseBusyError) as refused, opened.reading() as session:
        session.execute(text("select 1"))
    assert "hush" not in str(refused.value)
    assert opened.close() is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lanewise.db",
        "mysql://kb:hush@x/y",
        "sqlite://",
        "sqlite:///:memory:",
        "oracle+x://hush",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_a_password(address):
    with pytest.raises(DatabaseAddressError) as refused:
        open_database(address)
    assert "hush" not in str(refused.value)


def test_a_lost_connection_is_no_bug(database):
    lost = module.DBAPIError("select", {}, Exception("gone"), connection_invalidated=True)
    with pytest.raises(DatabaseBusyError, match="gone"), database.reading():
        raise lost
    bug = module.DBAPIError("select", {}, Exception("bug"))
    with pytest.raises(module.DBAPIError), database.reading():
        raise bug
