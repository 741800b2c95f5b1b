"""The folder of a session: slides, sheets and an index, all of which open without a network."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from kb_app.session.archive import write_archive
from kb_app.session.deck import deck, document
from kb_app.session.printing import browser, print_sheets
from kb_app.session.sheets import STYLE, sheets
from kb_app.session.slides import slides
from kb_app.session.words import word
from search_index import Kind, Lang, Library, Page, Session


class UnknownSessionError(LookupError):
    """There is no such published session; `known` are those there are."""

    def __init__(self, slug: str, known: tuple[str, ...]) -> None:
        super().__init__(slug)
        self.slug, self.known = slug, known


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a pack; `printed` says whether the sheets are there as PDF too."""

    files: tuple[Path, ...]
    printed: bool


def session_of(
    library: Library, slug: str, lang: Lang, *, drafts: bool = False
) -> tuple[Page, Session]:
    """A session, published or if asked a draft; raises UnknownSessionError."""
    found = {page.id: page for page in library.published(lang, Kind.SESSION)}
    page = library.pages.get((lang, slug)) if drafts else found.get(slug)
    if page is None or not isinstance(page.details, Session):
        raise UnknownSessionError(slug, tuple(found))
    return page, page.details


def write_pack(library: Library, slug: str, lang: Lang, folder: Path) -> Written:
    """Write the pack into a folder, which is made if need be; raises UnknownSessionError."""
    from kb_app.session.powerpoint import write_pptx

    page, session = session_of(library, slug, lang)
    folder.mkdir(parents=True, exist_ok=True)
    made = sheets(library, page, session)
    texts = {f"{sheet.name}.html": sheet.html(lang) for sheet in made}
    pages = [_write(folder, name, text) for name, text in texts.items()]
    program = browser()
    pdfs = print_sheets(program, pages) if program else []
    drawn = slides(library, page, session)
    shown = _write(folder, "slides.html", deck(drawn, page.title, lang))
    office = write_pptx(drawn, page.title, lang, folder / "slides.pptx")
    entries = [(shown.name, word(lang, "slides")), (office.name, word(lang, "office"))]
    for path, sheet in zip(pages, made, strict=True):
        pdf = path.with_suffix(".pdf")
        entries.append(((pdf if pdf in pdfs else path).name, sheet.title.split(" · ")[0]))
    index = _write(folder, "index.html", _index(page, lang, entries))
    return Written((index, shown, office, *pages, *pdfs), len(pdfs) == len(pages))


def zipped(written: Written, target: Path) -> Path:
    """The files of a pack as one zip, without times."""
    files = ((f"{target.stem}/{path.name}", path.read_bytes()) for path in sorted(written.files))
    return write_archive(files, target)


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _index(page: Page, lang: Lang, entries: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<li><a href="{name}">{escape(what)}</a> · {name}</li>' for name, what in entries
    )
    body = (
        f"<h1>{escape(page.title)}</h1><p>{word(lang, 'how')}</p>"
        f"<h2>{word(lang, 'inside')}</h2><ul>{rows}</ul>"
    )
    return document(page.title, lang, body, STYLE + "li{line-height:44px}")
