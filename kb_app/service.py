"""The one layer where content, index and site meet: check, build, open, status."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from errno import EEXIST
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kb_app.blank import blank_form, blank_weekly
from kb_app.catalogue import catalogue_of
from kb_app.generation import Generation, Generations, open_generation
from kb_app.keeping import Kept, open_kept
from kb_app.settings import Settings
from kb_app.weekly import bank_of, written
from search_index import (
    Answers,
    BuildFolder,
    Current,
    Finding,
    IndexMissingError,
    Kind,
    Lang,
    Library,
    Memo,
    Page,
    Reading,
    Status,
    build_index,
    mark_translated,
    new_page,
    read_library,
)

# What the content is turned into depends on these as well.
_TOOLS = (
    "markdown", "mkdocs", "mkdocs-material", "nh3", "opencc", "pymdown-extensions", "pypinyin",
    "pystemmer", "pyyaml", "segno", "snowballstemmer", "whoosh3",
)  # fmt: skip
# Pages that say at their end what to read next.
_READ_ON = {Kind.PROBLEM, Kind.CASE, Kind.GUIDE}
_PACKAGES = ("kb_app", "search_index")


class RefusedError(Exception):
    """The content has mistakes, so it was not built; `findings` are for the editor."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} mistakes in the content")
        self.findings = findings


class ContentMissingError(Exception):
    """There is no content folder `folder`; for the administrator."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"there is no content folder {folder}")
        self.folder = folder


class GeneratorError(Exception):
    """The site generator is not content; its own warnings, for the editor."""


class Progress(Protocol):
    """Told how far a build is; `total` is 0 where nobody knows."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note."""


def _silent(stage: str, done: int, total: int) -> None:
    """Say nothing."""


class _Clock:
    """Passes progress on, and notes how many seconds were spent in each stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stage = ""
        self._began = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self.stop()
            self._stage = stage
        self._progress(stage, done, total)

    def stop(self) -> None:
        """Note the last stage too."""
        now = time.perf_counter()
        if self._stage:
            spent = self.seconds.get(self._stage, 0) + now - self._began
            self.seconds[self._stage] = round(spent, 3)
        self._stage, self._began = "", now


@dataclasses.dataclass(frozen=True, slots=True)
class Built:
    """What a build came to: the live generation, and whether it had to be made.

    `seconds` says how long each step took, in the order of the steps.
    """

    current: Current
    made: bool
    pages: int
    seconds: Mapping[str, float] = dataclasses.field(default_factory=dict, compare=False)


@contextmanager
def kept(settings: Settings) -> Iterator[Kept]:
    """What must be kept, with its tables up to date, for one command. Raises DatabaseError."""
    found = open_kept(settings, secret_key(settings))
    try:
        found.database.upgrade()
        yield found
    finally:
        found.close()


def version() -> str:
    """The version of the installed project."""
    return metadata.version("lanewise")


def check(settings: Settings) -> Reading:
    """Read the content and find every mistake in it. Raises ContentMissingError."""
    return _read(settings, _memo(settings))


def _read(settings: Settings, memo: Memo) -> Reading:
    if not settings.content_dir.is_dir():
        raise ContentMissingError(settings.content_dir)
    return read_library(settings.content_dir, memo=memo)


def _memo(settings: Settings) -> Memo:
    """What the pages came to when they were built last, by this very code."""
    made_by = hashlib.sha256(f"{version()} {sys.version}".encode())
    _add_tools(made_by)
    _add_files(made_by, [Path(__file__).parents[1] / "search_index"])
    return Memo(settings.build_dir.absolute() / "memo" / "pages", made_by.hexdigest())


def build(settings: Settings, *, progress: Progress = _silent, force: bool = False) -> Built:
    """Make index and site anew, unless what they are made from is unchanged, and publish both.

    Search comes first: it is published at once, for the pages that the live site has, and the site
    follows. Whatever goes wrong on the way, what is live then stays so. Raises RefusedError on
    mistakes in the content, BuildBusyError while another build runs, ContentMissingError, and
    GeneratorError when the site generator is not content.
    """
    if not settings.content_dir.is_dir():
        raise ContentMissingError(settings.content_dir)
    folder = BuildFolder(settings.build_dir.absolute())
    with folder.lock():
        made_from = fingerprint(settings)
        current = folder.current()
        if current is not None and not force and _is_whole(folder, current, made_from):
            return Built(current, made=False, pages=0)
        clock = _Clock(progress)
        clock("read", 0, 0)
        folder.prune()
        memo = _memo(settings)
        reading = _read(settings, memo)
        try:
            if reading.findings:
                raise RefusedError(reading.findings)
            return _build(_Work(settings, folder, reading.library, clock), made_from)
        finally:
            memo.save()


def _is_whole(folder: BuildFolder, current: Current, made_from: str) -> bool:
    parts = (current.index, current.site)
    return current.fingerprint == made_from and all(
        part is not None and (folder.path / part).is_dir() for part in parts
    )


class _Work(NamedTuple):
    """What every step of a build needs."""

    settings: Settings
    folder: BuildFolder
    library: Library
    clock: _Clock


def _build(work: _Work, made_from: str) -> Built:
    searched = _publish_search(work)
    with _removed_on_failure(work.folder.new("site")) as site:
        if searched is not None:
            current = _finish(work, searched, site, made_from)
        else:
            with _removed_on_failure(work.folder.new("index")) as index:
                _index(work, work.library, index)
                current = _finish(work, index, site, made_from)
    work.clock.stop()
    pages = len(work.library.published())
    return Built(current, made=True, pages=pages, seconds=work.clock.seconds)


@contextmanager
def _removed_on_failure(part: Path) -> Iterator[Path]:
    """A generation's folder that is not kept if something goes wrong."""
    try:
        yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _publish_search(work: _Work) -> Path | None:
    """Let search answer from the content as it is now, with the site that is live.

    Only pages that this site has can be found there. The index if those are all, so that the site
    to come can go with it; None if that needs another one.
    """
    current = work.folder.current()
    if current is None or current.site is None:
        return None
    site = work.folder.path / current.site
    pages = {
        key: page
        for key, page in work.library.pages.items()
        if page.status is not Status.PUBLISHED or (site / page.url[1:] / "index.html").is_file()
    }
    library = dataclasses.replace(work.library, pages=pages)
    if not library.published():
        return None
    with _removed_on_failure(work.folder.new("index")) as index:
        _index(work, library, index)
        # Without a fingerprint: index and site are not of one make, so the next build goes on.
        work.folder.publish(index=index, site=site, fingerprint="")
    return index if len(pages) == len(work.library.pages) else None


def _index(work: _Work, library: Library, index: Path) -> None:
    """Build the index of a library in a generation's folder."""
    work.clock("index", 0, 0)
    live = work.folder.current()
    build_index(
        library,
        index_url(index),
        progress=lambda done, total: work.clock("index", done, total),
        previous=index_url(work.folder.path / live.index) if live else None,
    )


def _finish(work: _Work, index: Path, site: Path, made_from: str) -> Current:
    """Build the site that goes with an index, and make both live."""
    work.clock("related", 0, 0)
    related = _related(work.library, index_url(index))
    _build_site(work, site, related)
    return work.folder.publish(index=index, site=site, fingerprint=made_from)


def _related(library: Library, url: str) -> Mapping[str, tuple[str, ...]]:
    """For each page's id the pages nearest to it, in the index that was just built."""
    slugs = {page.id: page.lang for page in library.published() if page.kind in _READ_ON}
    answers = Answers.open(url)
    try:
        return {
            slug: tuple(hit.id for hit in answers.related(slug, lang=lang, limit=4))
            for slug, lang in slugs.items()
        }
    finally:
        answers.close()


def _build_site(work: _Work, output: Path, related: Mapping[str, tuple[str, ...]]) -> None:
    from kb_app.site import SiteError, build_site  # slow to import, and seldom needed

    settings = work.settings
    try:
        build_site(
            work.library,
            build_dir=settings.build_dir.absolute(),
            output=output,
            site_url=settings.address,
            version=version(),
            content_dir=settings.content_dir,
            related=related,
            progress=lambda stage: work.clock(stage, 0, 0),
            blanks=_blanks(),
            banks={lang: written(bank_of(work.library, lang)) for lang in Lang},
        )
    except SiteError as error:
        raise GeneratorError(str(error)) from error
    (output / "names.json").write_text(json.dumps(_names(work.library)), encoding="utf-8")
    catalogue = json.dumps(plain(catalogue_of(work.library)))
    (output / "catalogue.json").write_text(catalogue, encoding="utf-8")


def _blanks() -> Mapping[tuple[Lang, str], tuple[str, str]]:
    """The pages of the service that a phone shows without network."""
    made = {"asking": blank_form, "weekly": blank_weekly}
    return {(lang, part): make(lang) for lang in Lang for part, make in made.items()}


def _names(library: Library) -> Mapping[str, Mapping[str, str]]:
    """The names of the problem types, for pages that are made per request."""
    topics = (topic for group in library.groups for topic in group.topics)
    return {topic.id: {lang.value: topic.name(lang) for lang in Lang} for topic in topics}


def fingerprint(settings: Settings) -> str:
    """A print of everything that index and site are made from.

    It takes a few milliseconds, so that an unchanged library is recognised without reading it. The
    month is part of it, because the first page shows what the season brings.
    """
    here = Path(__file__).parents[1]
    month = datetime.now(UTC).strftime("%Y-%m")
    found = hashlib.sha256(f"{settings.address} {version()} {month}".encode())
    _add_tools(found)
    packages = (here / package for package in _PACKAGES)
    _add_files(found, [settings.content_dir, *packages, here / "mkdocs.yml"])
    return found.hexdigest()[:32]


def _add_tools(found: hashlib._Hash) -> None:
    for tool in _TOOLS:
        found.update(f"{tool} {metadata.version(tool)}\n".encode())


def _add_files(found: hashlib._Hash, tops: list[Path]) -> None:
    """Add files and everything below folders, names and all."""
    for name, path in _files_below(tops):
        if path.is_file():
            data = path.read_bytes()
            found.update(f"{name} {len(data)}\n".encode())
            found.update(data)


def _files_below(folders: list[Path]) -> Iterator[tuple[str, Path]]:
    """Every file with its name below its folder, in an order that does not change."""
    for top in folders:
        if top.is_file():
            yield top.name, top
        for folder, names, files in os.walk(top):
            names[:] = sorted(n for n in names if not n.startswith((".", "__pycache__")))
            paths = (Path(folder, name) for name in sorted(files) if name[0] != ".")
            yield from ((path.relative_to(top).as_posix(), path) for path in paths)


def index_url(folder: Path) -> str:
    """The address of the index in a generation's folder."""
    return f"whoosh://{folder.absolute().as_posix()}"


def handbook(settings: Settings, output: Path, *, progress: Progress = _silent) -> list[Path]:
    """Write the handbook of each language into a folder and say where they are.

    What has changed is built first; raises what `build` raises.
    """
    from kb_app.site import HANDBOOKS  # slow to import, and seldom needed

    built = build(settings, progress=progress)
    site = settings.build_dir / str(built.current.site)
    output.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copyfile(site / name, output / Path(name).name)) for name in HANDBOOKS]


def new(settings: Settings, kind: Kind, slug: str, lang: Lang) -> Path:
    """Write the empty form of a page and say where it is.

    A translation gets the form without its status, which is the source's to say. Raises ValueError
    if the name cannot be one, FileExistsError if it is taken, ContentMissingError without content.
    """
    text = new_page(kind, slug, lang)
    if not settings.content_dir.is_dir():
        raise ContentMissingError(settings.content_dir)
    path = settings.content_dir / lang / kind.folder / f"{slug}.md"
    for taken in settings.content_dir.glob(f"*/**/{slug}.md"):
        if taken.parent.name != kind.folder:
            raise FileExistsError(EEXIST, os.strerror(EEXIST), str(taken))
    path.parent.mkdir(parents=True, exist_ok=True)
    if lang is Lang.EN and (settings.content_dir / Lang.ZH / kind.folder / path.name).exists():
        text = text.replace("status: draft\n", "", 1)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


def translated(settings: Settings, path: Path) -> None:
    """Note in a translation that it says what its source says now. Raises ValueError."""
    mark_translated(path, settings.content_dir)


def preview(library: Library, page: Page) -> str:
    """The inside of a page as the site will show it; the page has passed the checks."""
    from kb_app.site.preview import preview as preview_page  # slow to import

    return preview_page(library, page, datetime.now(UTC).date())


def open_generations(settings: Settings, *, seconds_between_looks: float = 0.1) -> Generations:
    """The generations of the build folder, for a service that runs on while others build.

    A look is one question to the file system, so an edit need not wait long for it.
    """
    folder = BuildFolder(settings.build_dir.absolute())
    return Generations(
        folder,
        lambda current: _open(folder, current),
        seconds_between_looks=seconds_between_looks,
    )


@contextmanager
def opened(settings: Settings) -> Iterator[Generation]:
    """The live generation, for one use. Raises IndexMissingError before the first build."""
    generations = open_generations(settings)
    try:
        lease = generations.lease()
        try:
            yield lease.generation
        finally:
            lease.close()
    finally:
        generations.close()


def _open(folder: BuildFolder, current: Current) -> Generation:
    site = folder.path / current.site if current.site else None
    return open_generation(index_url(folder.path / current.index), site)


def status(settings: Settings) -> dict[str, Any]:
    """What there is: pages by kind and language, mistakes, and what the index was built from."""
    reading = check(settings)
    current = BuildFolder(settings.build_dir.absolute()).current()
    count = {
        kind.value: {lang.value: len(reading.library.published(lang, kind)) for lang in Lang}
        for kind in Kind
    }
    return {
        "version": version(),
        "content": count,
        "findings": len(reading.findings),
        "index": _index_status(settings),
        "up_to_date": current is not None and current.fingerprint == fingerprint(settings),
        "data": data_state(settings),
    }


def _index_status(settings: Settings) -> dict[str, Any] | None:
    try:
        with opened(settings) as generation:
            return index_facts(generation)
    except IndexMissingError:
        return None


def index_facts(generation: Generation) -> dict[str, Any]:
    """How much is indexed, since when, and the print of what it was made from."""
    answers = generation.answers
    return {
        "passages": answers.passages,
        "built_at": answers.built_at,
        "fingerprint": answers.fingerprint,
    }


def data_state(settings: Settings) -> str:
    """`ok` if what must be kept can be kept: the data folder is there or can be made, and written.

    >>> data_state(Settings(data_dir=Path("/dev/null/var")))
    'not writable'
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError:
        return "not writable"
    return "ok" if os.access(settings.data_dir, os.W_OK) else "not writable"


def secret_key(settings: Settings) -> str:
    """The key that signs what browsers keep for us: set, or made once and kept in the data folder.

    Only its owner may read the file. Two processes that start at once agree on one key.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "secret_key"
    new = path.with_name(f"secret_key-{secrets.token_hex(4)}.tmp")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()
    return path.read_text(encoding="ascii")


# Most values are these; asking what else they might be takes longer than writing them.
_PLAIN = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """A value of the library as what JSON knows; the fields of a record keep their order.

    >>> plain((Lang.ZH, date(2026, 11, 22)))
    ['zh', '2026-11-22']
    """
    if type(value) in _PLAIN:
        return value
    record = _record(value)
    if record is not None:
        return {plain(key): plain(item) for key, item in record.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _record(value: Any) -> Mapping[Any, Any] | None:
    """The fields of a record, or a mapping as it is; None for anything else."""
    if isinstance(value, tuple):
        return value._asdict() if hasattr(value, "_asdict") else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return value if isinstance(value, Mapping) else None
