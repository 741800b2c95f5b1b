"""What many tests need: a small library, its build, and the real service on a real port."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import coverage
import hypothesis
import pytest
from argon2 import PasswordHasher

from kb_app import accounts, service
from kb_app.settings import Settings
from search_index import Answers, BuildFolder, Library, Reading, mark_translated, read_library

# Under load a slow example is no failure.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")

SAMPLE = Path(__file__).parent / "content"
CONTENT = Path(__file__).parents[1] / "content"
KB = Path(sys.executable).with_name("kb")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Let what is marked as unmeasured run at its own speed; to measure takes as long again.

    What is tried with any input is as well: it runs the same lines a hundred times.
    """
    measuring = coverage.Coverage.current()
    any_input = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if measuring is None or not (any_input or item.get_closest_marker("unmeasured")):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture(scope="session", autouse=True)
def measuring() -> Iterator[dict[str, str]]:
    """What has a process measured that a test starts: in its environment, but only if asked for."""
    found = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    with pytest.MonkeyPatch.context() as patch:
        for name in found:
            patch.delenv(name)
        yield found


@pytest.fixture(scope="session", autouse=True)
def shipped_hasher() -> Iterator[PasswordHasher]:
    """What hashes passwords outside of tests; in tests the same algorithm does at its least cost.

    Whoever verifies a hash pays what it was made with, so the services that tests start do as well.
    """
    shipped = accounts._HASHER
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(accounts, "_HASHER", cheap)
        yield shipped


@pytest.fixture(scope="session")
def sample() -> Path:
    """A small content folder that must not be written to."""
    return SAMPLE


@pytest.fixture(scope="session")
def sample_library() -> Library:
    reading = read_library(SAMPLE)
    assert not reading.findings
    return reading.library


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the small library, to change at will."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "content"))


@pytest.fixture(scope="session")
def enlarge_bank() -> Callable[[Path], None]:
    """Give a copy of the small library quiz items enough for a session."""

    def items(lang: str, words: str) -> str:
        facts = "\n    answer: 1\n    from: ebike-corridor#causes" if lang == "zh" else ""
        return "quiz:\n" + "".join(
            f"  - stem: {words.format(n=n)}\n    options: [A, B]\n    explain: C{facts}\n"
            for n in range(9)
        )

    def enlarge(content: Path) -> None:
        for lang, words in (("zh", "第{n}题先做哪样？"), ("en", "Item {n}, what comes first?")):
            path = content / lang / "problems" / "ebike-corridor.md"
            front, _, body = path.read_text("utf-8").partition("\n---\n")
            path.write_text(f"{front}\n{items(lang, words)}---\n{body}", "utf-8")
        mark_translated(path, content)

    return enlarge


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A folder that is filled by whichever worker of a run needs it first: `once("site", fill)`.

    Nobody may write to it afterwards.
    """
    top = tmp_path_factory.getbasetemp()
    top = top.parent if "PYTEST_XDIST_WORKER" in os.environ else top

    def filled(name: str, fill: Callable[[Path], object]) -> Path:
        folder = top / f"once-{name}"
        with Path(f"{folder}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                aside = Path(tempfile.mkdtemp(dir=top))
                fill(aside)
                aside.rename(folder)
        return folder

    return filled


@pytest.fixture(scope="session")
def built(once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the small library, built once with index and site; not to be built again."""
    settings = Settings(
        content_dir=SAMPLE,
        data_dir=tmp_path_factory.mktemp("built") / "var",
        secret_key="not a secret",
        log_requests=False,
    )
    folder = once("built", lambda aside: service.build(replace(settings, build_dir=aside)))
    return replace(settings, build_dir=folder)


@pytest.fixture(scope="session")
def whole(once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the real library, built once; not to be built again.

    What runs in the build is measured in the builds of the small library.
    """

    def build(aside: Path) -> None:
        settings = {"content_dir": CONTENT, "build_dir": aside}
        done = subprocess.run(
            [KB, "build"], env=environment(settings), stdout=subprocess.PIPE,
            text=True, encoding="utf-8", check=False, timeout=400,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout

    data_dir = tmp_path_factory.mktemp("whole") / "var"
    return Settings(content_dir=CONTENT, build_dir=once("whole", build), data_dir=data_dir)


@pytest.fixture(scope="session")
def whole_reading(whole: Settings) -> Reading:
    """The real library and what is wrong with it, read in no time because it was built."""
    return service.check(whole)


@pytest.fixture(scope="session")
def whole_library(whole_reading: Reading) -> Library:
    return whole_reading.library


@pytest.fixture(scope="module")
def whole_answers(whole: Settings) -> Iterator[Answers]:
    """The index of the real library."""
    folder = BuildFolder(whole.build_dir)
    current = folder.current()
    assert current is not None
    opened = Answers.open(service.index_url(folder.path / current.index))
    yield opened
    opened.close()


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    """The environment of a process that has these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return kept | {f"KB_{name.upper()}": str(value) for name, value in settings.items()}


@pytest.fixture
def kb() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the installed command with some settings: `kb("check", content_dir=…)`."""

    def run(*args: object, **settings: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [KB, *map(str, args)],
            env=environment(settings) | {"LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    return run


@pytest.fixture
def start_build() -> Callable[..., subprocess.Popen[bytes]]:
    """Begin a real build and let it run; it may be killed at any time."""

    def start(**settings: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [KB, "build"],
            env=environment(settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    return start


@pytest.fixture
def start_service() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Begin the real service and wait until it answers; it may be killed at any time."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**settings: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [KB, "serve"], env=environment(settings), stderr=subprocess.DEVNULL
        )
        started.append(process)
        until_served(f"http://127.0.0.1:{settings['port']}", process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def unused_port() -> int:
    return free_port()


class Address(str):
    """The address of a service that was started, and what it has written."""

    __slots__ = ("written",)
    written: Path

    def log(self) -> str:
        return self.written.read_text("utf-8")


@contextlib.contextmanager
def running_service(more: Mapping[str, str] | None = None, **settings: object) -> Iterator[Address]:
    """The real `kb serve` on a free port; it must end well when it is told to.

    `more` is what else stands in its environment.
    """
    port = free_port()
    url = Address(f"http://127.0.0.1:{port}")
    with tempfile.TemporaryDirectory() as folder:
        url.written = Path(folder, "log")
        with url.written.open("wb") as log:
            process = subprocess.Popen(
                [KB, "serve"],
                env=environment({**settings, "port": port}) | (more or {}),
                stderr=log,
            )
        try:
            until_served(url, process)
            yield url
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0, url.log()
        finally:
            process.kill()
            process.wait()


def until_served(url: str, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Wait until somebody answers at an address, whatever the answer is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended by itself"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"nobody answers at {url}")


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """Wait until a process that was started answers: `wait_for(url, process, seconds=60)`."""
    return until_served


@pytest.fixture(scope="session")
def serve() -> Callable[..., contextlib.AbstractContextManager[str]]:
    """Run the real service: `with serve(build_dir=…) as url`."""
    return running_service


@pytest.fixture(scope="session")
def service_url(built: Settings) -> Iterator[str]:
    """The address of the real service with the small library, shared by all who only read."""
    with running_service(
        content_dir=built.content_dir,
        build_dir=built.build_dir,
        data_dir=built.data_dir,
        log_requests="no",
    ) as url:
        yield url
