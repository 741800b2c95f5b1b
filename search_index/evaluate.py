"""How good the answers are on judged queries, by the measures of information retrieval."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from search_index.answer import Answers, Parts
from search_index.content import Lang
from search_index.errors import ContentError

DEPTH = 10
RANKED = ("keyword", "colloquial", "question", "scenario", "typo", "fragment", "duty")
ANSWERED = ("question", "scenario", "duty")
# The ideal list has three relevant pages at the top: how many exist is not known.
_IDEAL = sum(1 / math.log2(rank + 1) for rank in (1, 2, 3))


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, its language and sort, and the problem types a good answer is about."""

    qid: str
    lang: Lang | None
    kind: str
    query: str
    problems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one query: the ranks (from 1) of relevant pages, and the two flags."""

    judged: Judged
    ranks: tuple[int, ...]
    answered: bool
    alarmed: bool


def read_judged(path: Path) -> tuple[Judged, ...]:
    """Queries from a tab-separated file with the header ``qid lang kind query problems note``.

    Raises ContentError, with the line, where the file is not of that form.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: cannot be read: {error}"
        raise ContentError(msg) from error
    found = []
    for number, row in enumerate(rows, 2):
        cells = [row.get(name) for name in ("qid", "lang", "kind", "query", "problems")]
        if not all(isinstance(cell, str) and cell for cell in cells):
            msg = f"{path}:{number}: want qid, lang, kind, query, problems"
            raise ContentError(msg)
        qid, lang, kind, query, problems = map(str, cells)
        ids = frozenset(part.strip() for part in problems.split(";")) - {"-", ""}
        found.append(Judged(qid, Lang(lang) if lang in set(Lang) else None, kind, query, ids))
    return tuple(found)


def judge(answers: Answers, queries: Iterable[Judged]) -> tuple[Verdict, ...]:
    """Ask every query and see what comes."""
    verdicts = []
    for judged in queries:
        found = answers.search(judged.query, lang=judged.lang, limit=DEPTH)
        ranks = tuple(
            rank for rank, hit in enumerate(found.hits, 1) if judged.problems & set(hit.problems)
        )
        verdicts.append(Verdict(judged, ranks, found.answered, found.emergency is not None))
    return tuple(verdicts)


def scores(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """The measures by name, such as ``overall.hit@1`` or ``outside.unanswered``."""
    ranked = [verdict for verdict in verdicts if verdict.judged.problems]
    found: dict[str, float] = {}
    groups: dict[str, Callable[[Judged], bool]] = {"overall": lambda _: True}
    groups |= {f"lang.{lang}": _spoken(lang) for lang in Lang}
    groups |= {f"kind.{kind}": _sort(kind) for kind in RANKED}
    for name, belongs in groups.items():
        found |= _ranking(name, [v for v in ranked if belongs(v.judged)])
    rates: Mapping[str, tuple[Callable[[Judged], bool], Callable[[Verdict], bool]]] = {
        "outside.unanswered": (_sort("outside"), lambda v: not v.answered),
        "answered.all": (lambda j: j.kind in ANSWERED, lambda v: v.answered),
        "danger.emergency": (_sort("danger"), lambda v: v.alarmed),
        "safe-lookalike.no_emergency": (_sort("safe-lookalike"), lambda v: not v.alarmed),
        "other.no_emergency": (
            lambda j: j.kind not in {"outside", "danger", "safe-lookalike"},
            lambda v: not v.alarmed,
        ),
    }
    for name, (belongs, holds) in rates.items():
        of = [verdict for verdict in verdicts if belongs(verdict.judged)]
        if of:
            found[name] = sum(map(holds, of)) / len(of)
    return found


def _spoken(lang: Lang) -> Callable[[Judged], bool]:
    return lambda judged: judged.lang is lang


def _sort(kind: str) -> Callable[[Judged], bool]:
    return lambda judged: judged.kind == kind


def _ranking(name: str, verdicts: Sequence[Verdict]) -> dict[str, float]:
    if not verdicts:
        return {}
    first = [verdict.ranks[0] if verdict.ranks else math.inf for verdict in verdicts]
    gains = [sum(1 / math.log2(rank + 1) for rank in v.ranks[:3]) / _IDEAL for v in verdicts]
    return {
        f"{name}.hit@1": sum(rank <= 1 for rank in first) / len(first),
        f"{name}.hit@3": sum(rank <= 3 for rank in first) / len(first),  # noqa: PLR2004
        f"{name}.mrr@10": sum(1 / rank for rank in first) / len(first),
        f"{name}.ndcg@10": sum(gains) / len(gains),
    }


def ablations(answers: Answers, queries: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """The measures with every part of the understanding on, and with each part off in turn."""
    found = {"all": scores(judge(answers, queries))}
    for part in fields(Parts):
        without = answers.with_parts(replace(Parts(), **{part.name: False}))
        found[f"without {part.name}"] = scores(judge(without, queries))
    return found
