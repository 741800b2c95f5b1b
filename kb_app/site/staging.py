"""From a library to two folders of plain, complete Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

from kb_app.site import links
from kb_app.site.case import case_parts
from kb_app.site.duty import guide_parts, plain_parts, plan_parts, session_parts
from kb_app.site.edition import Edition
from kb_app.site.indexes import index_pages
from kb_app.site.pictures import size_of, sized
from kb_app.site.pieces import PLACES, rows
from kb_app.site.problem import problem_parts
from kb_app.site.staged import Part, Staged
from search_index import Case, Guide, Lang, Library, Page, Plan, ProblemType, Session, Status


def stage(  # noqa: PLR0913 - the library, where it goes, and what the pages say of themselves
    library: Library,
    lang: Lang,
    folder: Path,
    *,
    today: date,
    version: str,
    beside: Mapping[PurePosixPath, bytes | Path] | None = None,
    related: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Staged, ...]:
    """Make `folder` hold exactly the pages of one language, and the files beside them.

    A file that is right already is left alone; one that nobody asked for is removed. The pages are
    handed back for what else is made of them.
    """
    made = tuple(pages(Edition(library, lang, today, related or {}), version))
    others = {
        path: data.read_bytes() if isinstance(data, Path) else data
        for path, data in (beside or {}).items()
    }
    sizes = {path.as_posix(): size for path, data in others.items() if (size := size_of(data))}
    wanted = {
        path: sized(path.as_posix(), text, sizes).encode() for path, text in texts(made).items()
    } | others
    for path, data in wanted.items():
        write(folder / path, data)
    _remove_others(folder, {folder / path for path in wanted})
    return made


def texts(made: Iterable[Staged]) -> dict[PurePosixPath, str]:
    """Every page of the site as Markdown, by its path; no link in it is dead."""
    found = {page.path: page.text() for page in made}
    known = {path.as_posix(): links.anchors(text) for path, text in found.items()}
    return {path: links.mended(path.as_posix(), text, known) for path, text in found.items()}


def pages(edition: Edition, version: str) -> Iterator[Staged]:
    """Every page of the site: those that people wrote, and those that lead to them."""
    for page in edition.built.values():
        yield staged(edition, page)
    yield from index_pages(edition, version)


def staged(edition: Edition, page: Page) -> Staged:
    """A page that somebody wrote, with all that the library adds to it."""
    nav = PLACES.get(page.kind)
    away = f"/{edition.lang.other}/"
    twin = edition.twin(page)
    return Staged(
        path=PurePosixPath(page.kind.folder, f"{page.id}.md"),
        title=page.title,
        parts=(*_parts(edition, page), *_related(edition, page)),
        twin=twin or f"{away}{page.kind.folder}/".replace("//", "/"),
        description=page.lesson,
        nav=edition.word(nav) if nav else "",
        id=page.id,
        kind=page.kind.value,
        checked_on=page.checked_on,
        translated=twin is not None,
        listed=page.status is not Status.RETIRED,
    )


def _parts(edition: Edition, page: Page) -> tuple[Part, ...]:
    details = page.details
    if isinstance(details, ProblemType):
        return problem_parts(edition, page, details)
    if isinstance(details, Case):
        return case_parts(edition, page, details)
    if isinstance(details, Guide):
        return guide_parts(edition, page, details)
    if isinstance(details, Session):
        return session_parts(edition, page, details)
    if isinstance(details, Plan):
        return plan_parts(edition, page, details)
    return plain_parts(edition, page)


def _related(edition: Edition, page: Page) -> Iterator[Part]:
    """The pages nearest to a page, without the cases that stand on it anyway."""
    listed = {case.id for case in edition.cases_by_topic.get(page.id, ())}
    near = [slug for slug in edition.related.get(page.id, ()) if slug not in listed]
    if pages := edition.known(near):
        text = rows(edition, page.url, pages, kinds=True)
        yield Part(text, "related", edition.word("related"))


def write(path: Path, data: bytes) -> bool:
    """Write a file unless it holds that already; say whether it had to be."""
    try:
        if path.read_bytes() == data:
            return False
    except OSError:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


def _remove_others(folder: Path, wanted: set[Path]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif not path.is_dir() and path not in wanted:
            path.unlink()
