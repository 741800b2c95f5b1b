"""An application in this process, on the small library."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb_app import service
from kb_app.app import create_app
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
