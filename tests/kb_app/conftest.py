"""An application in this process, on the small library."""

import importlib.util
import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from kb_app import service
from kb_app.accounts import Accounts, Role
from kb_app.app import create_app
from kb_app.database import Database, open_database, sqlite_address
from kb_app.keys import Keys
from kb_app.publisher import Publisher
from kb_app.questions import Questions
from kb_app.settings import Settings
from search_index import BuildFolder, Library, build_index


@pytest.fixture(scope="session")
def app(built: Settings) -> Iterator[Flask]:
    generations = service.open_generations(built)
    app = create_app(built, generations=generations)
    app.test_client_class = Client
    yield app
    generations.close()


class Client(FlaskClient):
    """Takes in every response whole, as a browser does."""

    def open(self, *args, **kwargs):
        return super().open(*args, **{**kwargs, "buffered": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def settings(tmp_path: Path, content: Path) -> Settings:
    """Settings of a library of one's own, not built yet."""
    return Settings(
        content_dir=content,
        build_dir=tmp_path / "build",
        data_dir=tmp_path / "var",
        log_requests=False,
    )


@pytest.fixture
def empty_client(settings: Settings) -> Iterator[FlaskClient]:
    """An application before the first build; it looks for one at every request."""
    generations = service.open_generations(settings, seconds_between_looks=0)
    app = create_app(settings, generations=generations)
    app.test_client_class = Client
    yield app.test_client()
    generations.close()


@pytest.fixture
def publish(settings: Settings, sample_library: Library):
    """Publish an index without a site, which takes no time; `publish(without="slug")`."""
    folder = BuildFolder(settings.build_dir)

    def publish(without: str = "") -> str:
        pages = {key: page for key, page in sample_library.pages.items() if page.id != without}
        index = folder.new("index")
        build_index(replace(sample_library, pages=pages), service.index_url(index))
        return folder.publish(index=index, site=None, fingerprint=index.name).index

    return publish


@pytest.fixture
def app_with(built, tmp_path):
    """An application of one's own, with a database of its own: `app_with(writes_per_hour=3)`."""
    opened = []

    def make(**changes):
        settings = replace(built, data_dir=tmp_path / "var", **changes)
        opened.append(create_app(settings, generations=service.open_generations(settings)))
        opened[-1].test_client_class = Client
        return opened[-1]

    yield make
    for app in opened:
        app.extensions["lanewise"].kept.close()
        app.extensions["lanewise"].generations.close()


# Databases ---------------------------------------------------------------------------------------

_spec = importlib.util.spec_from_file_location(
    "postgresql", Path(__file__).with_name("postgresql.py")
)
postgresql = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(postgresql)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real server, with a place for the name of the database."""
    try:
        with postgresql.server() as address:
            yield address
    except postgresql.MissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "lanewise.db"
    database = open_database(sqlite_address(path))
    database.upgrade()
    database.forget_removed()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Callable[[str], str]:
    """Makes a database with all tables and no rows, and says its address."""

    def run(statement: str) -> None:
        engine = create_engine(postgresql_server.format(name="postgres"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()

    run("create database template")
    database = open_database(postgresql_server.format(name="template"))
    database.upgrade()
    database.close()

    def make(name: str, template: str = "template") -> str:
        run(f"create database {name} template {template}")
        return postgresql_server.format(name=name)

    return make


_names = (f"t{number}" for number in itertools.count())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request, tmp_path: Path) -> str:
    """The address of a database with all tables and no rows, of either sort."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_template")(next(_names))
    path = tmp_path / "var" / "lanewise.db"
    path.parent.mkdir(exist_ok=True)
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return sqlite_address(path)


@pytest.fixture
def database(database_address: str) -> Iterator[Database]:
    """A database with all tables and no rows, of either sort."""
    opened = open_database(database_address)
    yield opened
    opened.close()


class Clock:
    """Says what time it is, and can be moved on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **time: float) -> None:
        self.time += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def questions(database: Database, clock: Clock) -> Questions:
    return Questions(database, Keys.of("not a secret"), now=clock)


@pytest.fixture
def editor(database: Database, clock: Clock) -> int:
    """The id of an editor's account."""
    return Accounts(database, clock).add("li", Role.EDITOR, "a long password").id


# The desk -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def with_accounts(tmp_path_factory, sqlite_template):
    """A database file with accounts, for passwords take long on purpose."""
    path = tmp_path_factory.mktemp("accounts") / "lanewise.db"
    shutil.copy(sqlite_template, path)
    database = open_database(sqlite_address(path))
    for name, role in (("li", Role.EDITOR), ("wang", Role.EDITOR), ("sun", Role.TRAINER)):
        Accounts(database).add(name, role, Somebody.password)
    database.forget_removed()
    database.close()
    return path


@pytest.fixture
def app_of(app_with, content, monkeypatch, tmp_path, with_accounts):
    """An application with accounts and a library of its own to write to, that builds nothing."""
    monkeypatch.setattr(Publisher, "build", lambda _: None)
    (tmp_path / "var").mkdir()
    shutil.copy(with_accounts, tmp_path / "var" / "lanewise.db")
    return lambda **changes: app_with(content_dir=content, **changes)


@pytest.fixture
def desk(app_of):
    return app_of()


@pytest.fixture
def kept(desk):
    return desk.extensions["lanewise"].kept


class Somebody:
    """A browser at the desk that takes the tokens from the forms, as browsers do."""

    password = "a long password"

    def __init__(self, app, name=None):
        self.client = app.test_client()
        if name is not None:
            answer = self.send("/zh/desk/sign-in", name=name, password=self.password)
            assert answer.status_code == 303

    def get(self, path):
        return self.client.get(path)

    def send(self, path, seen_at=None, /, **data):
        shown = self.client.get(seen_at or path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
        return self.client.post(path, data={"csrf_token": token, **data})


@pytest.fixture
def somebody():
    """Who comes to a desk: `somebody(app, "li")`."""
    return Somebody


@pytest.fixture
def li(desk):
    return Somebody(desk, "li")


@pytest.fixture
def wang(desk):
    return Somebody(desk, "wang")


@pytest.fixture
def sun(desk):
    """A trainer."""
    return Somebody(desk, "sun")
