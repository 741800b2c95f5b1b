"""What is compared between two generators, so that a page that lost something is noticed."""

import pytest

from benchmarks.successors import compared, differences, report, seen

PAGE = (
    "<title>Shed · Lanewise</title><link rel=icon href=a.svg><nav>menu</nav>"
    '<article><h1>Shed</h1><p id="result">Three <a href="../locks/">locks</a></p></article>'
)


@pytest.fixture
def read(tmp_path):
    def run(text: str):
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        return seen(path, "http://site/en/cases/shed/")

    return run


@pytest.mark.parametrize(
    ("was", "becomes", "kinds"),
    [
        ("menu", "other menu", []),
        ('"../locks/"', '"/en/cases/locks/"', []),
        ('"../locks/"', '"../../locks/"', ["links"]),
        ("Three", "Two", ["article"]),
        ("Shed ·", "·", ["title"]),
        ("result", "ergebnis", ["ids"]),
        ("a.svg", "b.svg", ["files"]),
    ],
)
def test_what_a_reader_would_miss_is_noticed_and_nothing_else(read, was, becomes, kinds):
    assert list(compared(read(PAGE), read(PAGE.replace(was, becomes)))) == kinds


def test_a_page_that_was_not_made_is_missing(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        (folder / "index.html").write_text(PAGE)
    (ours / "404.html").write_text(PAGE)
    told = differences(ours, theirs, "en")
    assert told == {"missing": 1}
    assert report(ours, told) == "2 pages, 1 the same to the byte; differing in missing 1"
