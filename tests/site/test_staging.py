import re
from datetime import date
from io import BytesIO
from pathlib import PurePosixPath

import pytest
import segno

from kb_app.site import links
from kb_app.site.edition import Edition
from kb_app.site.staging import pages, stage, texts, write
from search_index import Case, Kind, Lang, Library, Status
from search_index.passages import cut_all

TODAY = date(2026, 11, 22)


@pytest.fixture
def staged(tmp_path):
    """Stage a library in one language and give its folder."""

    def run(library, lang=Lang.ZH, **values):
        stage(library, lang, tmp_path, today=TODAY, version="1", **values)
        return tmp_path

    return run


def text_of(library: Library, lang: Lang) -> dict[str, str]:
    found = texts(pages(Edition(library, lang, TODAY), "1"))
    return {path.as_posix(): text for path, text in found.items()}


@pytest.mark.parametrize("lang", list(Lang))
def test_every_passage_of_the_index_has_its_place_on_the_site(sample_library, lang):
    staged = text_of(sample_library, lang)
    known = {path: links.anchors(text) for path, text in staged.items()}
    lost = [
        passage.id
        for passage in cut_all(sample_library)
        if passage.lang is lang
        and passage.anchor
        and passage.anchor not in known[f"{passage.kind.folder}/{passage.page}.md"]
    ]
    assert lost == []


@pytest.mark.parametrize("lang", list(Lang))
def test_no_page_uses_an_id_twice(sample_library, lang):
    for path, text in text_of(sample_library, lang).items():
        found = re.findall(r'\{#([^}\s]+)\}|\sid="([^"]+)"', text)
        names = [one or other for one, other in found]
        assert len(names) == len(set(names)), path


def test_every_published_page_is_staged_and_no_draft(sample_library):
    staged = text_of(sample_library, Lang.ZH)
    for page in sample_library.published(Lang.ZH):
        assert f"{page.kind.folder}/{page.id}.md" in staged
    drafts = [page for page in sample_library.pages.values() if page.status is Status.DRAFT]
    assert drafts
    for page in drafts:
        assert f"{page.kind.folder}/{page.id}.md" not in staged
        assert not any(page.title in text for text in staged.values())


def test_a_page_leads_to_its_twin_or_else_to_the_list_of_its_kind(sample_library):
    staged = text_of(sample_library, Lang.ZH)
    for page in sample_library.published(Lang.ZH):
        there = (Lang.EN, page.id) in sample_library.pages
        wanted = f"/en/{page.kind.folder}/{f'{page.id}/' if there else ''}"
        assert f'twin: "{wanted}"' in staged[f"{page.kind.folder}/{page.id}.md"]


def test_a_link_to_a_draft_becomes_its_words(make_page):
    pages = (
        make_page("shed", parts={"situation": "见[草稿](../cases/draft.md#result)。"}),
        make_page("draft", status=Status.DRAFT),
    )
    library = Library(pages={(page.lang, page.id): page for page in pages})
    assert "见草稿。" in text_of(library, Lang.ZH)["cases/shed.md"]


def test_a_plain_page_is_staged_where_it_lies(make_page):
    page = make_page("notes/hello", Kind.PAGE, title="你好")
    staged = text_of(Library(pages={(Lang.ZH, page.id): page}), Lang.ZH)
    assert 'twin: "/en/"' in staged["notes/hello.md"]


def test_staging_again_touches_only_what_changed(staged, make_page):
    def library(words):
        changing = make_page("shed", details=Case(), parts={"situation": words})
        page = make_page("lock", details=Case())
        return Library(pages={(p.lang, p.id): p for p in (changing, page)})

    folder = staged(library("一"))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.md")}
    staged(library("二"))
    touched = [path.name for path, time in before.items() if path.stat().st_mtime_ns != time]
    assert touched == ["shed.md"]


def test_files_that_nobody_asks_for_any_more_are_removed(staged, make_page):
    page = make_page("shed", details=Case())
    folder = staged(Library(pages={(page.lang, page.id): page}))
    (folder / "old").mkdir()
    (folder / "old" / "page.md").write_text("x")
    staged(Library())
    assert not (folder / "cases" / "shed.md").exists()
    assert not (folder / "old").exists()
    assert (folder / "cases" / "index.md").exists()


def test_pictures_lie_beside_the_pages(staged, tmp_path_factory):
    picture = tmp_path_factory.mktemp("pictures") / "plan.svg"
    picture.write_bytes(b"<svg/>")
    beside = {PurePosixPath("diagrams/plan.svg"): picture, PurePosixPath("a.css"): b"a{}"}
    folder = staged(Library(), beside=beside)
    assert (folder / "diagrams" / "plan.svg").read_bytes() == b"<svg/>"
    assert (folder / "a.css").read_bytes() == b"a{}"


def test_a_page_knows_the_size_of_its_pictures(staged, make_page):
    page = make_page(
        "shed",
        parts={"situation": "![图](../diagrams/p.svg) ![无](../diagrams/q.svg) ![屏](../s.png)"},
    )
    drawing = b"<svg xmlns='x' viewBox='0 0 360 424'/>"
    beside = {PurePosixPath("diagrams/p.svg"): drawing, PurePosixPath("diagrams/q.svg"): b"<svg/>"}
    beside[PurePosixPath("s.png")] = png(29)
    folder = staged(Library(pages={(page.lang, page.id): page}), beside=beside)
    text = (folder / "cases" / "shed.md").read_text("utf-8")
    assert '![图](../diagrams/p.svg){ width="360" height="424" loading="lazy" } ![无]' in text
    assert '![屏](../s.png){ width="29" height="29" loading="lazy" }' in text
    assert text.count("width=") == 2


def png(side):
    made = BytesIO()
    segno.make("x", version=1, micro=False).save(made, kind="png", border=(side - 21) // 2)
    return made.getvalue()


def test_a_file_that_is_right_is_not_written(tmp_path):
    assert write(tmp_path / "new" / "a", b"1")
    assert not write(tmp_path / "new" / "a", b"1")
    assert write(tmp_path / "new" / "a", b"2")


def test_the_sample_has_a_page_of_every_kind(sample_library):
    kinds = {page.path.parts[0] for page in pages(Edition(sample_library, Lang.ZH, TODAY), "1")}
    assert {"problems", "cases", "guides", "sessions", "plans", "about"} <= kinds


def test_a_page_ends_with_the_pages_nearest_to_it(sample_library, tmp_path):
    slugs = [page.id for page in sample_library.published(Lang.ZH)]
    stage(
        sample_library, Lang.ZH, tmp_path, today=TODAY, version="1",
        related={slugs[0]: [slugs[0], "nobody", slugs[1]]},
    )  # fmt: skip
    page = sample_library.pages[Lang.ZH, slugs[0]]
    text = (tmp_path / page.kind.folder / f"{page.id}.md").read_text("utf-8")
    assert "## 接着看 {#related}" in text
    assert sample_library.pages[Lang.ZH, slugs[1]].title in text.partition("{#related}")[2]
