import gzip
import json
import re

import brotli
import pytest

from kb_app.site.finish import CONTENT_MARK, TITLE_MARK, compress, finish, script_hashes, shell
from kb_app.site.generator import SiteError
from search_index import Lang

GONE = f"<html><title>x</title><body>{CONTENT_MARK}<h1>x</h1>{CONTENT_MARK}</body></html>"


@pytest.fixture
def output(tmp_path):
    """A generated site of two pages a language, with files of a theme."""
    for lang in Lang:
        folder = tmp_path / "site" / lang
        (folder / "assets" / "theme").mkdir(parents=True)
        (folder / "404.html").write_text(GONE, encoding="utf-8")
        page = f'<link href="assets/used.css"><script>go()</script><p lang="{lang}">' + "字" * 400
        (folder / "index.html").write_text(page, encoding="utf-8")
        (folder / "assets" / "used.css").write_text("a{}")
        (folder / "assets" / "theme" / "unused.js").write_text("x")
    return tmp_path / "site"


def test_inline_scripts_are_named_by_their_hash_and_data_is_not():
    page = (
        "<script>1</script><script src='a.js'></script><script>1</script>"
        '<script type="application/json">{}</script><SCRIPT\n>\n2</SCRIPT>'
    )
    found = script_hashes([page, page])
    assert len(found) == 2
    assert all(each.startswith("sha256-") for each in found)


def test_a_site_without_inline_scripts_needs_no_hashes(output):
    for page in output.rglob("index.html"):
        page.write_text("<p>x")
    finish(output, output.parent / "cache")
    assert json.loads((output / "csp.json").read_text())["script_hashes"] == []


def test_the_shell_has_one_place_for_a_title_and_one_for_a_content(output):
    finish(output, output.parent / "cache")
    for lang in Lang:
        made = (output / "shell" / f"{lang}.html").read_text("utf-8")
        assert made == f"<html><title>{TITLE_MARK}</title><body>{CONTENT_MARK}</body></html>"


@pytest.mark.parametrize(
    ("part", "has"), [("", []), ("-desk", ["d"]), ("-asking", ["a"]), ("-weekly", ["w"])]
)
def test_a_shell_has_what_its_part_needs_and_nothing_of_another(output, part, has):
    head = "".join(
        f"<!-- lanewise:{name} --><link href={name[0]}><!-- lanewise:{name} -->"
        for name in ("desk", "asking", "weekly")
    )
    page = output / "zh" / "404.html"
    page.write_text(page.read_text("utf-8").replace("<body>", f"{head}<body>"), "utf-8")
    finish(output, output.parent / "cache")
    made = (output / "shell" / f"zh{part}.html").read_text("utf-8")
    assert re.findall(r"href=(.)>", made) == has


def test_a_theme_without_a_place_for_a_content_is_an_error(output):
    (output / "zh" / "404.html").write_text("<title>x</title>")
    with pytest.raises(SiteError, match=r"zh/404\.html"):
        finish(output, output.parent / "cache")


def test_only_the_first_title_and_the_marked_content_are_replaced():
    page = f"<title>a</title><svg><title>b</title></svg>{CONTENT_MARK}c{CONTENT_MARK}d"
    assert shell(page).count("<title>b</title>") == 1
    assert shell(page).endswith(f"{CONTENT_MARK}d")


def test_files_of_the_theme_that_no_page_asks_for_are_swept_away(output):
    finish(output, output.parent / "cache")
    assert (output / "zh" / "assets" / "used.css").exists()
    assert not (output / "zh" / "assets" / "theme").exists()


def test_compressed_files_say_the_same(output):
    finish(output, output.parent / "cache")
    page = output / "zh" / "index.html"
    assert brotli.decompress(page.with_name("index.html.br").read_bytes()) == page.read_bytes()
    assert gzip.decompress(page.with_name("index.html.gz").read_bytes()) == page.read_bytes()


def test_small_files_and_what_only_the_service_reads_are_left_alone(output):
    finish(output, output.parent / "cache")
    assert not (output / "zh" / "assets" / "used.css.br").exists()
    assert not list((output / "shell").glob("*.br"))
    assert not (output / "csp.json.br").exists()


def test_only_what_changed_is_compressed_again(output):
    cache = output.parent / "cache"
    compress(output, cache)
    before = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    for path in [*output.rglob("*.br"), *output.rglob("*.gz")]:
        path.unlink()
    (output / "en" / "index.html").write_text("new" * 200)
    compress(output, cache)
    after = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    kept = {name for name in before if after.get(name) == before[name]}
    assert len(kept) == 2
    assert len(after) == 4


def test_a_disk_without_second_names_gets_copies(output, monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr("os.link", refuse)
    compress(output, output.parent / "cache")
    assert (output / "zh" / "index.html.br").exists()
