"""The shipped matcher over the shipped pack in a real browser, against the server's ranking."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from search_index import Answers, Lang, Library, judge, pack_of, read_judged, scores
from search_index.evaluate import Judged, Verdict

ROOT = Path(__file__).parents[2]
MATCHER = ROOT / "kb_app/site/assets/lanewise-matcher.js"
JUDGED = ROOT.parent / "shared/eval/dev.tsv"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def page(whole_library: Library) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        opened = browser.new_page()
        opened.add_script_tag(path=MATCHER)
        for lang in Lang:
            packed = base64.b64encode(pack_of(whole_library, lang)).decode()
            opened.evaluate(
                """([lang, packed]) => {
                    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
                    self[lang] = LanewiseMatcher.open(bytes.buffer);
                }""",
                [lang.value, packed],
            )
        yield opened
        browser.close()


def found(page: Page, text: str, lang: Lang) -> list[dict[str, object]]:
    asked = "([lang, text]) => self[lang].search(text, {limit: 10}).hits"
    hits: list[dict[str, object]] = page.evaluate(asked, [lang.value, text])
    return hits


@pytest.mark.parametrize(
    ("text", "lang", "first"),
    [
        ("电瓶车上楼", Lang.ZH, "ebike-corridor"),
        ("電瓶車上樓", Lang.ZH, "ebike-corridor"),
        ("wires hanging from windows to charge scooters", Lang.EN, "ebike-flying-wire"),
        ("parkign locks", Lang.EN, "parking-lock"),
        ("地锁", Lang.ZH, "parking-lock"),
    ],
)
def test_the_right_page_is_first_without_network(
    page: Page, text: str, lang: Lang, first: str
) -> None:
    hit = found(page, text, lang)[0]
    assert hit["id"] == first
    assert str(hit["url"]).startswith(f"/{lang}/problems/{first}/")


def test_words_that_nobody_wrote_find_nothing(page: Page) -> None:
    assert found(page, "zzqqxx", Lang.EN) == []
    assert found(page, "", Lang.ZH) == []


@pytest.mark.skipif(not JUDGED.exists(), reason="the judged queries are not beside the project")
def test_offline_ranking_is_as_good_as_the_servers(page: Page, whole_answers: Answers) -> None:
    queries = [judged for judged in read_judged(JUDGED) if judged.problems]

    def verdict(judged: Judged) -> Verdict:
        hits = found(page, judged.query, judged.lang or Lang.ZH)
        problems = [set(hit["problems"]) for hit in hits]  # type: ignore[call-overload]
        ranks = tuple(n for n, named in enumerate(problems, 1) if judged.problems & named)
        return Verdict(judged, ranks, answered=False, alarmed=False)

    server = scores(judge(whole_answers, queries))
    offline = scores([verdict(judged) for judged in queries])
    for name in ("overall.hit@3", "lang.zh.hit@3", "lang.en.hit@3"):
        assert offline[name] >= server[name] - 0.03, (name, offline[name], server[name])
