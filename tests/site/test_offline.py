"""What phones keep: the bundle, the list, and the page for what is not kept."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.settings import Settings
from kb_app.site.offline import bundle, printed
from search_index import BuildFolder, Lang

HTML = st.lists(st.sampled_from(["<p>", "</p>", "<", ">", "楼道", "a & b", " ", "\n", "&lt;"]))


def numbers(data: bytes) -> list[int]:
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


def unpacked(data: bytes) -> dict[str, str]:
    """The files of a bundle, read as the worker reads them."""
    size = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + size])
    end = 4 + size + head["size"]
    pieces = data[4 + size : end].decode(head["encoding"]).split("\0")
    known, found, left = 0, {}, iter(numbers(data[end:]))
    for path, count in head["files"]:
        text = ""
        for _ in range(count):
            number = next(left)
            known += not number
            text += pieces[(number or known) - 1]
        found[path] = text
    return found


@pytest.fixture(scope="module")
def site(built: Settings) -> Path:
    folder = BuildFolder(built.build_dir)
    return folder.path / folder.current().site


@given(st.dictionaries(st.text("/abc", min_size=1), HTML.map("".join)))
def test_any_files_come_out_of_a_bundle_as_they_went_in(texts):
    assert unpacked(bundle(texts)) == texts


def test_what_every_file_has_is_in_the_bundle_once():
    word = "公约" * 200
    once, many = (len(bundle({f"/{n}/": f"<p>{word}</p>" for n in range(k)})) for k in (1, 50))
    assert many < once + 50 * 30


@pytest.mark.parametrize("lang", list(Lang))
def test_the_list_names_every_page_with_its_print(site, lang):
    listed = json.loads((site / "offline" / f"{lang}.json").read_text("utf-8"))
    data = (site / listed["pages"]["url"].lstrip("/")).read_bytes()
    assert len(data) == listed["pages"]["bytes"]
    assert printed(data) in listed["pages"]["url"]
    files = unpacked(gzip.decompress(data))
    assert {path: printed(text.encode()) for path, text in files.items()} == listed["files"]
    pages = {
        f"/{path.relative_to(site).as_posix()}".removesuffix("index.html")
        for path in (site / lang).rglob("*.html")
    }
    assert pages - set(files) == {f"/{lang}/404.html"}
    for path in files:
        served = site / path.lstrip("/") / ("index.html" if path.endswith("/") else "")
        assert files[path] == served.read_text("utf-8")


def test_the_worker_names_no_other_host():
    from kb_app import site as package

    folder = Path(os.fspath(package.__file__)).parent
    for name in ("sw.js", "handbook.js", "assets/lanewise-offline.js"):
        assert "//" not in "".join(
            line for line in (folder / name).read_text("utf-8").splitlines() if "://" in line
        ), name
