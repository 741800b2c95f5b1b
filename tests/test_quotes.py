"""The whole library, built for real: answers quote the published pages, and links land."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from kb_app.settings import Settings
from search_index import Answers, BuildFolder, Lang, Library
from search_index.markdown import blocks_of_html

pytestmark = pytest.mark.unmeasured


@pytest.fixture(scope="module")
def build(whole: Settings) -> BuildFolder:
    return BuildFolder(whole.build_dir)


def published(build: BuildFolder, url: str) -> str:
    """The HTML of a page's article."""
    current = build.current()
    assert current is not None
    assert current.site is not None
    path = build.path / current.site / url.partition("#")[0].strip("/") / "index.html"
    html = path.read_text(encoding="utf-8")
    return html[html.index("<article") : html.index("</article>")]


def ticked(html: str, lang: Lang) -> Iterator[str]:
    """Paragraphs that stand on the page as a list to tick, a sentence each."""
    for listed in re.findall(r'<ul class="kb-checks".*?</ul>', html):
        yield (" " if lang is Lang.EN else "").join(blocks_of_html(listed))


@pytest.mark.parametrize("lang", list(Lang))
def test_answers_quote_the_published_page_to_the_byte(
    build: BuildFolder, whole_answers: Answers, whole_library: Library, lang: Lang
) -> None:
    rng = random.Random(7)
    asked = [page.title for page in rng.sample(whole_library.published(lang), 40)]
    asked += [
        alias
        for page in rng.sample(whole_library.published(lang), 40)
        for alias in page.aliases[:1]
    ]
    quotes = [quote for text in asked for quote in whole_answers.answer(text, lang=lang).passages]
    assert len(quotes) > 100
    for quote in quotes:
        html = published(build, quote.url)
        assert quote.text in (*blocks_of_html(html), *ticked(html, lang)), quote
        anchor = quote.url.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in html, quote


@pytest.mark.parametrize("lang", list(Lang))
def test_every_result_lands_on_its_passage(
    build: BuildFolder, whole_answers: Answers, whole_library: Library, lang: Lang
) -> None:
    rng = random.Random(8)
    for page in rng.sample(whole_library.published(lang), 40):
        for hit in whole_answers.search(page.title, lang=lang, limit=5).hits:
            anchor = hit.url.partition("#")[2]
            assert not anchor or f'id="{anchor}"' in published(build, hit.url), hit.url


@pytest.mark.parametrize("lang", list(Lang))
def test_every_problem_and_duty_is_found_by_its_name(
    whole_answers: Answers, whole_library: Library, lang: Lang
) -> None:
    missed = []
    for group in whole_library.groups:
        for topic in group.topics:
            hit = whole_answers.search(topic.name(lang), lang=lang, limit=1).hits[0]
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
