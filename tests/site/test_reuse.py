import shutil
from datetime import date
from pathlib import Path

import pytest

from kb_app.site import build_site
from kb_app.site.reuse import Kept, pages, recall, remember
from search_index import read_library

TODAY = date(2026, 11, 23)


def built(content: Path, build_dir: Path, output: Path, version: str = "1") -> dict[str, bytes]:
    """Every file of the site of a library, by its path."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    build_site(
        read_library(content, today=TODAY).library,
        build_dir=build_dir,
        output=output,
        site_url="http://kb.example",
        version=version,
        content_dir=content,
        today=TODAY,
    )
    files = (path for path in sorted(output.rglob("*")) if path.is_file())
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in files}


@pytest.mark.unmeasured
def test_a_site_with_pages_from_before_is_the_same_to_the_byte(content, tmp_path):
    again, output = tmp_path / "build", tmp_path / "site"
    built(content, again, output)
    case = content / "zh/cases/bins-moved.md"
    case.write_text(case.read_text("utf-8").replace("title: ", "title: 又见"), encoding="utf-8")
    (content / "zh/cases/not-yet.md").unlink()
    first = built(content, again, output)
    assert first == built(content, tmp_path / "new", output)
    assert first == built(content, again, output)
    assert "又见" in first["zh/cases/bins-moved/index.html"].decode()


@pytest.mark.unmeasured
def test_pages_are_taken_from_before_until_something_that_they_share_changes(content, tmp_path):
    build_dir, output = tmp_path / "build", tmp_path / "site"
    made = built(content, build_dir, output)
    for kept in (build_dir / "pages").iterdir():
        kept.write_bytes(kept.read_bytes().replace(b"</body>", b"<!-- kept --></body>"))
    of_pages = [name for name in made if name.endswith("/index.html")]
    taken = built(content, build_dir, output)
    assert [name for name in of_pages if b"<!-- kept -->" not in taken[name]] == []
    assert b"<!-- kept -->" not in taken["zh/404.html"]
    other = built(content, build_dir, output, version="2")
    assert [name for name in of_pages if b"<!-- kept -->" in other[name]] == []


@pytest.fixture
def staged(tmp_path):
    """What a configuration names, with one page."""
    theme, docs = tmp_path / "theme", tmp_path / "docs"
    for path in (theme / "partials", docs / "cases"):
        path.mkdir(parents=True)
    (theme / "main.html").write_text("a")
    (tmp_path / "mkdocs.yml").write_text("a")
    (docs / "cases" / "one.md").write_text("a")
    return {
        "INHERIT": str(tmp_path / "mkdocs.yml"),
        "docs_dir": str(docs),
        "site_dir": str(tmp_path / "site"),
        "theme": {"custom_dir": str(theme)},
    }


def name_of_page(values) -> str:
    (kept,) = pages(Path("pages"), values)
    return kept.kept.name


def test_a_page_is_the_same_wherever_its_site_will_lie(staged):
    (kept,) = pages(Path("pages"), staged)
    assert kept.output == Path(staged["site_dir"], "cases", "one", "index.html")
    assert name_of_page(staged) == name_of_page({**staged, "site_dir": "/elsewhere"})


@pytest.mark.parametrize("changed", ["theme/main.html", "docs/cases/one.md", "mkdocs.yml"])
def test_all_that_a_page_depends_on_is_in_its_name(staged, tmp_path, changed, monkeypatch):
    before = name_of_page(staged)
    assert name_of_page({**staged, "extra": {"words": "new"}}) != before
    (tmp_path / "theme" / "partials" / "new.html").write_text("")
    new_theme = name_of_page(staged)
    assert new_theme != before
    (tmp_path / changed).write_text("b")
    assert name_of_page(staged) != new_theme
    monkeypatch.setattr("sys.version", "4")
    assert name_of_page(staged) != new_theme


def test_pages_that_no_site_has_any_more_are_dropped(tmp_path):
    folder, output = tmp_path / "pages", tmp_path / "index.html"
    output.write_text("new")
    first, second = (Kept(folder / f"{name}.html", output) for name in "ab")
    remember([first, second], folder)
    (folder / "left.new").write_text("half of it")
    remember([second], folder)
    assert [path.name for path in folder.iterdir()] == ["b.html"]


def test_what_is_kept_stays_as_it_was_made(tmp_path):
    output = tmp_path / "site" / "a" / "index.html"
    kept = Kept(tmp_path / "pages" / "a.html", output)
    recall([kept])
    assert not output.exists()
    output.parent.mkdir(parents=True)
    output.write_text("made")
    remember([kept], tmp_path / "pages")
    output.write_text("touched later")
    remember([kept], tmp_path / "pages")
    recall([kept._replace(output=tmp_path / "new" / "index.html")])
    assert (tmp_path / "new" / "index.html").read_text() == "made"
