"""From a clone to the first answer: ``python -m benchmarks.running`` times `make run`, twice.

Packages come from the local cache of pip where they are there, so the first time says little about
a slow network.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.corpus import PROJECT

LONGEST = 900.0


def measured() -> dict[str, float]:
    """Seconds until the service answers in a fresh clone, and when it is started again."""
    with tempfile.TemporaryDirectory(prefix="running-") as folder:
        clone = Path(folder, "clone")
        subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
        return {name: _started(clone) for name in ("first", "second")}


def _started(clone: Path) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run"], cwd=clone, env=kept | {"KB_PORT": str(port)}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _answers(port):
            if process.poll() is not None or time.monotonic() - began > LONGEST:
                msg = "`make run` does not come to an answer"
                raise RuntimeError(msg)
            time.sleep(0.05)
        return time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    for name, seconds in measured().items():
        print(f"{name} `make run`: {seconds:.1f} s until the service answers")
