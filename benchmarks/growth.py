"""How the engine grows: ``python -m benchmarks.growth [SIZE …] [--json OUT]``.

Builds passages straight from the English corpus (repeated where it is too short), without reading
Markdown, and searches them with the engine alone. Each size in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import PROJECT, docs, queries
from benchmarks.measure import _memory, _timed
from search_index import Kind, Lang
from search_index.answer import FAVOUR
from search_index.engine import Query, open_engine
from search_index.passages import Passage
from search_index.query import parse, words

SIZES = (1_000, 10_000, 100_000)
SECONDS = 8.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every size, fit a power to each measure, say both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--json", type=Path, metavar="OUT")
    asked = parser.parse_args(arguments)
    rows = [measured(size) for size in asked.sizes]
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1), "utf-8")
    for line in table(rows):
        print(line)


def table(rows: Sequence[dict[str, float]]) -> Iterator[str]:
    """The measures as Markdown, with the power of the size that each grows with."""
    names = [name for name in rows[0] if name != "passages"]
    yield "| passages | " + " | ".join(names) + " |"
    yield "|--:|" + "--:|" * len(names)
    for row in rows:
        yield f"| {row['passages']:,} | " + " | ".join(f"{row[name]:,.2f}" for name in names) + " |"
    if len(rows) > 1:
        sizes = [row["passages"] for row in rows]
        powers = [power(sizes, [row[name] for row in rows]) for name in names]
        yield "| grows with the power | " + " | ".join(f"{each:.2f}" for each in powers) + " |"


def power(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The p of values ≈ c·sizes^p that fits best in logarithms, by least squares.

    >>> round(power([10, 100, 1000], [2, 20, 200]), 3)
    1.0
    """
    xs, ys = ([math.log(max(n, 1e-9)) for n in row] for row in (sizes, values))
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((a - x) ** 2 for a in xs)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / spread


def measured(size: int) -> dict[str, float]:
    """One size: built in one process, searched in another."""
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        done: dict[str, float] = {"passages": size}
        for step in ("build", "search"):
            code = f"from benchmarks.growth import {step}_; {step}_({size}, {folder!r})"
            out = subprocess.run(
                [sys.executable, "-c", code],
                cwd=PROJECT, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True,
            )  # fmt: skip
            done |= json.loads(out.stdout)
        return done


def build_(size: int, folder: str) -> None:
    """Build, and print what it took."""
    began = time.process_time()
    passages = (
        Passage(doc.id, Kind.PAGE, Lang.EN, "text", "", doc.title, (doc.body,))
        for doc in docs(Lang.EN, size)
    )
    engine = open_engine(f"whoosh://{folder}")
    engine.rebuild(passages, fingerprint="x")
    seconds = time.process_time() - began
    engine.close()
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    _say({"build s": seconds, "index MB": sum(path.stat().st_size for path in files) / 1e6})


def search_(_: int, folder: str) -> None:
    """Open and search, and print what it took."""
    began = time.process_time()
    engine = open_engine(f"whoosh://{folder}")
    engine.fingerprint()
    opened = time.process_time() - began
    asked = []
    for each in queries(Lang.EN):
        found = words(parse(each.text).words)
        asked.append(Query(found.terms, units=found.units, hints=found.hints, favour=FAVOUR))
    times = _timed(lambda query: engine.search(query).hits, asked, SECONDS)  # type: ignore[arg-type]
    resident, own = _memory()
    _say(
        {
            "open ms": opened * 1000, "p50 ms": times["p50"], "p99 ms": times["p99"],
            "RSS MB": resident, "of it own": own,
        }
    )  # fmt: skip


def _say(found: dict[str, Any]) -> None:
    print(json.dumps(found))


if __name__ == "__main__":
    main()
