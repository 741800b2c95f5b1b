"""What every engine promises; a new one joins by adding its address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import index
from whoosh.analysis import Token, Tokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from search_index import IndexMissingError, Kind, Lang, SearchIndexError
from search_index.analysis import terms
from search_index.engine import Engine, Query, open_engine
from search_index.engines.arrays import K1, WEIGHTS, starts_of
from search_index.passages import Passage


def passage(
    page: str,
    text: str,
    *,
    title: str = "t",
    lang: Lang = Lang.EN,
    anchor: str = "",
    kind: Kind = Kind.CASE,
    problems: tuple[str, ...] = (),
) -> Passage:
    return Passage(page, kind, lang, anchor, anchor, title, (text,), problems)


def asked(text: str, **more: object) -> Query:
    return Query(dict.fromkeys(terms(text), 1.0), **more)  # type: ignore[arg-type]


@pytest.fixture(params=["whoosh:", "whoosh://{folder}"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(request.param.format(folder=tmp_path))
    yield opened
    opened.close()


PAGES = [
    passage("alpha", "locks on the parking bay", problems=("parking-lock",)),
    passage("alpha", "占位的地锁", lang=Lang.ZH, anchor="one"),
    passage("alpha", "拆锁以后", lang=Lang.ZH, anchor="two"),
    passage("beta", "scooters in the stairwell", title="Scooters", kind=Kind.PROBLEM),
    passage("gamma", "locks locks locks", kind=Kind.GUIDE),
]


def found(engine: Engine, query: Query, **more: int) -> list[str]:
    return [hit.passage.id for hit in engine.search(query, **more).hits]


def test_an_engine_without_an_index_says_so(engine: Engine) -> None:
    assert engine.fingerprint() is None
    with pytest.raises(IndexMissingError, match="kb build"):
        engine.search(asked("x"))


def test_the_index_carries_the_print_of_what_it_was_built_from(engine: Engine) -> None:
    assert engine.rebuild(PAGES, fingerprint="abc") == 5
    assert engine.fingerprint() == "abc"


def test_one_hit_a_page_by_its_best_passage_in_the_wanted_language(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="x")
    hits = engine.search(asked("拆锁", lang=Lang.ZH))
    assert (hits.total, hits.hits[0].passage.id) == (1, "zh/alpha#two")
    assert found(engine, asked("parking", lang=Lang.ZH)) == ["zh/alpha#one"]
    assert found(engine, asked("parking", lang=Lang.EN)) == ["en/alpha#"]


def test_equal_scores_come_in_the_order_of_ids(engine: Engine) -> None:
    engine.rebuild([passage(f"p{n:02}", "same words") for n in range(30)], fingerprint="x")
    whole = found(engine, asked("words"), limit=30)
    assert whole == sorted(whole)
    paged = [i for at in range(0, 30, 7) for i in found(engine, asked("words"), offset=at, limit=7)]
    assert paged == whole


def test_facets_count_all_hits_not_the_page(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="x")
    hits = engine.search(asked("locks scooters"), limit=1)
    assert [(f.value, f.count) for f in hits.facets["kind"]] == [
        ("case", 1), ("guide", 1), ("problem", 1),
    ]  # fmt: skip
    assert [(f.value, f.count) for f in hits.facets["problem"]] == [("parking-lock", 1)]


def test_conditions_narrow_what_is_found(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="x")
    both = asked("locks")
    assert found(engine, both) == ["en/gamma#", "en/alpha#"]
    assert found(engine, Query(both.terms, kinds=frozenset({Kind.GUIDE}))) == ["en/gamma#"]
    assert found(engine, Query(both.terms, problems=frozenset({"parking-lock"}))) == ["en/alpha#"]
    assert found(engine, Query(both.terms, problems=frozenset({"nothing"}))) == []
    assert found(engine, Query(both.terms, phrases=("parking bay",))) == ["en/alpha#"]
    assert found(engine, Query(both.terms, phrases=("bay parking",))) == []
    assert found(engine, Query(both.terms, phrases=("?!",))) == []
    assert found(engine, Query(both.terms, excluded=("parking",))) == ["en/gamma#"]


def test_hints_rank_but_do_not_find(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="x")
    assert found(engine, Query({"lock": 1.0}, hints={"bay": 9.0, "scooter": 9.0})) == [
        "en/alpha#",
        "en/gamma#",
    ]


def test_coverage_is_the_share_of_the_query_that_a_page_has(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="x")
    assert engine.search(asked("scooters stairwell")).coverage == 1.0
    assert 0 < engine.search(asked("parking zeppelin")).coverage < 0.6
    assert engine.search(asked("scooters stairwell"), offset=1).coverage == 1.0


def test_favour_lifts_a_kind(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="x")
    lifted = Query({"lock": 1.0}, favour={Kind.CASE: 10.0})
    assert found(engine, lifted)[0] == "en/alpha#"


def test_the_passages_of_a_page_come_in_its_order(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="x")
    assert engine.passages("alpha", Lang.ZH) == tuple(PAGES[1:3])
    assert engine.passages("nobody", Lang.ZH) == ()


def test_a_failed_rebuild_leaves_the_old_index(engine: Engine) -> None:
    engine.rebuild(PAGES, fingerprint="old")

    def broken() -> Iterator[Passage]:
        yield PAGES[0]
        msg = "disk on fire"
        raise OSError(msg)

    with pytest.raises(OSError, match="fire"):
        engine.rebuild(broken(), fingerprint="new")
    assert engine.fingerprint() == "old"
    assert found(engine, asked("scooters")) == ["en/beta#"]


def test_an_empty_index_finds_nothing(engine: Engine) -> None:
    assert engine.rebuild([], fingerprint="x") == 0
    assert engine.search(asked("anything")).total == 0
    assert engine.passages("alpha", Lang.EN) == ()


def test_progress_counts_passages(engine: Engine) -> None:
    told: list[int] = []
    engine.rebuild(PAGES, fingerprint="x", progress=told.append)
    assert told == [1, 3, 4, 5]  # page by page


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(SearchIndexError, match="no search engine"):
        open_engine("elastic://somewhere")


def test_runs_of_equal_neighbours() -> None:
    assert starts_of([]).tolist() == []
    assert starts_of([None, None, 1]).tolist() == [0, 2]


# Whoosh itself is the oracle of the scores --------------------------------------------------------

_word = st.text(alphabet="abc电动车楼", min_size=1, max_size=4)
# Whoosh rounds the lengths of longer fields to a byte; up to ten terms they are exact.
_text = (
    st.lists(_word, min_size=1, max_size=6)
    .map(" ".join)
    .filter(lambda text: len(terms(text)) <= 10)
)


class _Terms(Tokenizer):
    """Our index terms as Whoosh's tokens."""

    def __call__(self, value, *, positions=False, **options):
        token = Token(positions, **{k: v for k, v in options.items() if k in {"chars", "mode"}})
        for place, term in enumerate(terms(value), options.get("start_pos", 0)):
            token.text, token.boost, token.stopped = term, 1.0, False
            if positions:
                token.pos = place
            yield token


def _by_whoosh(folder: Path, passages: list[Passage], query: list[str]) -> dict[str, float]:
    """Scores of plain Whoosh: BM25F over separate fields, each with its weight, summed."""
    folder.mkdir(exist_ok=True)
    analyzer = _Terms()
    schema = Schema(
        id=ID(stored=True),
        title=TEXT(analyzer=analyzer, phrase=False),
        body=TEXT(analyzer=analyzer, phrase=False),
    )
    made = index.create_in(str(folder), schema)
    writer = made.writer()
    for p in passages:
        writer.add_document(id=p.id, title=p.title, body=f"{p.section}\n{p.text}")
    writer.commit()
    (b_title, w_title), (b_body, w_body) = WEIGHTS["title"], WEIGHTS["body"]
    weighting = BM25F(B=0.75, K1=K1, title_B=b_title, body_B=b_body)
    wanted = Or(
        [
            Term(field, term, boost=boost)
            for field, boost in (("title", w_title), ("body", w_body))
            for term in dict.fromkeys(query)
        ]
    )
    with made.searcher(weighting=weighting) as searcher:
        results = searcher.search(wanted, limit=None)
        return {hit["id"]: hit.score for hit in results}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.tuples(_text, _text), min_size=1, max_size=12), query=_text)
def test_scores_are_those_of_whoosh(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]], query: str
) -> None:
    passages = [passage(f"p{n:02}", body, title=title) for n, (title, body) in enumerate(texts)]
    engine = open_engine("whoosh:")
    engine.rebuild(passages, fingerprint="x")
    hits = engine.search(asked(query), limit=50).hits
    engine.close()
    expected = _by_whoosh(tmp_path_factory.mktemp("oracle"), passages, terms(query))
    assert {hit.passage.id for hit in hits} == set(expected)
    for hit in hits:
        assert np.isclose(hit.score, expected[hit.passage.id], rtol=1e-4, atol=2e-4)
    assert [hit.passage.id for hit in hits] == [
        hit.passage.id for hit in sorted(hits, key=lambda h: (-h.score, h.passage.id))
    ]
