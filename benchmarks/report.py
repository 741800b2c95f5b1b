"""What was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.growth import table

Round = Mapping[str, Any]
OURS, BARE = "ours", "ours, bare engine"
_COMPARED = (
    (OURS, "plain", "as it ships, no snippets"),
    (OURS, "snippets", "as it ships, snippets"),
    (BARE, "plain", "bare engine"),
)
NOTES = """\
How it was measured:

- Every contestant builds in one process and searches in another. Times are CPU time of that process
  (`time.process_time`), so that other work on the machine disturbs them little; trust the ratios
  within a run, not numbers across runs. "asked" is the number of timed searches: up to three rounds
  of all queries, one round at least. The clock stops when ten complete rows are in Python's hands.
- `ours` takes the query as it was typed and does everything that ships: emergencies, corrections,
  pinyin, glossary, prefixes, ranking, coverage, facets, the total, complete rows. It has no switch
  for snippets: "without" replaces the snippet function by one that returns nothing.
  `ours, bare engine` gets weighted terms and gives back hits with their passages, still with total
  and facets, without rows.
- Peers make the same index terms of a typed query by the same function (the time it takes is given
  below each table); they have no glossary, no corrections, no facets, and only `tantivy, counting`
  tells how many documents were found.
- A page of ours holds two passages for each row of the corpus (its title, and its text), so our
  index has twice as many passages as the peers have documents.
- Ranking differs in detail (weights of fields, and bm25s has one field), which does not matter for
  time; rows are complete for all: id, kind, lang, title, lesson, url, problems, evidence.
- Where `ours` stands above 1, the profile says why: the engine alone takes about as long as the
  compiled ones, but what is done for every query around it (rules of emergency, slips, pinyin,
  glossary, beginnings of words, coverage, facets, ten rows, ten excerpts) is a few hundred steps of
  Python at a tenth of a microsecond to a microsecond each, whatever the size of the index.
- Snippets of tantivy and FTS5 are made by their own functions over the stored terms: text of the
  same length in English, about three times as long in Chinese. bm25s makes none.
- Settings: Whoosh with one 1 GB writer, positions, BM25F, a kept searcher; tantivy with
  frequencies only, one writer thread, a 1 GB heap, no counting; FTS5 with `optimize`, `rank` set to
  bm25 with weights, the file mapped; bm25s with the `lucene` method, mapped, without numba.
- Build: CPU time from values in memory to files. `ours` cuts Markdown, collects the vocabulary and
  writes Whoosh's index and the arrays. For peers the first number includes our analysis, which
  Whoosh calls by itself; the number in brackets leaves it out.
- Open is the best of three openings in one process (imports are done, files are in the cache).
- RSS is that of the searching process after the searches without snippets, in brackets without the
  pages of mapped files and libraries.
"""
HTTP_NOTE = """\
`GET /api/v1/search`, ten rows with snippets, one `kb serve` with its usual settings. Wall time; the
clients are Python threads on the same machine and share its processors."""


GROWTH_NOTE = """\
The engine alone, over one passage for each row, built without reading Markdown; the last line is
the power of the number of passages that each measure grows with (least squares on logarithms).
`python -m benchmarks.growth SIZE …` measures other sizes."""


def _swaps(found: Mapping[str, float]) -> Iterator[str]:
    yield (
        f"{found['requests']:,} searches during {found['swaps']} changes of the index: "
        f"{found['failures']} failed; p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms."
    )


def markdown(result: Mapping[str, Any]) -> str:
    """The whole report."""
    return "\n".join(_lines(result)).rstrip() + "\n"


def ratios(result: Mapping[str, Any]) -> Iterator[str]:
    """Ours against each peer, one line a round and peer."""
    for each in result["rounds"]:
        ours = each["contestants"].get(OURS)
        for name, peer in each["contestants"].items():
            if ours is None or name.startswith(OURS):
                continue
            said = f"{each['title']}: ours/{name} {_ratio(ours, peer, 'plain')} without snippets"
            if "snippets" in peer:
                said += f", {_ratio(ours, peer, 'snippets')} with"
            yield said


def _ratio(ours: Round, peer: Round, mode: str) -> str:
    if mode not in ours or mode not in peer:
        return "—"
    return f"{ours[mode]['p50'] / max(peer[mode]['p50'], 1e-9):.2f}"


def _lines(result: Mapping[str, Any]) -> Iterator[str]:
    yield from ("# Speed", "", *_about(result), "")
    yield from _summary(result)
    for each in result["rounds"]:
        yield from ("", f"## {each['title']}", "", *_round(each))
    for title, served in result["http"].items():
        yield from ("", f"## HTTP: {title}", "", *_http(served))
    if result.get("swaps"):
        yield from (
            "",
            "## Twenty new indexes while eight clients ask",
            "",
            *_swaps(result["swaps"]),
        )
    if result.get("pages"):
        yield from (
            "",
            "## HTTP: pages of our own site",
            "",
            *_table(_HTTP, _served(result["pages"])),
        )
    if result.get("running"):
        first, second = result["running"]["first"], result["running"]["second"]
        yield from ("", "## From a clone to the first answer", "")
        yield f"First `make run` {first:.0f} s (packages cached), second {second:.1f} s."
    if result.get("growth"):
        yield from ("", "## How the engine grows", "", *table(result["growth"]), "", GROWTH_NOTE)
    for title, found in result["profiles"].items():
        yield from ("", f"## Where our time goes: {title}", "", *_profile(found))
    yield from ("", NOTES)


def _about(result: Mapping[str, Any]) -> Iterator[str]:
    for name, value in result["about"].items():
        yield f"- {name}: {value}"


def _summary(result: Mapping[str, Any]) -> Iterator[str]:
    yield from ("## Ratios of medians, ours/theirs (below 1 we are faster)", "")
    peers = _peers(result)
    rows = []
    for each in result["rounds"]:
        found = each["contestants"]
        for name, mode, said in _COMPARED:
            ours = found.get(name, {})
            cells = [_ratio(ours, found.get(peer, {}), mode) for peer in peers]
            steady = f"{ours[mode]['p99'] / ours[mode]['p50']:.1f}" if mode in ours else "—"
            rows.append([f"{each['title']}: {said}", *cells, steady])
    yield from _table(["", *peers, "our p99/p50"], rows)


def _peers(result: Mapping[str, Any]) -> list[str]:
    names = dict.fromkeys(name for each in result["rounds"] for name in each["contestants"])
    return [name for name in names if not name.startswith(OURS)]


def _round(each: Mapping[str, Any]) -> Iterator[str]:
    head = [
        "", "p50 ms", "p95", "p99", "first p50", "asked", "with snippets p50", "p95", "p99",
        "build rows/s", "open ms", "index MB", "RSS MB",
    ]  # fmt: skip
    yield from _table(
        head, [_cells(name, one, each["size"]) for name, one in each["contestants"].items()]
    )
    alone = each["contestants"].get(BARE, {})
    if "analysis_ms" in alone:
        yield from ("", f"Making the terms of a query: {alone['analysis_ms']:.3f} ms on average.")
    yield f"Text: {each['source']}."


def _cells(name: str, one: Round, size: int) -> list[str]:
    if "failed" in one:
        return [name, one["failed"], *[""] * 11]
    plain = one["plain"]
    cells = [name, *(f"{plain[key]:.2f}" for key in ("p50", "p95", "p99", "first_p50"))]
    cells.append(str(plain["asked"]))
    marked = one.get("snippets")
    cells += [f"{marked[key]:.2f}" if marked else "—" for key in ("p50", "p95", "p99")]
    build = one.get("build")
    if build:
        whole, alone = build["build_s"] + build["prepare_s"], build["build_s"]
        speed = f"{size / whole:,.0f} ({size / alone:,.0f})"
        cells.append(f"{size / alone:,.0f}" if name in {OURS, "Whoosh"} else speed)
    else:
        cells.append("—")
    cells.append(f"{one['open_ms']:.1f}")
    cells.append(f"{build['bytes'] / 1e6:.1f}" if build else "—")
    return [*cells, f"{one['rss_mb']:.0f} ({one['own_mb']:.0f})"]


_HTTP = ("clients", "answers/s", "p50 ms", "p99 ms", "requests", "failures")


def _http(served: Sequence[Mapping[str, float]]) -> Iterator[str]:
    yield from _table(_HTTP, _served(served))
    yield from ("", HTTP_NOTE)


def _served(served: Sequence[Mapping[str, float]]) -> list[list[str]]:
    return [
        [
            f"{one['clients']}", f"{one['per_second']:.0f}", f"{one['p50']:.1f}",
            f"{one['p99']:.1f}", f"{one['requests']}", f"{one['failures']}",
        ]
        for one in served
    ]  # fmt: skip


def _profile(found: Mapping[str, Sequence[Sequence[Any]]]) -> Iterator[str]:
    for mode in ("plain", "snippets"):
        yield from ("With snippets:" if mode == "snippets" else "Without snippets:", "")
        stages = found.get(f"stages, {mode}", ())
        cells = [[stage, f"{calls:.1f}", f"{took:.3f}"] for stage, calls, *_, took in stages]
        yield from _table(["stage", "calls/query", "CPU ms/query"], cells)
        yield ""
        cells = [
            [f"`{name}`", f"{calls:.1f}", f"{own:.3f}", f"{whole:.3f}"]
            for name, calls, own, whole in found[mode]
        ]
        yield from _table(["function", "calls/query", "own ms/query", "whole ms/query"], cells)
        yield ""
    yield (
        "Stages by watched functions. Functions by cProfile, which makes small functions that are"
        " called often look much slower than they are: read them as an order, not as times."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|--:" * (len(head) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
