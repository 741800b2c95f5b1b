"""Searches over HTTP: the real service on loopback, and clients that ask it without a pause."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.corpus import Asked
from search_index import BuildFolder

HOST = "127.0.0.1"
CLIENTS = (1, 8, 64)
REQUESTS = 1500
SECONDS = 10.0
# The service looks for a new index once a second.
SWAPS, BETWEEN_SWAPS = 20, 1.2
_SERVE = "from kb_app.cli import main; main(['serve'])"


def loaded(
    folder: Path, asked: Sequence[Asked], seconds: float = SECONDS
) -> list[dict[str, float]]:
    """Searches per second and their latency for each number of clients."""
    with service(folder) as port:
        paths = [f"/api/v1/search?q={quote(each.text)}" for each in asked]
        _rush(port, paths, 1, min(seconds, 2.0))
        return [_rush(port, paths, clients, seconds) for clients in CLIENTS]


def read(build: Path) -> list[dict[str, float]]:
    """Pages per second of a built site, as `make run` leaves it in the folder `build`."""
    current = BuildFolder(build).current()
    if current is None or current.site is None:
        return []
    site = build / current.site
    pages = sorted(path.parent.relative_to(site) for path in site.rglob("index.html"))
    with service(build) as port:
        paths = [f"/{page.as_posix()}/" for page in pages]
        return [_rush(port, paths, clients, SECONDS) for clients in CLIENTS]


def swapped(folder: Path, asked: Sequence[Asked]) -> dict[str, float]:
    """Eight clients ask without a pause while the index is replaced twenty times."""
    paths = [f"/api/v1/search?q={quote(each.text)}" for each in asked]
    whole = BuildFolder(folder)

    def swap() -> None:
        for _ in range(SWAPS):
            time.sleep(BETWEEN_SWAPS)
            before = whole.current()
            if before is None:
                break
            fresh = whole.new("index")
            shutil.copytree(folder / before.index, fresh, dirs_exist_ok=True)
            whole.publish(index=fresh, site=None, fingerprint=before.fingerprint)
            whole.prune()

    with service(folder) as port:
        swapping = threading.Thread(target=swap)
        swapping.start()
        found = _rush(port, paths, 8, SWAPS * BETWEEN_SWAPS + 2, requests=1_000_000)
        swapping.join()
    return found | {"swaps": SWAPS}


@contextmanager
def service(build_dir: Path) -> Iterator[int]:
    """Serve a build on loopback; gives the port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as data:
        settings = {
            "KB_BUILD_DIR": str(build_dir), "KB_DATA_DIR": data, "KB_PORT": str(port),
            "KB_LOG_REQUESTS": "no",
        }  # fmt: skip
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE], env=kept | settings, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    msg = "the service does not answer"
    raise RuntimeError(msg)


def _rush(
    port: int, paths: Sequence[str], clients: int, seconds: float, requests: int = REQUESTS
) -> dict[str, float]:
    """So many clients, each with a connection of its own, until time or requests are used up."""
    times: list[float] = []
    failures: list[str] = []
    deadline = time.monotonic() + seconds
    share = -(-requests // clients)

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        for turn in range(share):
            began = time.perf_counter()
            if time.monotonic() > deadline:
                break
            try:
                connection.request("GET", paths[(number * 7 + turn) % len(paths)])
                answer = connection.getresponse()
                answer.read()
                if answer.status != http.HTTPStatus.OK:
                    failures.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                failures.append(str(error))
                connection.close()
            times.append((time.perf_counter() - began) * 1000)
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    times.sort()
    return {
        "clients": clients,
        "per_second": len(times) / took,
        **{f"p{p}": times[min(len(times) - 1, len(times) * p // 100)] for p in (50, 99)},
        "requests": len(times),
        "failures": len(failures),
    }
