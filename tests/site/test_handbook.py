"""The handbook as a file: whole, balanced, and leading nowhere outside itself."""

import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kb_app.settings import Settings
from kb_app.site import HANDBOOKS
from search_index import BuildFolder, Kind, Lang

EMPTY = {"meta", "input", "img", "br", "hr", "path", "circle", "line", "rect"}


class Tags(HTMLParser):
    """The ids and links of a page; fails where an element is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in EMPTY:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self.fetched += [found[name] for name in ("src", "srcset") if name in found]
        assert "style" not in found

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module", params=list(Lang))
def lang(request: pytest.FixtureRequest) -> Lang:
    return request.param


@pytest.fixture(scope="module")
def text(built: Settings, lang: Lang) -> str:
    folder = BuildFolder(built.build_dir)
    path = folder.path / folder.current().site / HANDBOOKS[list(Lang).index(lang)]
    assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == path.read_bytes()
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def tags(text: str) -> Tags:
    return Tags(text)


def test_every_problem_guide_and_case_is_a_leaf(tags, sample_library, lang):
    wanted = {
        page.id
        for kind in (Kind.PROBLEM, Kind.GUIDE, Kind.CASE)
        for page in sample_library.published(lang, kind)
    }
    assert wanted <= set(tags.ids)


def test_every_element_is_closed_and_every_id_there_once(tags):
    assert tags.open == []
    assert len(tags.ids) == len(set(tags.ids))


def test_every_link_stays_in_the_file_or_calls(tags):
    outside = [link for link in tags.links if not link.startswith(("#", "tel:"))]
    assert outside == []
    inside = {link[1:] for link in tags.links if link.startswith("#")}
    assert {link.partition("--")[0] for link in inside} <= set(tags.ids)


def test_nothing_is_fetched(tags):
    assert all(url.startswith("data:image/") for url in tags.fetched)


def test_only_its_own_program_and_style_may_run(text):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    for inline in (style, script):
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_what_is_for_the_class_room_is_left_out(text):
    assert "--quiz" not in text
    assert "--sources" not in text
    assert "kb-crumbs" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
