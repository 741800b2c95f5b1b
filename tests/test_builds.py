"""Real builds beside a real service: killed, refused, and run under load."""

import http.client
import itertools
import json
import random
import re
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest

from search_index import BuildFolder

CASE = "zh/cases/bins-moved.md"


class Library:
    """A library whose one case says which edition it is, and the service that serves it."""

    def __init__(self, content: Path, build_dir: Path, data_dir: Path) -> None:
        self.content = content
        self.settings = {
            "content_dir": content,
            "build_dir": build_dir,
            "data_dir": data_dir,
            "site_url": "http://kb.example",
        }
        self._words = (content / CASE).read_text("utf-8")

    def edit(self, edition: int) -> None:
        words = self._words.replace("桶站挨着", f"第{edition}版说:桶站挨着")
        (self.content / CASE).write_text(words, encoding="utf-8")


@pytest.fixture
def library(content: Path, tmp_path: Path, kb, once) -> Library:
    """The first edition, built once and copied."""
    its = Library(content, tmp_path / "build", tmp_path / "var")
    its.edit(1)

    def build(aside: Path) -> None:
        assert kb("build", **its.settings | {"build_dir": aside}).returncode == 0

    shutil.copytree(once("first-edition", build), tmp_path / "build")
    return its


def edition_in(text: str) -> int | None:
    found = re.search(r"第(\d+)版说", text)
    return int(found[1]) if found else None


def found_edition(url: str) -> int | None:
    """Which edition the search of the service answers with."""
    found = read(f"{url}/api/v1/search?q={quote('桶站挨着')}&kind=case")
    return edition_in(re.sub("</?mark>", "", json.loads(found)["hits"][0]["snippet"]))


def shown_edition(url: str) -> int | None:
    """Which edition stands on the page."""
    return edition_in(read(f"{url}/zh/cases/bins-moved/"))


def served_edition(url: str) -> int | None:
    """Which edition the service answers with, in its index and on its page alike.

    They are two requests, so the service may change to a new edition once between them.
    """
    for _ in range(2):
        indexed, shown = found_edition(url), shown_edition(url)
        if indexed == shown:
            return indexed
    pytest.fail(f"the index has edition {indexed}, the page {shown}")


def read(address: str) -> str:
    with urlopen(address, timeout=20) as response:
        return response.read().decode()


def wait_for_ok(address: str) -> None:
    """Wait until there is something at an address."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(HTTPError):
            read(address)
            return
        time.sleep(0.05)
    pytest.fail(f"there is nothing at {address}")


def edition_when(
    url: str,
    expected: int,
    edition: Callable[[str], int | None] = served_edition,
) -> int | None:
    """The edition served, as soon as it is the expected one."""
    deadline = time.monotonic() + 60
    while (found := edition(url)) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def index_is_done_but_not_the_site(build_dir: Path, before: set[Path]) -> bool:
    new = [p for p in build_dir.iterdir() if p not in before]
    index = [p for p in new if p.name.startswith("index-") and any(p.glob("tables-*"))]
    site = [p for p in new if p.name.startswith("site-")]
    return any((p / "CURRENT").exists() for p in index) and not any(
        (p / "csp.json").exists() for p in site
    )


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_old_one_answering(library, start_build, kb, serve):
    """Ten kills, spread over the time that a build takes; two of them between index and site."""
    build_dir = Path(str(library.settings["build_dir"]))
    with serve(**library.settings) as url:
        began = time.monotonic()
        assert kb("build", "--force", **library.settings).returncode == 0
        whole = time.monotonic() - began
        searched = live = 1
        moments = [random.uniform(0, whole) for _ in range(8)] + [None, None]
        for edition, moment in enumerate(moments, start=2):
            library.edit(edition)
            before, current = set(build_dir.iterdir()), BuildFolder(build_dir).current()
            process = start_build(**library.settings)
            if moment is None:
                while not index_is_done_but_not_the_site(build_dir, before):
                    assert process.poll() is None, "the build was over before it could be killed"
                    time.sleep(0.001)
            else:
                time.sleep(moment)
            process.kill()
            process.wait()
            now = BuildFolder(build_dir).current()
            assert now is not None
            assert current is not None
            assert not (now.site != current.site and moment is None)
            # What is searched may be newer than what is shown, never older.
            searched = edition if now.index != current.index else searched
            live = edition if now.site != current.site else live
            assert searched >= live
            when = f"killed after {moment} of {whole} seconds"
            assert edition_when(url, searched, found_edition) == searched, when
            assert edition_when(url, live, shown_edition) == live, when
        library.edit(20)
        assert kb("build", **library.settings).returncode == 0
        assert edition_when(url, 20) == 20
        assert json.loads(kb("status", "--json", **library.settings).stdout)["index"]


def test_a_refused_build_leaves_the_old_one_answering(library, kb, serve):
    with serve(**library.settings) as url:
        library.edit(2)
        (library.content / "zh/cases/bad.md").write_text("---\ntitel: x\n---\n", encoding="utf-8")
        assert kb("build", **library.settings).returncode == 1
        time.sleep(1.1)
        assert served_edition(url) == 1


class Load:
    """Threads that ask without a pause, each on a connection of its own, and count failures."""

    PATHS = (
        f"/api/v1/search?q={quote('飞线充电')}",
        f"/api/v1/answer?q={quote('电瓶车上楼找谁')}",
        f"/zh/search?q={quote('桶站')}",
        "/zh/cases/bins-moved/",
        "/en/problems/ebike-corridor/",
        "/healthz",
    )

    def __init__(self, url: str, threads: int = 3) -> None:
        self._host = urlsplit(url).netloc
        self._stop = threading.Event()
        self.failures: list[str] = []
        self.answered = 0
        self._threads = [threading.Thread(target=self._ask) for _ in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=20)
        for path in itertools.cycle(self.PATHS):
            if self._stop.is_set():
                break
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    self.failures.append(f"{response.status} {path}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{error!r} {path}")
                connection.close()
            self.answered += 1
        connection.close()


@pytest.mark.slow
def test_no_request_fails_while_the_library_is_rebuilt_under_load(library, kb, serve):
    with serve(**library.settings, log_requests="no") as url:
        with Load(url) as load:
            for edition in (2, 3, 4):
                library.edit(edition)
                assert kb("build", **library.settings).returncode == 0
                assert edition_when(url, edition) == edition
        assert load.failures == []
        assert load.answered > 100


def test_an_edit_is_found_long_before_its_page_is_made_and_no_request_fails(
    library, start_build, serve
):
    with serve(**library.settings, log_requests="no") as url:
        with Load(url) as load:
            library.edit(2)
            process = start_build(**library.settings)
            assert edition_when(url, 2, found_edition) == 2
            assert shown_edition(url) == 1
            assert process.poll() is None
            assert process.wait(timeout=120) == 0
            assert edition_when(url, 2) == 2
        assert load.failures == []
        assert load.answered > 20


def test_a_service_started_before_the_first_build_answers_after_it(
    content: Path, tmp_path: Path, kb: Callable, serve
):
    its = Library(content, tmp_path / "build", tmp_path / "var")
    its.edit(1)
    with serve(**its.settings) as url:
        assert kb("build", **its.settings).returncode == 0
        wait_for_ok(f"{url}/zh/")
        assert edition_when(url, 1) == 1
