"""The built site as a whole: what the real generator makes of the small library."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from kb_app import generation, service
from kb_app.settings import Settings
from kb_app.site import CONTENT_MARK, TITLE_MARK, SiteError, build_site
from search_index import BuildFolder, Lang, Library


class Page(HTMLParser):
    """What a browser would fetch, follow and find on a page."""

    FETCHED = (("script", "src"), ("img", "src"), ("link", "href"), ("source", "srcset"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched, self.links, self.ids, self.inline, self.heads = [], [], [], [], []
        self.language, self.titles = "", 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        self.inline += ["style"] if tag == "style" else []
        self.heads += [found] if tag in {"link", "meta"} else []
        if found.get("rel") != "canonical" and "hreflang" not in found:
            self.fetched += [
                found[name] for its, name in self.FETCHED if its == tag and name in found
            ]
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if "id" in found:
            self.ids.append(found["id"])
        self.language = self.language or (found.get("lang") or "" if tag == "html" else "")
        self.titles += tag == "h1"


@pytest.fixture(scope="module")
def site(built: Settings) -> Path:
    folder = BuildFolder(built.build_dir)
    return folder.path / folder.current().site


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Every page by its address."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        address = "/" + path.relative_to(site).as_posix().removesuffix("index.html")
        if not address.startswith(("/shell/", "/offline/")):
            found[address] = Page(path.read_text("utf-8"))
    return found


def internal(pages: dict[str, Page]) -> Iterator[tuple[str, str, str]]:
    """Every link to this site: the page it stands on, where it leads, and its fragment."""
    for here, page in pages.items():
        for link in page.links:
            there = urlsplit(urljoin(f"http://site{here}", link))
            if there.netloc == "site":
                yield here, unquote(there.path), unquote(there.fragment)


def test_no_page_asks_another_host_for_anything(pages):
    assert len(pages) > 40
    for address, page in pages.items():
        outside = [url for url in page.fetched if re.match(r"[a-z]+:|//", url)]
        assert outside == [], address


def test_no_page_has_a_style_or_a_handler_of_its_own(pages):
    assert {address: page.inline for address, page in pages.items() if page.inline} == {}


def test_no_link_is_dead(pages):
    made = {
        f"/{lang}/{name}"
        for lang in Lang
        for name in ("search", "ask", "questions", "weekly", "feed.atom", "desk/rooms/new")
    }
    made |= {f"/offline/lanewise-handbook-{lang}.html" for lang in Lang}
    for here, there, fragment in internal(pages):
        assert there in pages or there in made, f"{here} -> {there}"
        if fragment and there in pages:
            assert fragment in pages[there].ids, f"{here} -> {there}#{fragment}"


def test_every_id_is_there_once_and_every_page_has_one_title(pages):
    for address, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), address
        assert page.titles == 1, address


def test_every_page_leads_to_its_twin_by_an_address_without_host(pages):
    for address, page in pages.items():
        other = "/en/" if address.startswith("/zh/") else "/zh/"
        twins = [link for link in page.links if link.startswith(other)]
        assert len(twins) == 1, address
        assert page.language == address[1:3]


def test_pages_with_a_twin_lead_to_it_and_not_to_a_list(pages):
    assert "/en/cases/shed-before-ban/" in pages["/zh/cases/shed-before-ban/"].links
    assert "/zh/problems/ebike-corridor/" in pages["/en/problems/ebike-corridor/"].links


def test_the_policy_needs_no_exception_for_scripts(site):
    assert json.loads((site / "csp.json").read_text()) == {"script_hashes": []}


def test_the_files_of_the_theme_that_nobody_needs_are_gone(site):
    left = {path.suffix for path in (site / "zh" / "assets").rglob("*")} - {".br", ".gz"}
    assert left == {".css", ".js", ".svg"}
    scripts = list((site / "zh" / "assets").rglob("*.js"))
    assert all(path.name.startswith(("lanewise-", "scheme.")) for path in scripts)
    served = ("lanewise-room.", "lanewise-weekly.")
    read = [path for path in scripts if not path.name.startswith(served)]
    assert sum(path.stat().st_size for path in read) < 90_000


def test_the_shell_is_a_whole_page_around_two_marks(site):
    for lang in Lang:
        text = (site / "shell" / f"{lang}.html").read_text("utf-8")
        assert text.count(TITLE_MARK) == text.count(CONTENT_MARK) == 1
        shared = ("/icons/", "/favicon.ico", f"/{lang}/")
        assert all(url.startswith(shared) for url in Page(text).fetched)


def test_the_marks_are_those_that_the_service_fills():
    assert (generation.TITLE_MARK, generation.CONTENT_MARK) == (TITLE_MARK, CONTENT_MARK)


def test_the_first_page_is_small_enough_for_a_bad_network(site):
    sent = sum(
        path.with_name(f"{path.name}.br").stat().st_size
        for path in [site / "zh" / "index.html", *(site / "zh" / "assets").glob("*.[cj]s*")]
        if path.suffix in {".html", ".css", ".js"}
    )
    assert sent < 70_000


def test_nothing_of_the_theme_speaks_to_the_reader(site):
    for path in [site / "zh" / "index.html", site / "en" / "cases" / "index.html"]:
        text = path.read_text("utf-8")
        assert not re.search(r"Material|Made with|MkDocs|unpkg|gstatic", text)


def test_building_again_compresses_nothing_that_is_unchanged(sample_library, built, tmp_path):
    build_dir = tmp_path / "build"
    before: dict[str, int] = {}
    for name in ("one", "two"):
        build_site(
            sample_library,
            build_dir=build_dir,
            output=tmp_path / name,
            site_url=built.address,
            version=service.version(),
            today=date(2026, 11, 22),
        )
        made = {path.name: path.stat().st_mtime_ns for path in (build_dir / "compressed").iterdir()}
        assert not before or {name for name in made if made[name] != before.get(name)} <= {
            name for name in made if name not in before
        }
        before = before or made
    assert set(made) == set(before)


def test_a_page_that_the_generator_refuses_is_reported_in_its_words(make_page, tmp_path):
    page = make_page("shed", parts={"situation": "![平面图](../diagrams/none.svg)"})
    library = Library(pages={(page.lang, page.id): page})
    with pytest.raises(SiteError, match=r"none\.svg"):
        build_site(
            library,
            build_dir=tmp_path / "build",
            output=tmp_path / "site",
            site_url="http://kb.example",
            version="1",
        )


def test_pictures_of_the_content_are_on_the_site(make_page, tmp_path):
    content = tmp_path / "content"
    (content / "zh" / "diagrams").mkdir(parents=True)
    (content / "zh" / "diagrams" / "plan.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'/>"
    )
    (content / "zh" / "diagrams" / ".hidden").write_text("x")
    page = make_page("shed", parts={"situation": "![平面图](../diagrams/plan.svg)"})
    build_site(
        Library(pages={(page.lang, page.id): page}),
        build_dir=tmp_path / "build",
        output=tmp_path / "site",
        site_url="http://kb.example",
        version="1",
        content_dir=content,
    )
    assert [path.name for path in (tmp_path / "site" / "zh" / "diagrams").iterdir()] == ["plan.svg"]


def named(page: Page, **wanted: str) -> list[dict[str, str]]:
    """The elements of a page's head with these attributes."""
    return [head for head in page.heads if wanted.items() <= head.items()]


def test_pages_in_both_languages_name_each_other(pages, built):
    """Their own language and the neutral one stand in the map of the site."""
    linked = 0
    for address, page in pages.items():
        found = {each["hreflang"]: each["href"] for each in page.heads if "hreflang" in each}
        if not found:
            continue
        here, there = ("zh-CN", "en") if address.startswith("/zh/") else ("en", "zh-CN")
        assert list(found) == [there]
        twin = pages[found[there].removeprefix(built.address)]
        (back,) = [each for each in twin.heads if "hreflang" in each]
        assert (back["hreflang"], back["href"]) == (here, f"{built.address}{address}")
        assert named(page, rel="canonical")[0]["href"] == back["href"]
        linked += 1
    assert linked > 30


def test_a_page_without_a_twin_claims_none(pages):
    alone = pages["/zh/cases/bins-moved/"]
    assert not [each for each in alone.heads if "hreflang" in each]


def test_every_page_says_what_it_is_about(pages):
    for address, page in pages.items():
        if address.endswith(("404.html", "away.html", "ask.html", "weekly.html")):
            assert named(page, name="robots", content="noindex")
            continue
        told = named(page, name="description")
        assert len(told) == 1, address
        assert told[0]["content"], address
        for name in ("title", "description", "url", "locale", "site_name", "image"):
            assert named(page, property=f"og:{name}")[0]["content"], address


def test_what_the_head_links_to_is_there(site, pages):
    for address, page in pages.items():
        for each in page.heads:
            if each.get("rel") in {"icon", "apple-touch-icon", "manifest", "search", "alternate"}:
                there = urlsplit(urljoin(f"http://site{address}", each["href"]))
                if there.netloc == "site":
                    assert (site / there.path.lstrip("/")).is_file(), each


def test_a_site_that_only_its_own_machine_can_open_has_no_codes(site):
    assert not list(site.rglob("qr.svg"))


def test_a_site_with_a_public_address_has_a_code_for_every_page(sample_library, tmp_path):
    build_site(
        sample_library,
        build_dir=tmp_path / "build",
        output=tmp_path / "site",
        site_url="https://kb.example/",
        version="1",
    )
    found = list((tmp_path / "site").rglob("index.html"))
    assert len(found) > 30
    for path in found:
        assert path.with_name("qr.svg").is_file(), path
        assert 'src="qr.svg"' in path.read_text("utf-8")
    text = (tmp_path / "site/zh/problems/ebike-corridor/index.html").read_text("utf-8")
    assert "<strong>kb.example/zh/problems/ebike-corridor/</strong>" in text
