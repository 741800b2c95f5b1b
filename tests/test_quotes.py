"""The whole library, built for real: answers quote the published pages, and links land."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb_app import service
from kb_app.settings import Settings
from search_index import Answers, BuildFolder, Kind, Lang, Library, read_library
from search_index.markdown import blocks_of_html

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> BuildFolder:
    folder = tmp_path_factory.mktemp("whole")
    settings = Settings(
        content_dir=ROOT / "content", build_dir=folder / "build", data_dir=folder / "var"
    )
    service.build(settings)
    return BuildFolder(settings.build_dir)


@pytest.fixture(scope="module")
def answers(build: BuildFolder) -> Iterator[Answers]:
    current = build.current()
    assert current is not None
    opened = Answers.open(f"whoosh://{build.path / current.index}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(ROOT / "content").library


def published(build: BuildFolder, url: str) -> str:
    """The HTML of a page's article."""
    current = build.current()
    assert current is not None
    assert current.site is not None
    path = build.path / current.site / url.partition("#")[0].strip("/") / "index.html"
    html = path.read_text(encoding="utf-8")
    return html[html.index("<article") : html.index("</article>")]


@pytest.mark.parametrize("lang", list(Lang))
def test_answers_quote_the_published_page_to_the_byte(
    build: BuildFolder, answers: Answers, library: Library, lang: Lang
) -> None:
    rng = random.Random(7)
    asked = [page.title for page in rng.sample(library.published(lang), 40)]
    asked += [
        alias for page in rng.sample(library.published(lang), 40) for alias in page.aliases[:1]
    ]
    quotes = [quote for text in asked for quote in answers.answer(text, lang=lang).passages]
    assert len(quotes) > 100
    for quote in quotes:
        html = published(build, quote.url)
        blocks = list(blocks_of_html(html))
        # Questions that a guide ends with stand in a list, one by one, to be ticked.
        asked_in_rows = (" " if lang is Lang.EN else "").join(blocks)
        rows = quote.kind is Kind.GUIDE and quote.text in asked_in_rows
        assert quote.text in blocks or rows, quote
        anchor = quote.url.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in html, quote


@pytest.mark.parametrize("lang", list(Lang))
def test_every_result_lands_on_its_passage(
    build: BuildFolder, answers: Answers, library: Library, lang: Lang
) -> None:
    rng = random.Random(8)
    for page in rng.sample(library.published(lang), 40):
        for hit in answers.search(page.title, lang=lang, limit=5).hits:
            anchor = hit.url.partition("#")[2]
            assert not anchor or f'id="{anchor}"' in published(build, hit.url), hit.url


@pytest.mark.parametrize("lang", list(Lang))
def test_every_problem_and_duty_is_found_by_its_name(
    answers: Answers, library: Library, lang: Lang
) -> None:
    missed = []
    for group in library.groups:
        for topic in group.topics:
            hit = answers.search(topic.name(lang), lang=lang, limit=1).hits[0]
            right = topic.id in hit.problems if group.id == "duty" else hit.id == topic.id
            if not right:
                missed.append((topic.id, hit.id))
    assert missed == []


def test_no_page_names_another_host_to_load_from(build: BuildFolder) -> None:
    current = build.current()
    assert current is not None
    loading = re.compile(
        r"""<(?:script|img|iframe|link(?![^>]*rel="(?:canonical|alternate)"))[^>]+(?:src|href)=["']?(?:https?:)?//"""
    )
    for path in (build.path / str(current.site)).rglob("*.html"):
        assert not loading.search(path.read_text(encoding="utf-8")), path
