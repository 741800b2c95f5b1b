"""What a machine can guard of the library's quality: counts, parity, wording, languages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_index import (
    Case,
    Evidence,
    Kind,
    Lang,
    Library,
    Outcome,
    Page,
    ProblemType,
    Provenance,
    Reading,
    Session,
    blocks,
    evidence,
)

CONTENT = Path(__file__).parents[1] / "content"
ABROAD = {
    "Derby", "Smethwick", "Philadelphia", "New York", "Baltimore", "Tokyo", "Uji", "England",
    "Germany", "London",
}  # fmt: skip

pytestmark = pytest.mark.unmeasured


@pytest.fixture(scope="module")
def library(whole_library: Library) -> Library:
    return whole_library


def cases(library: Library) -> list[tuple[Page, Case]]:
    pages = library.published(Lang.ZH, Kind.CASE)
    return [(page, page.details) for page in pages if isinstance(page.details, Case)]


def test_the_check_has_nothing_to_say(whole_reading: Reading) -> None:
    assert [str(finding) for finding in whole_reading.findings] == []


def test_every_page_exists_in_both_languages(library: Library) -> None:
    slugs = {lang: {page.id for page in library.published(lang)} for lang in Lang}
    assert slugs[Lang.ZH] ^ slugs[Lang.EN] == set()


def test_every_problem_type_and_duty_topic_has_a_page(library: Library) -> None:
    for lang in Lang:
        spoken_of = {topic for page in library.published(lang) for topic in page.problems}
        named = {page.id for page in library.published(lang, Kind.PROBLEM)}
        for group in library.groups:
            for topic in group.topics:
                assert topic.id in (spoken_of if group.id == "duty" else named)


def test_the_library_is_as_large_as_promised(library: Library) -> None:
    told = cases(library)
    assert len(library.published(Lang.ZH, Kind.PROBLEM)) >= 60
    assert len(told) >= 110
    assert sum(bool(case.decision_points) for _, case in told) >= 50
    assert sum(case.provenance is Provenance.COMPOSITE for _, case in told) <= 10
    assert len(library.published(Lang.ZH, Kind.GUIDE)) >= 14
    assert len(library.glossary) >= 300


def test_failures_are_told_like_successes(library: Library) -> None:
    def went_wrong(page: Page, case: Case) -> bool:
        proof = evidence(page, library)
        relapsed = proof is not None and (proof.relapsed or proof.level is Evidence.FAILED)
        return relapsed or case.outcome in {Outcome.FAILED, Outcome.PARTLY, Outcome.UNKNOWN}

    assert sum(went_wrong(page, case) for page, case in cases(library)) >= 40


def test_cases_come_from_abroad_too(library: Library) -> None:
    pages = library.published(Lang.EN, Kind.CASE)
    details = [page.details for page in pages if isinstance(page.details, Case)]
    cities = [case.place.city for case in details if case.place is not None]
    assert sum(any(name in city for name in ABROAD) for city in cities) >= 10


def test_problem_pages_have_cases_and_most_have_two(library: Library) -> None:
    counts = {
        page.id: len(library.cases_of(page.id, Lang.ZH))
        for page in library.published(Lang.ZH, Kind.PROBLEM)
    }
    assert [slug for slug, count in counts.items() if not count] == []
    assert sum(count >= 2 for count in counts.values()) > len(counts) * 0.6


def test_sessions_and_the_quiz_bank_are_there(library: Library) -> None:
    sessions = library.published(Lang.ZH, Kind.SESSION)
    items = [
        item for page in library.published(Lang.ZH) for item in getattr(page.details, "quiz", ())
    ]
    assert len(sessions) >= 8
    assert len(items) >= 120
    for page in sessions:
        assert isinstance(page.details, Session)
        assert {aim.quiz for aim in page.details.objectives} <= set(
            range(1, len(page.details.quiz) + 1)
        )


def test_legal_lines_are_dated_on_problem_pages(library: Library) -> None:
    for page in library.published(Lang.ZH, Kind.PROBLEM):
        assert isinstance(page.details, ProblemType)
        assert all(rule.checked_on for rule in page.details.basis)


# Wording -----------------------------------------------------------------------------------------


def paragraphs(page: Page) -> Iterator[str]:
    for section in page.sections:
        yield from blocks(section.text)


def sentences(page: Page) -> Iterator[str]:
    for paragraph in paragraphs(page):
        for sentence in re.split(r"(?<=[。！？!?])|(?<=[.])\s", paragraph):
            words = len(sentence) if page.lang is Lang.ZH else len(sentence.split())
            if re.search(r"(查对|核对|[Cc]hecked).{0,12}20\d\d", sentence):
                continue  # the same day may stand behind many legal lines
            if words >= (14 if page.lang is Lang.ZH else 9):
                yield " ".join(sentence.split())


@pytest.mark.parametrize("lang", list(Lang))
def test_no_sentence_is_shared_between_pages(library: Library, lang: Lang) -> None:
    where: dict[str, set[str]] = defaultdict(set)
    for page in library.published(lang):
        for sentence in sentences(page):
            where[sentence].add(page.id)
    assert {text: sorted(pages) for text, pages in where.items() if len(pages) > 1} == {}


@pytest.mark.parametrize("lang", list(Lang))
def test_no_paragraph_says_itself_twice_on_a_page(library: Library, lang: Lang) -> None:
    for page in library.published(lang):
        twice = [text for text, count in Counter(sentences(page)).items() if count > 1]
        assert twice == [], page.path


def test_chinese_pages_have_no_english_left_in_them(library: Library) -> None:
    left = {}
    for page in library.published(Lang.ZH):
        for paragraph in (page.title, page.lesson, *paragraphs(page)):
            found = re.findall(r"[A-Za-z]+(?:[ '-][A-Za-z]+){3,}", paragraph)
            if found:
                left[str(page.path)] = found
    assert left == {}


def test_english_pages_have_no_chinese_left_in_them(library: Library) -> None:
    """Chinese names may stand in brackets or quotation marks behind their English."""
    left = {}
    for page in library.published(Lang.EN):
        for paragraph in (page.title, page.lesson, *paragraphs(page)):
            bare = re.sub(r"[(（“‘\"'《][^()（）“”‘’\"《》]*[)）”’\"'》]", "", paragraph)
            found = re.findall(r"[\u4e00-\u9fff]+", bare)
            if found:
                left[str(page.path)] = found
    assert left == {}


@pytest.mark.parametrize("lang", list(Lang))
def test_a_case_is_as_long_as_its_facts(library: Library, lang: Lang) -> None:
    most, least = (1600, 180) if lang is Lang.ZH else (1000, 120)
    sizes = {}
    for page in library.published(lang, Kind.CASE):
        text = "".join(paragraphs(page))
        sizes[page.id] = len(text) if lang is Lang.ZH else len(text.split())
    assert {slug: size for slug, size in sizes.items() if not least <= size <= most} == {}


def test_no_page_speaks_of_how_it_was_made() -> None:
    words = re.compile(r"\[S\d+\]|\[GK\]|\[K\]|\bK\d{2,3}\b|research notes|working notes|研究笔记")
    for path in CONTENT.rglob("*.md"):
        assert not words.search(path.read_text(encoding="utf-8")), path
