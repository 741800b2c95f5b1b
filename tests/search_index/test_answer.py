from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import Folder

from search_index import (
    Answers,
    ContentError,
    IndexMissingError,
    Kind,
    Lang,
    Library,
    Page,
    SearchIndexError,
    build_index,
    fingerprint,
)
from search_index.passages import cut


@pytest.fixture
def answers(small: Folder) -> Iterator[Answers]:
    opened = Answers.of(small.read().library)
    yield opened
    opened.close()


def test_a_row_is_complete(answers: Answers) -> None:
    found = answers.search("地锁", kind=Kind.CASE)
    (hit,) = found.hits
    assert (hit.id, hit.kind, hit.lang) == ("car-club", Kind.CASE, Lang.ZH)
    assert hit.url.startswith("/zh/cases/car-club/")
    assert (hit.evidence, hit.relapsed, hit.problems) == ("measured", False, ("parking-lock",))
    assert "<mark>" in hit.snippet
    assert found.answered
    assert found.total == 1
    assert found.facets["kind"][0].count == 1


def test_a_page_is_shown_in_the_wanted_language(answers: Answers) -> None:
    assert answers.search("地锁", lang=Lang.EN).hits[0].title == "Private parking locks"
    assert answers.search("地锁").hits[0].lang is Lang.ZH
    assert answers.search("parking locks").hits[0].lang is Lang.EN


def test_slang_finds_the_official_term_unless_literal(answers: Answers) -> None:
    assert answers.search("车位锁").hits[0].problems == ("parking-lock",)
    assert answers.search("fold-down post").total == 2
    assert answers.search("fold-down post", literal=True).total == 0


def test_a_slip_is_corrected_and_can_be_taken_back(answers: Answers) -> None:
    found = answers.search("parkign locsk")
    assert found.corrected is not None
    assert found.corrected.query == "parking locks"
    assert answers.search("parkign", literal=True).corrected is None


def test_a_query_about_something_else_is_honestly_not_answered(answers: Answers) -> None:
    answer = answers.answer("月球上能不能种土豆")
    assert not answer.answered
    assert answer.reason is not None
    assert "月球" in answer.reason
    assert answer.passages == ()


def test_an_answer_quotes_the_page_to_the_byte(answers: Answers, small: Folder) -> None:
    answer = answers.answer("私装地锁怎么办")
    assert answer.answered
    library = small.read().library
    for quote in answer.passages:
        page = library.pages[answer.lang, quote.id]
        assert any(quote.text in passage.blocks for passage in cut(page, library))
    assert "do" in {quote.role for quote in answer.passages}
    assert answers.answer("地锁归谁管").passages[0].role == "who"


def test_danger_is_flagged_in_search_and_answer(answers: Answers) -> None:
    assert answers.search("煤气味").emergency is not None
    assert answers.answer("gas leak").emergency is not None


def test_suggestions_begin_with_what_is_typed(answers: Answers) -> None:
    assert [s.text for s in answers.suggest("私装")] == ["私装地锁"]
    assert answers.suggest("")[:1] == ()
    assert [s.url for s in answers.suggest("bay")][:1] == ["/en/problems/parking-lock/"]


def test_related_pages_are_others(answers: Answers) -> None:
    assert [hit.id for hit in answers.related("car-club", lang=Lang.ZH)] == ["parking-lock"]
    assert answers.related("nobody", lang=Lang.ZH) == ()


def test_drafts_and_retired_pages_are_not_found(small: Folder) -> None:
    for slug, status in (("d", "draft"), ("r", "retired")):
        text = f"---\ntitle: 量子锁{slug}\nstatus: {status}\n---\n## 基本情况\n量子锁。\n"
        small.write(f"zh/cases/{slug}.md", text)
    opened = Answers.of(small.read().library)
    assert "量子" not in str(opened.search("量子锁").hits)
    opened.close()


def test_an_index_on_disk_is_built_opened_and_known_by_its_print(
    small: Folder, tmp_path: Path
) -> None:
    library = small.read().library
    url = f"whoosh://{tmp_path}/index"
    with pytest.raises(IndexMissingError):
        Answers.open(url)
    told: list[tuple[int, int]] = []
    done = build_index(library, url, progress=lambda *now: told.append(now))
    assert done == fingerprint(library)
    opened = Answers.open(url)
    assert opened.fingerprint == done
    assert opened.passages == told[-1][0] == told[-1][1]
    assert opened.search("地锁").hits[0].id == "parking-lock"
    opened.close()
    next((tmp_path / "index").glob("tables-*")).write_text("{")
    with pytest.raises(IndexMissingError, match="incomplete"):
        Answers.open(url)


def test_an_empty_library_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no published page"):
        build_index(Library(), f"whoosh://{tmp_path}/index")
    one = Page("a", Kind.PAGE, Lang.EN, PurePosixPath("a.md"), "A", "Something.")
    with pytest.raises(SearchIndexError, match="no folder"):
        build_index(Library({(Lang.EN, "a"): one}), "whoosh:")


@pytest.mark.unmeasured
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_is_answered(whole_answers: Answers, text: str) -> None:
    found = whole_answers.search(text)
    assert 0 <= found.coverage <= 1
    whole_answers.answer(text)
    whole_answers.suggest(text)


def _stretches(
    library: Library, lang: Lang, rng: random.Random, count: int
) -> Iterator[tuple[str, Page]]:
    """Random stretches of visible text with the page they stand on."""
    import re

    pages = library.published(lang)
    while count:
        page = rng.choice(pages)
        passage = rng.choice(list(cut(page, library)))
        block = rng.choice(passage.blocks)
        if lang is Lang.ZH:
            run = rng.choice(re.findall(r"[\u4e00-\u9fff]{2,}", block) or [""])
            size = rng.randint(2, 6)
            at = rng.randint(0, max(0, len(run) - size))
            part = run[at : at + size]
        else:
            word = r"(?<![^\W_])[A-Za-z]+(?:['’][a-z]+)?(?![^\W_])"
            run = rng.choice(re.findall(rf"{word}(?: {word})*", block) or [""]).split()
            size = rng.randint(1, 3)
            at = rng.randint(0, max(0, len(run) - size))
            chosen = run[at : at + size]
            if chosen and len(chosen[-1]) > 3 and rng.random() < 0.5:
                chosen[-1] = chosen[-1][: rng.randint(3, len(chosen[-1]))]
            part = " ".join(chosen)
        if part:
            count -= 1
            yield part, page


@pytest.mark.unmeasured
@pytest.mark.parametrize("lang", list(Lang))
def test_every_stretch_of_a_page_finds_the_page(
    whole_answers: Answers, whole_library: Library, lang: Lang
) -> None:
    rng = random.Random(20261122)
    missed = []
    for part, page in _stretches(whole_library, lang, rng, 1000):
        # The filters narrow the list to read, not what is found.
        kind, problem = page.kind, next(iter(page.problems), None)
        found = whole_answers.search(part, lang=lang, kind=kind, problem=problem, limit=500)
        if page.id not in {hit.id for hit in found.hits}:
            missed.append((part, page.id))
    assert missed == []


def test_a_page_says_which_problem_types_it_speaks_of(sample_library: Library) -> None:
    answers = Answers.of(sample_library)
    assert answers.problems("locks-came-back")[0] == "parking-lock"
    assert answers.problems("nothing-of-the-kind") == ()
    answers.close()
