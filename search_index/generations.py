"""The build folder: generations of index and site, and the one pointer that says which are live.

A new index or site is made in a fresh folder; readers learn of it when `current.json` is replaced
in one step, so a build that fails or is killed leaves the old ones serving.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from search_index.errors import BuildBusyError

if os.name == "nt":  # pragma: no cover - the lock of the other system
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


Part = Literal["index", "site"]
_NAME = re.compile(r"(?:index|site)-[0-9TZ]+-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Current:
    """What is live: folder names inside the build folder, when it was built, and of what.

    The fingerprint is empty while the index is newer than the site.
    """

    index: str
    site: str | None
    built_at: str
    fingerprint: str


class BuildFolder:
    """The folder that only `kb build` and the service write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pointer = path / "current.json"

    def current(self) -> Current | None:
        """What is live; None before the first build, or if the pointer cannot be read."""
        try:
            found = Current(**json.loads(self.pointer.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        names = [name for name in (found.index, found.site) if name is not None]
        return found if all(_NAME.fullmatch(str(name)) for name in names) else None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the one writer; a killed writer's lock is gone with it.

        Raises BuildBusyError if another one builds.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+b") as file:
            try:
                _try_lock(file.fileno())
            except OSError as error:
                msg = f"another build is running in {self.path}"
                raise BuildBusyError(msg) from error
            yield

    def new(self, part: Part) -> Path:
        """A fresh, empty folder for a generation of the index or the site."""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        folder = self.path / f"{part}-{now}-{secrets.token_hex(4)}"
        folder.mkdir(parents=True)
        return folder

    def publish(self, *, index: Path, site: Path | None, fingerprint: str) -> Current:
        """Make generations live in one step; whoever reads the pointer sees all or nothing."""
        built_at = datetime.now(UTC).isoformat(timespec="seconds")
        current = Current(index.name, site.name if site else None, built_at, fingerprint)
        handle, name = tempfile.mkstemp(dir=self.path, prefix="current-", suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(current), file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self.pointer)
        return current

    def prune(self, keep: int = 1) -> None:
        """Remove generations that are not live, but for the `keep` newest of each part.

        Those are kept for requests that still read them. Call it while holding the lock.
        """
        current = self.current()
        live = {current.index, current.site} if current else set()
        for part in ("index", "site"):
            folders = sorted(self.path.glob(f"{part}-*"), key=lambda folder: folder.name)
            idle = [f for f in folders if f.name not in live and _NAME.fullmatch(f.name)]
            for folder in idle[: max(0, len(idle) - keep)]:
                shutil.rmtree(folder, ignore_errors=True)
        for leftover in self.path.glob("current-*.tmp"):
            leftover.unlink(missing_ok=True)
