"""Run the comparison: ``python -m benchmarks [--quick] [--json OUT] [--report FILE]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import growth, running
from benchmarks.contestants import CONTESTANTS, missing, versions
from benchmarks.corpus import PROJECT, QUERIES, queries, source
from benchmarks.load import loaded, read, swapped
from benchmarks.report import markdown, ratios
from search_index import Lang

OURS, BARE = "ours", "ours, bare engine"
ROUNDS = ((Lang.EN, 1_000), (Lang.EN, 10_000), (Lang.ZH, 10_000), (Lang.EN, 100_000))
QUICK = ((Lang.EN, 1_000),)
# How long a measurement goes on, if it has not asked everything three times before.
SECONDS, QUICK_SECONDS = 8.0, 0.3
QUICK_QUERIES = 50
PROFILED = 10_000
SERVED = 10_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, say the ratios, write what was asked for."""
    asked = _options().parse_args(arguments)
    rounds = QUICK if asked.quick else ROUNDS
    result: dict[str, Any] = {
        "about": _about(),
        "rounds": [],
        "http": {},
        "profiles": {},
        "swaps": {},
    }
    for name in missing():
        print(f"{name} is not installed and left out (see the extra `bench`)", flush=True)
    for lang, size in rounds:
        with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
            for _ in _measured(result, lang, size, Path(folder), quick=asked.quick):
                _write(result, asked.json, asked.report)
    if not asked.quick:
        result["pages"] = read(PROJECT / "build")
        result["running"] = running.measured()
        result["growth"] = [growth.measured(size) for size in growth.SIZES]
        _write(result, asked.json, asked.report)
    for line in ratios(result):
        print(line)


def _write(result: dict[str, Any], numbers: Path | None, report: Path | None) -> None:
    """Write what is known so far, so that a long run that is stopped was not for nothing."""
    if numbers:
        numbers.parent.mkdir(parents=True, exist_ok=True)
        numbers.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    if report:
        report.write_text(markdown(result), "utf-8")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 English passages only")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the numbers here")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the tables here")
    return parser


def _measured(
    result: dict[str, Any], lang: Lang, size: int, folder: Path, *, quick: bool
) -> Iterator[None]:
    """One round: every contestant, and our service and profile at their size."""
    title = f"{size:,} passages, {lang}"
    seconds = QUICK_SECONDS if quick else SECONDS
    count = QUICK_QUERIES if quick else QUERIES
    each: dict[str, Any] = {
        "title": title, "size": size, "lang": lang, "source": source(lang),
        "contestants": {},
    }  # fmt: skip
    result["rounds"].append(each)
    for name in CONTESTANTS:
        if name not in missing():
            print(f"{datetime.now(UTC):%H:%M:%S} {title}: {name}", flush=True)
            each["contestants"][name] = _contestant(name, lang, size, folder, (seconds, count))
            yield
    built = folder / OURS
    if "plain" in each["contestants"][OURS]:
        if quick or size == SERVED:
            result["http"][title] = loaded(built, queries(lang), seconds)
            if not quick and lang is Lang.EN:
                result["swaps"] = swapped(built, queries(lang))
        if size == PROFILED:
            result["profiles"][title] = _child("profile", lang, built)
        yield


def _contestant(
    name: str, lang: Lang, size: int, folder: Path, bounds: tuple[float, int]
) -> dict[str, Any]:
    own = folder / (OURS if name == BARE else name)
    found: dict[str, Any] = {}
    try:
        if name != BARE:
            own.mkdir()
            found["build"] = _child("build", name, lang, size, own)
        found |= _child("search", name, lang, own, *bounds)
    except subprocess.CalledProcessError as error:
        return {"failed": f"failed with exit code {error.returncode}"}
    finally:
        if own.name != OURS:
            shutil.rmtree(own, ignore_errors=True)
    return found


def _child(*arguments: object) -> Any:
    """Run one measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", *map(str, arguments)],
        cwd=PROJECT, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def _about() -> dict[str, str]:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "command": "python -m benchmarks " + " ".join(sys.argv[1:]),
        "machine": f"{_processor()}, {os.cpu_count()} processors, {platform.system()}",
        "Python": platform.python_version(),
        "versions": ", ".join(versions()),
        "load at the beginning": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "left out": ", ".join(missing()) or "nobody",
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
