"""One contestant in a process of its own: builds or searches, and prints what it took as JSON."""

from __future__ import annotations

import cProfile
import gc
import json
import pstats
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import contestants
from benchmarks.contestants import CONTESTANTS, Bare
from benchmarks.corpus import Asked, docs, queries
from search_index import Lang
from search_index.query import parse, words

OPENINGS = 3
WARMING = 20
ROUNDS = 3
PROFILED = 14


def build(name: str, lang: Lang, size: int, folder: Path) -> dict[str, float]:
    """Build an index and say what it took; reading the corpus does not count."""
    contestant = CONTESTANTS[name]()
    found = list(docs(lang, size))
    began = time.process_time()
    prepared = contestant.prepare(found, lang)
    analysed = time.process_time()
    contestant.build(prepared, folder)
    done = time.process_time()
    return {
        "prepare_s": analysed - began,
        "build_s": done - analysed,
        "bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def search(name: str, lang: Lang, folder: Path, seconds: float, count: int) -> dict[str, Any]:
    """Open an index, ask the first queries, and say what it took."""
    contestant = CONTESTANTS[name]()
    asked = queries(lang)[:count]
    opening = [_opened(contestant, folder) for _ in range(OPENINGS)]
    found: dict[str, Any] = {"open_ms": min(opening) * 1000}
    if isinstance(contestant, Bare):
        contestant.understand(asked)
        found["analysis_ms"] = _analysis(asked)
    found["plain"] = _timed(lambda each: contestant.search(each, snippets=False), asked, seconds)
    found["rss_mb"], found["own_mb"] = _memory()
    if contestant.has_snippets:
        found["snippets"] = _timed(
            lambda each: contestant.search(each, snippets=True), asked, seconds
        )
    found["rows"] = sum(len(contestant.search(each, snippets=False)) for each in asked[:WARMING])
    return found


def profile(lang: Lang, folder: Path) -> dict[str, list[list[Any]]]:
    """Where our time goes: by stage of the work, and by function, without and with snippets."""
    contestant = CONTESTANTS["ours"]()
    contestant.open(folder)
    asked = queries(lang)
    modes = (("plain", False), ("snippets", True))
    for each in asked[:WARMING]:
        contestant.search(each, snippets=True)
    by_function = {
        mode: _profiled(lambda each, on=on: contestant.search(each, snippets=on), asked)
        for mode, on in modes
    }
    with _staged(contestant.answers) as spent:
        by_stage = {}
        for mode, on in modes:
            spent.clear()
            began = time.process_time()
            for each in asked:
                contestant.search(each, snippets=on)
            spent[_WHOLE] = [1.0 * len(asked), time.process_time() - began]
            by_stage[f"stages, {mode}"] = [
                [stage, spent[stage][0] / len(asked), spent[stage][1] * 1000 / len(asked)]
                for stage in (*_STAGES, _WHOLE)
                if stage in spent
            ]
    return by_stage | by_function


def _opened(contestant: Any, folder: Path) -> float:
    began = time.process_time()
    contestant.open(folder)
    return time.process_time() - began


def _analysis(asked: Sequence[Asked]) -> float:
    """Milliseconds of CPU it takes to make the terms of a query, on average."""
    began = time.process_time()
    for each in asked:
        words(parse(each.text).words)
    return (time.process_time() - began) * 1000 / len(asked)


def _timed(
    ask: Callable[[Asked], Sequence[Any]], asked: Sequence[Asked], seconds: float
) -> dict[str, float]:
    """Percentiles of CPU time: whole rounds of all queries until the time is up, one at least."""
    for each in asked[-WARMING:]:
        ask(each)
    times: list[float] = []
    began = time.monotonic()
    with _collecting_later():
        while len(times) < ROUNDS * len(asked) and time.monotonic() - began < seconds:
            times += [_one(ask, each) for each in asked]
    first = sorted(times[: len(asked)])
    times.sort()
    return {
        **{f"p{p}": times[min(len(times) - 1, len(times) * p // 100)] for p in (50, 95, 99)},
        "first_p50": first[len(first) // 2],
        "asked": len(times),
    }


@contextmanager
def _collecting_later() -> Iterator[None]:
    """What stands now is not looked through again by the collector, as in a service at rest."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def _one(ask: Callable[[Asked], Sequence[Any]], each: Asked) -> float:
    began = time.process_time()
    ask(each)
    return (time.process_time() - began) * 1000


def _memory() -> tuple[float, float]:
    """Megabytes that are resident, and those of them that are no part of a file."""
    status = Path("/proc/self/status")
    text = status.read_text("utf-8") if status.exists() else ""
    kilobytes = {line.split(":")[0]: line.split()[1] for line in text.splitlines() if "kB" in line}
    rss, own = (float(kilobytes.get(name, "nan")) for name in ("VmRSS", "RssAnon"))
    return rss / 1024, own / 1024


# Stages of a search: what they are called, and the function each of them is. Some contain others.
_STAGES = {
    "emergency rules": ("answers", "alarm"),
    "correction, pinyin, homophones": ("answers", "_corrected"),
    "glossary, prefixes, terms": ("answers", "_query"),
    "texts to mark": ("answers", "_marks"),
    "the engine's search": ("generation", "search"),
    "… of it what is found in all": ("ranking", "having"),
    "… of it the best works": ("scoring", "best"),
    "… of it ten hits": ("generation", "_hits"),
    "… of it coverage": ("generation", "_coverage"),
    "… of it facets": ("generation", "_facets"),
    "rows": ("answers", "_row"),
    "… of it snippets": ("module", "snippet"),
}
_WHOLE = "a search, whole"


@contextmanager
def _staged(answers: Any) -> Iterator[dict[str, list[float]]]:
    """Watch the stages while this is open: how often, and seconds of CPU."""
    from search_index import answer
    from search_index.engines.ranking import Ranking, Scoring

    owners = {
        "answers": type(answers),
        "generation": type(answers._engine._open()),  # noqa: SLF001 - it looks inside on purpose
        "ranking": Ranking,
        "scoring": Scoring,
        "module": answer,
    }
    spent: dict[str, list[float]] = {}
    before = []
    for stage, (where, name) in _STAGES.items():
        owner = owners[where]
        before.append((owner, name, getattr(owner, name)))
        if where != "module":
            setattr(owner, name, _watched(stage, getattr(owner, name), spent))
    contestants.snippet = _watched("… of it snippets", contestants.snippet, spent)
    yield spent
    for owner, name, function in before:
        setattr(owner, name, function)


def _watched(
    stage: str, function: Callable[..., Any], spent: dict[str, list[float]]
) -> Callable[..., Any]:
    def watched(*args: Any, **kwargs: Any) -> Any:
        began = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            row = spent.setdefault(stage, [0.0, 0.0])
            row[0] += 1
            row[1] += time.process_time() - began

    return watched


def _profiled(ask: Callable[[Asked], object], asked: Sequence[Asked]) -> list[list[Any]]:
    """The functions that take most, as: name, calls per query, own and whole ms per query."""
    watch = cProfile.Profile()
    watch.enable()
    for each in asked:
        ask(each)
    watch.disable()
    stats = pstats.Stats(watch).stats  # type: ignore[attr-defined]
    rows = [
        [_named(where), calls / len(asked), own * 1000 / len(asked), whole * 1000 / len(asked)]
        for where, (_, calls, own, whole, _) in stats.items()
    ]
    return sorted(rows, key=lambda row: -row[2])[:PROFILED]


def _named(where: tuple[str, int, str]) -> str:
    path, line, name = where
    return name if path == "~" else f"{Path(path).name}:{line} {name}"


def main(arguments: Sequence[str]) -> None:
    """Do what the first argument says."""
    match arguments:
        case ["build", name, lang, size, folder]:
            done: Any = build(name, Lang(lang), int(size), Path(folder))
        case ["search", name, lang, folder, seconds, count]:
            done = search(name, Lang(lang), Path(folder), float(seconds), int(count))
        case ["profile", lang, folder]:
            done = profile(Lang(lang), Path(folder))
        case _:
            sys.exit(f"unknown: {arguments}")
    print(json.dumps(done))


if __name__ == "__main__":
    main(sys.argv[1:])
