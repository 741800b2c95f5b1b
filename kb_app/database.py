"""The database that must not be lost: opened by its address, one transaction a change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 10
# An upgrade takes longer than a change, and whoever starts meanwhile waits for it.
UPGRADE_TRIES = 6
POOL = 20
_WRITES = "lanewise_writes"
_SQLITE_SETTINGS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    # What was removed is overwritten, and a row replaced by another counts as deleted.
    "secure_delete=ON",
    "recursive_triggers=ON",
)
_POSTGRESQL_OPTIONS = (
    f"-c lock_timeout={BUSY_SECONDS}s -c statement_timeout={3 * BUSY_SECONDS}s -c timezone=UTC"
)


class DatabaseError(Exception):
    """Root of what can be wrong with the database; never raised itself."""


class DatabaseAddressError(DatabaseError):
    """There can be no database at this address; for the administrator."""


class DatabaseBusyError(DatabaseError):
    """The database cannot answer now and may later; nothing was changed."""


class DatabaseDamagedError(DatabaseError):
    """What is there is no database, or no longer; for the administrator, who has a backup."""


class DatabaseOutdatedError(DatabaseError):
    """The database has tables that this version of the program does not know, or lacks some."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; safe for any number of threads."""

    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self.engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """Where it is, without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view. Raises DatabaseBusyError."""
        with _busy_said(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One change: whole when the block ends, not at all if it fails.

        Raises DatabaseBusyError when others have been writing for too long.
        """
        engine = self.engine.execution_options(**{_WRITES: True})
        with _busy_said(), Session(engine, expire_on_commit=False) as session, session.begin():
            session.connection()  # takes the place in the queue of writers now
            yield session

    def upgrade(self) -> None:
        """Bring the tables to what this version of the program needs; a no-op if they are there.

        Raises DatabaseOutdatedError where a newer version of the program has been here before, and
        DatabaseBusyError after six times as long as for a change.
        """
        if self.is_current():
            return
        for _ in range(UPGRADE_TRIES - 1):
            with suppress(DatabaseBusyError):
                self._upgrade()
                return
        self._upgrade()

    def _upgrade(self) -> None:
        engine = self.engine.execution_options(**{_WRITES: True})
        with _busy_said(), engine.begin() as connection:
            if not self.is_sqlite:  # two that start at once come one after the other
                connection.execute(text("select pg_advisory_xact_lock(7341095)"))
            found = revision_of(connection)
            if found is not None and found not in steps():
                raise DatabaseOutdatedError(found)
            _migrate(connection)

    def revision(self) -> str | None:
        """Which migration the tables are at; None for a database without any."""
        with _busy_said(), self.engine.connect() as connection:
            return revision_of(connection)

    def is_current(self) -> bool:
        """Whether the tables are what this version of the program needs."""
        return self.revision() == steps()[-1]

    def forget_removed(self) -> None:
        """Overwrite what was removed where SQLite still holds it, in its log of writes."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.connection.cursor().execute("pragma wal_checkpoint(truncate)")

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def now() -> datetime:
    """This moment, as databases keep it."""
    return datetime.now(UTC)


def open_database(address: str) -> Database:
    """The database at an address such as ``sqlite:///var/lanewise.db``; made if it can be.

    Raises DatabaseAddressError if that is no address, or the driver for it is not installed.

    >>> open_database("mysql://x/y")
    Traceback (most recent call last):
        ...
    kb_app.database.DatabaseAddressError: mysql: want sqlite or postgresql+psycopg
    """
    try:
        url = make_url(address)
        return Database(_sqlite(url) if url.drivername == "sqlite" else _postgresql(url))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        # The address itself may hold a password, so it is not repeated.
        message = f"this is no address of a database: {type(error).__name__}"
        raise DatabaseAddressError(message) from None


def sqlite_address(path: Path) -> str:
    """The address of a file."""
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


def steps() -> list[str]:
    """The migrations that this version of the program has, oldest first.

    >>> steps()[:2]
    ['0001', '0002']
    """
    return sorted(path.name[1:5] for path in MIGRATIONS.glob("versions/m[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """Which migration the tables behind a connection are at."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("select version_num from alembic_version"))
    return found


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseAddressError("sqlite: want the name of a file")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=POOL, max_overflow=POOL, connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The module's own BEGIN comes too late for what is read first; ours is in `_begin_sqlite`.
    connection.isolation_level = None
    for setting in _SQLITE_SETTINGS:
        connection.execute(f"pragma {setting}")


def _begin_sqlite(connection: Connection) -> None:
    """Whoever means to write takes the lock before reading, so that nobody fails half-way."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    if url.drivername != "postgresql+psycopg":
        message = f"{url.drivername}: want sqlite or postgresql+psycopg"
        raise DatabaseAddressError(message)
    return create_engine(
        url,
        pool_size=POOL,
        max_overflow=POOL,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": BUSY_SECONDS, "options": _POSTGRESQL_OPTIONS},
    )


@contextmanager
def _busy_said() -> Iterator[None]:
    """What is no fault of the question asked, said as that."""
    try:
        yield
    except (OperationalError, PoolTimeoutError) as error:
        raise DatabaseBusyError(_cause(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseBusyError(_cause(error)) from error
        # Its subclasses have names of their own; this is what is left for broken files.
        if type(error.orig) is sqlite3.DatabaseError:
            raise DatabaseDamagedError(_cause(error)) from error
        raise


def _cause(error: Exception) -> str:
    """The driver's own words, without the statement and what it was to write."""
    return str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__


def _migrate(connection: Connection) -> None:
    from alembic import command  # slow to import, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
