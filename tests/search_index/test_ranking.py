"""Leaving out what cannot win must never change what wins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.content import Kind, Lang
from search_index.engines import ranking
from search_index.engines.arrays import Postings, inverted
from search_index.engines.forward import Collector
from search_index.engines.ranking import Ranking, Wanted, Weighted
from search_index.passages import Passage
from search_index.stored import Stored

WORDS = "abcdefgh"
_text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
_works = st.lists(st.lists(_text, min_size=1, max_size=3), min_size=1, max_size=25)
_weights = st.dictionaries(st.sampled_from(WORDS), st.sampled_from([0.5, 1.0, 2.0]), max_size=5)


@pytest.fixture(
    params=[
        "everything at once",
        "list by list, then the rest",
        "list by list",
        "always looked up",
        "as much as possible left out",
    ]
)
def _measures(request: pytest.FixtureRequest) -> Iterator[None]:
    few, more, looking = {
        "everything at once": (10_000, 10_000, 20),
        "list by list, then the rest": (1, 12, 20),
        "list by list": (1, 10_000, 20),
        "as much as possible left out": (1, 0, 20),
        "always looked up": (1, 0, 0),
    }[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "FEW", few)
        patch.setattr(ranking, "FEW_MORE", more)
        patch.setattr(ranking, "LOOKING_UP", looking)
        yield


def _made(works: list[list[str]]) -> tuple[Ranking, Postings, np.ndarray]:
    collector = Collector()
    for number, bodies in enumerate(works):
        slug = f"w{number:03}"
        collector.add(
            [Passage(slug, Kind.CASE, Lang.EN, str(n), "", "", (b,)) for n, b in enumerate(bodies)]
        )
    words = collector.done()
    work_of = np.repeat(np.arange(len(works)), np.diff(words.pages)).astype(np.int32)
    postings = Postings(Stored.of(inverted(words, work_of, len(works))))
    return Ranking(postings, work_of, len(works)), postings, work_of


def _all_scored(
    made: tuple[Ranking, Postings, np.ndarray], lists: list[Weighted], wanted: Wanted
) -> dict[int, float]:
    """The score of every work that may be found, every document of it looked at."""
    _, postings, work_of = made
    sums = {True: np.zeros(len(work_of)), False: np.zeros(len(work_of))}
    for each in lists:
        docs = postings.docs_of(each.place)
        sums[each.finds][docs] += postings.scores[each.low : each.high] * each.weight
    factors = np.ones(len(work_of)) if wanted.by_document is None else wanted.by_document
    allowed = np.ones(99, np.bool_) if wanted.allowed is None else wanted.allowed
    scores = (sums[True] + sums[False]) * factors * (sums[True] > 0) * allowed[work_of]
    found: dict[int, float] = {}
    for work, score in zip(work_of.tolist(), scores.tolist(), strict=True):
        weighed = score * wanted.by_work.get(work, 1.0)
        found[work] = max(found.get(work, 0.0), weighed)
    return {work: score for work, score in found.items() if score > 0}


@pytest.mark.usefixtures("_measures")
@settings(deadline=None, max_examples=150)
@given(
    works=_works,
    terms=_weights,
    hints=_weights,
    wanted=st.builds(
        Wanted,
        st.integers(1, 6),
        st.none() | st.lists(st.sampled_from([0.7, 1.0, 1.15]), min_size=75, max_size=75),
        st.dictionaries(st.integers(0, 24), st.just(1.5), max_size=2),
        st.none() | st.lists(st.booleans(), min_size=25, max_size=25),
    ),
)
def test_the_best_are_those_of_scoring_everything(
    works: list[list[str]], terms: dict[str, float], hints: dict[str, float], wanted: Wanted
) -> None:
    made = _made(works)
    ranking, _, work_of = made
    if wanted.by_document is not None:
        wanted = wanted._replace(
            by_document=np.array(wanted.by_document[: len(work_of)], np.float32)
        )
    if wanted.allowed is not None:
        wanted = wanted._replace(allowed=np.array(wanted.allowed[: len(works)]))
    hints = {term: weight for term, weight in hints.items() if term not in terms}
    lists = [*ranking.lists(terms, finds=True), *ranking.lists(hints, finds=False)]
    expected = _all_scored(made, lists, wanted)
    assert set(np.flatnonzero(ranking.having(lists))) >= set(expected)
    with ranking.scoring(lists) as scoring:
        best = scoring.best(wanted)
    line = sorted(expected.values(), reverse=True)[: wanted.works]
    assert [score for _, score in best] == pytest.approx(line, rel=1e-5)
    for work, score in best:
        assert expected[work] == pytest.approx(score, rel=1e-5)
    with ranking.scoring(lists) as scoring:
        assert not scoring._sums.any()


def test_equal_scores_come_in_the_order_of_works() -> None:
    made, _, _ = _made([["a b"]] * 40)
    lists = list(made.lists({"a": 1.0}, finds=True))
    with made.scoring(lists) as scoring:
        assert [work for work, _ in scoring.best(Wanted(7, None, {}, None))] == list(range(7))
