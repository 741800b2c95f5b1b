"""Measure builds of a grown copy of our content: ``python -m benchmarks.building``.

One page is edited while the real service runs; what counts is how soon its search shows the edit,
and that no request fails meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from benchmarks.corpus import PROJECT
from search_index import read_library
from search_index.passages import cut_all

WORD = "zyzzyva"
KB = Path(sys.executable).with_name("kb")


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, edit and build again; say how long each step took."""
    parser = argparse.ArgumentParser(prog="benchmarks.building", description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000, help="grow the content to so many")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="building-") as folder:
        content = Path(shutil.copytree(PROJECT / "content", Path(folder, "content")))
        print(f"{grow(content, asked.passages):,} passages")
        settings = {
            "KB_CONTENT_DIR": str(content),
            "KB_BUILD_DIR": str(Path(folder, "build")),
            "KB_DATA_DIR": str(Path(folder, "var")),
            "KB_PORT": str(_free_port()),
            "KB_LOG_REQUESTS": "no",
        }
        tell("the first build", *build(settings))
        tell("a second one, with nothing changed", *build(settings))
        with served(settings) as url:
            edit(content)
            tell("one page edited", *build_and_watch(settings, url))


def grow(content: Path, wanted: int) -> int:
    """Copy cases under new names until there are enough passages; how many there are then."""
    library = read_library(content).library
    sizes: dict[str, int] = {}
    for passage in cut_all(library):
        sizes[passage.page] = sizes.get(passage.page, 0) + 1
    total = sum(sizes.values())
    cases = sorted(path.stem for path in (content / "zh" / "cases").glob("*.md"))
    for number, slug in ((n, slug) for n in range(2, 100) for slug in cases):
        if total >= wanted:
            break
        for lang in ("zh", "en"):
            page = content / lang / "cases" / f"{slug}.md"
            if page.is_file():
                shutil.copyfile(page, page.with_name(f"{slug}-{number}.md"))
        total += sizes.get(slug, 0)
    return total


def edit(content: Path) -> None:
    """Put a word that stands nowhere else into one page."""
    page = min((content / "zh" / "cases").glob("*.md"))
    page.write_text(f"{page.read_text('utf-8')}\n{WORD}\n", encoding="utf-8")
    twin = content / "en" / "cases" / page.name
    if twin.is_file():
        subprocess.run(
            [KB, "translated", twin], check=True, env=_environment({}), cwd=content.parent
        )


def build(settings: Mapping[str, str]) -> tuple[float, dict[str, float]]:
    """Run `kb build`: seconds in all, and in each step."""
    began = time.perf_counter()
    done = subprocess.run(
        [KB, "build", "--json"], env=_environment(settings), capture_output=True, check=True
    )
    return time.perf_counter() - began, json.loads(done.stdout).get("seconds", {})


def build_and_watch(settings: Mapping[str, str], url: str) -> tuple[float, dict[str, float]]:
    """The same while a search is asked again and again; with the time until it shows the edit."""
    began = time.perf_counter()
    ended = threading.Event()
    result: dict[str, Any] = {"failed": 0}

    def watch() -> None:
        while not ended.wait(0.01):
            try:
                with urlopen(f"{url}/api/v1/search?q={quote(WORD)}&lang=zh&literal=1") as response:
                    hits = json.load(response)["hits"]
            except URLError:
                result["failed"] += 1
                continue
            if hits and "shown" not in result:
                result["shown"] = time.perf_counter() - began

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        whole, steps = build(settings)
    finally:
        ended.set()
        watcher.join()
    print(
        f"\nshown by the search after {result['shown']:.2f} s; {result['failed']} requests failed"
    )
    return whole, steps


@contextmanager
def served(settings: Mapping[str, str]) -> Iterator[str]:
    """The real service, warmed up."""
    url = f"http://127.0.0.1:{settings['KB_PORT']}"
    process = subprocess.Popen([KB, "serve"], env=_environment(settings), stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urlopen(f"{url}/api/v1/search?q=a").close()
                break
            except URLError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def tell(what: str, whole: float, steps: Mapping[str, float]) -> None:
    """Print the seconds of a build."""
    print(f"\n{what}: {whole:.2f} s")
    for name, seconds in steps.items():
        print(f"  {name:10}{seconds:8.2f}")


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return kept | dict(settings)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
