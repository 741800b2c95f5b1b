"""The generation that answers now, and the change to the next one without losing a request."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from whitenoise import WhiteNoise

from kb_app.catalogue import Catalogue, read_catalogue
from kb_app.weekly import Bank, Item, read_bank
from search_index import (
    Answers,
    BuildFolder,
    Current,
    Found,
    IndexMissingError,
    Lang,
    SearchIndexError,
)

TITLE_MARK = "<!-- lanewise:title -->"
CONTENT_MARK = "<!-- lanewise:content -->"
# The shells of a site: for pages of every kind, of the desk, of asking, of training rooms, of the
# weekly questions.
SHELLS = tuple(
    f"{lang}{part}" for lang in Lang for part in ("", "-desk", "-asking", "-room", "-weekly")
)
# Where no site was built there is still a page to put the answers on.
BARE_SHELL = (
    f"<!doctype html><html><head><meta charset='utf-8'><title>{TITLE_MARK}</title></head>"
    f"<body>{CONTENT_MARK}</body></html>"
)
_HASHED_NAME = r"[.-][0-9a-f]{8,}\.(?:min\.)?[a-z0-9]+$"
# What the standard list does not know.
_TYPES = {
    ".webmanifest": "application/manifest+json",
    "opensearch.xml": "application/opensearchdescription+xml",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """One build, opened: its answers, and its site's files, page shells and script hashes."""

    answers: Answers
    files: WhiteNoise
    shells: Mapping[str, str]
    script_hashes: tuple[str, ...]
    names: Mapping[str, Mapping[Lang, str]]
    catalogue: Catalogue
    banks: Mapping[Lang, Bank]

    def name(self, topic: str, lang: Lang) -> str:
        """What a problem type is called; an id that the taxonomy lacks stands for itself."""
        return self.names.get(topic, {}).get(lang, topic)

    def item(self, item_id: str) -> Item | None:
        """A question of the week by its id; the languages share their ids."""
        found = (bank.items.get(item_id) for bank in self.banks.values())
        return next((item for item in found if item is not None), None)

    def names_in(self, found: Found) -> dict[str, str]:
        """What the problem types among results are called, for the filter and the rows."""
        met = {problem for hit in found.hits for problem in hit.problems}
        met.update(facet.value for facet in found.facets.get("problem", ()))
        return {topic: self.name(topic, found.lang) for topic in sorted(met)}


def open_generation(index_url: str, site: Path | None) -> Generation:
    """Open an index and the site built with it; without a site only the answers are served.

    Raises IndexMissingError where there is no such index, OSError where the site is not whole.
    """
    answers = Answers.open(index_url)
    try:
        if site is None:
            shells = dict.fromkeys(SHELLS, BARE_SHELL)
            return Generation(answers, WhiteNoise(None), shells, (), {}, Catalogue(), _no_banks())
        hashes = json.loads((site / "csp.json").read_text(encoding="utf-8"))["script_hashes"]
        return Generation(
            answers=answers,
            files=_files(site),
            shells={
                name: (site / "shell" / f"{name}.html").read_text(encoding="utf-8")
                for name in SHELLS
            },
            script_hashes=tuple(hashes),
            names=json.loads((site / "names.json").read_text(encoding="utf-8")),
            catalogue=read_catalogue((site / "catalogue.json").read_text(encoding="utf-8")),
            banks={
                lang: read_bank((site / lang / "weekly.json").read_text(encoding="utf-8"))
                for lang in Lang
            },
        )
    except BaseException:
        answers.close()
        raise


def _no_banks() -> Mapping[Lang, Bank]:
    return {lang: Bank() for lang in Lang}


def _files(site: Path) -> WhiteNoise:
    """The files of a site, without what is meant for the service only.

    Browsers ask each time whether a page is still the same, but keep files with a hash in the name.
    """
    files = WhiteNoise(
        None,
        index_file=True,
        max_age=0,
        allow_all_origins=False,
        immutable_file_test=_HASHED_NAME,
        mimetypes=_TYPES,
    )
    for entry in sorted(site.iterdir()):
        if entry.is_dir() and entry.name != "shell":
            files.add_files(str(entry), prefix=entry.name)
        elif entry.is_file() and entry.suffix != ".json":
            files.add_file_to_dictionary(f"/{entry.name}", str(entry))
    return files


@dataclass(slots=True)
class _Opened:
    generation: Generation
    users: int = 0
    retired: bool = False


class Lease:
    """The right to use a generation until `close`; it stays open that long."""

    def __init__(self, opened: _Opened, give_back: Callable[[_Opened], None]) -> None:
        self.generation = opened.generation
        self._opened: _Opened | None = opened
        self._give_back = give_back

    def close(self) -> None:
        """Give the generation back; a second time does nothing."""
        opened, self._opened = self._opened, None
        if opened is not None:
            self._give_back(opened)


class Generations:
    """Lends the live generation of a build folder, and notices when a build has replaced it.

    Thread-safe. One thread opens a new generation while the others go on with the old one; the old
    one is closed when its last user has given it back. A generation that cannot be opened is
    reported in the log, and the old one goes on serving.
    """

    def __init__(
        self,
        folder: BuildFolder,
        open_current: Callable[[Current], Generation],
        *,
        seconds_between_looks: float = 1.0,
    ) -> None:
        self._folder = folder
        self._open = open_current
        self._wait = seconds_between_looks
        self._next_look = float("-inf")
        self._seen: tuple[int, ...] | None = None
        self._live: _Opened | None = None
        self._counting = threading.Lock()
        self._opening = threading.Lock()

    def lease(self) -> Lease:
        """Borrow the live generation. Raises IndexMissingError before the first build."""
        # Whoever comes while the first one is being opened waits for it too.
        first = self._live is None and self._opening.locked()
        if first or time.monotonic() >= self._next_look:
            self.look()
        with self._counting:
            if self._live is None:
                raise IndexMissingError("there is nothing to search yet: run `kb build`")
            self._live.users += 1
            return Lease(self._live, self._give_back)

    def look(self) -> None:
        """Change to the generation that the build folder names, if it is another one."""
        must_wait = self._live is None
        if not self._opening.acquire(blocking=must_wait):
            return
        try:
            if must_wait and self._live is not None:
                return
            self._next_look = time.monotonic() + self._wait
            seen = _print_of(self._folder.pointer)
            if seen is not None and seen != self._seen and self._change():
                self._seen = seen
        finally:
            self._opening.release()

    def close(self) -> None:
        """Close what is open, as soon as nobody uses it."""
        self._replace_by(None)

    def _change(self) -> bool:
        current = self._folder.current()
        if current is None:
            return False
        try:
            self._replace_by(_Opened(self._open(current)))
        except (SearchIndexError, OSError, ValueError, KeyError):
            logger.exception("the build %s cannot be opened; the old one goes on", current.index)
            return False
        return True

    def _replace_by(self, new: _Opened | None) -> None:
        with self._counting:
            old, self._live = self._live, new
            if old is not None:
                old.retired = True
            idle = old is not None and old.users == 0
        if old is not None and idle:
            old.generation.answers.close()

    def _give_back(self, opened: _Opened) -> None:
        with self._counting:
            opened.users -= 1
            last = opened.retired and opened.users == 0
        if last:
            opened.generation.answers.close()


def _print_of(pointer: Path) -> tuple[int, ...] | None:
    """What changes when the pointer is replaced; None where there is none."""
    try:
        found = pointer.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
