"""The two commands of the README, on a clean clone."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from kb_app.settings import Settings

ROOT = Path(__file__).parents[1]
NEEDED = ("Makefile", "requirements.lock", "mkdocs.yml", "kb_app/cli.py", "content/taxonomy.yml")


def git(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *map(str, args)], capture_output=True, text=True, check=False)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The last commit, as somebody would get it who has never seen it."""
    if shutil.which("git") is None or git("-C", ROOT, "rev-parse", "HEAD").returncode:
        pytest.skip("this is no git repository, so there is nothing to clone")
    held = git("-C", ROOT, "ls-tree", "--name-only", "HEAD", *NEEDED).stdout.split()
    if missing := sorted(set(NEEDED) - set(held)):
        pytest.skip(f"not committed yet: {', '.join(missing)}")
    assert git("clone", "--quiet", ROOT, tmp_path / "clone").returncode == 0
    return tmp_path / "clone"


def make_run(clone: Path, port: int) -> subprocess.Popen[bytes]:
    unset = {"VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in unset and not name.startswith(("KB_", "COVERAGE_"))
    }
    return subprocess.Popen(
        ["make", "run", f"PYTHON={Path(sys.base_prefix, 'bin', 'python3')}"],
        cwd=clone,
        env=kept | {"KB_PORT": str(port)},
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does: everybody in the foreground gets the signal."""
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=30)


def made(clone: Path) -> list[int]:
    """When what takes long was made: the environment, and the live build."""
    return [(clone / name).stat().st_mtime_ns for name in (".venv/run.stamp", "build/current.json")]


@pytest.mark.slow
def test_make_run_serves_a_clean_clone_and_makes_nothing_anew_the_second_time(
    clone: Path, whole: Settings, unused_port: int, wait_for: Callable
):
    for kept in ("compressed", "memo", "pages"):  # what makes a build quick; no part of its result
        shutil.copytree(whole.build_dir / kept, clone / "build" / kept)
    url = f"http://127.0.0.1:{unused_port}"
    process = make_run(clone, unused_port)
    try:
        wait_for(url, process, seconds=600)
        for page in ("/zh/", "/en/", "/zh/problems/ebike-corridor/", "/en/search?q=scooter"):
            assert urlopen(url + page, timeout=20).status == 200
        for words in ("电瓶车上楼", "wires hanging from windows to charge scooters"):
            found = json.load(urlopen(f"{url}/api/v1/search?q={quote(words)}", timeout=20))
            assert found["hits"][0]["problems"][0].startswith("ebike-")
    finally:
        end(process)
    before = made(clone)
    process = make_run(clone, unused_port)
    try:
        wait_for(url, process)
    finally:
        end(process)
    assert made(clone) == before
    assert git("-C", clone, "status", "--short").stdout == ""
