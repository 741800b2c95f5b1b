"""One file with everything that cannot be made again, and the way back from it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EEXIST
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import make_url

from kb_app.database import DatabaseError, open_database, sqlite_address
from kb_app.keeping import database_address
from kb_app.settings import Settings
from kb_app.translations import mark, say
from search_index import Lang

FORMAT = 1
_DATABASE, _KEY, _MANIFEST, _CONTENT = "lanewise.db", "secret_key", "manifest.json", "content/"


class BackupError(Exception):
    """A backup cannot be made or used; `said` tells the administrator why."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(say(Lang.EN, message, **values))
        self.message = message
        self.values = values


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds: how many files of content, and whether the secret key is in it."""

    questions: int
    content_files: int
    has_key: bool


def back_up(settings: Settings, target: Path) -> Saved:
    """Write a backup while the service goes on; `target` is complete or not there at all.

    Only its owner may read it: it holds what people asked, and the key to their contacts. Raises
    BackupError, FileExistsError.
    """
    source = _sqlite_file(settings)
    if not source.is_file():
        raise BackupError(mark("There is no database {file} yet."), file=source)
    if target.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(target))
    with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        copy = Path(folder, _DATABASE)
        _copy_database(source, copy)
        made = Path(folder, "backup.zip")
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        saved = _pack(settings, copy, made)
        os.link(made, target)
    return saved


def restore(settings: Settings, source: Path, *, replace: bool) -> Saved:
    """Put a backup back; what was there before is moved aside, never deleted.

    Without `replace` an existing database is left alone and BackupError raised. Content is put back
    only where there is none. The service must not run meanwhile.
    """
    target, key = _sqlite_file(settings), settings.data_dir / _KEY
    if target.exists() and not replace:
        raise BackupError(
            mark("There is a database {file} already; --replace moves it aside."), file=target
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        unpacked = Path(folder)
        saved = _unpack(source, unpacked)
        _check_database(unpacked / _DATABASE)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        for suffix in ("", "-wal", "-shm"):
            _move_aside(target.with_name(target.name + suffix), stamp)
        (unpacked / _DATABASE).replace(target)
        if saved.has_key:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            _move_aside(key, stamp)
            (unpacked / _KEY).replace(key)
        if not settings.content_dir.exists() and (unpacked / "content").is_dir():
            shutil.copytree(unpacked / "content", settings.content_dir)
    return saved


def _sqlite_file(settings: Settings) -> Path:
    url = make_url(database_address(settings))
    if url.drivername != "sqlite" or not url.database:
        raise BackupError(mark("PostgreSQL has its own tool for this: pg_dump and pg_restore."))
    return Path(url.database)


def _copy_database(source: Path, target: Path) -> None:
    """One consistent copy, however much is written meanwhile."""
    there, here = sqlite3.connect(source), sqlite3.connect(target)
    try:
        there.backup(here)
        here.execute("pragma journal_mode=delete")
    finally:
        there.close()
        here.close()


def _pack(settings: Settings, database: Path, made: Path) -> Saved:
    key = settings.data_dir / _KEY
    has_key = settings.secret_key is None and key.is_file()
    files = {_DATABASE: database, **({_KEY: key} if has_key else {}), **dict(_content(settings))}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.write(path, name)
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": {name: _print(path) for name, path in files.items()},
        }
        archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return _told(database, list(files))


def _content(settings: Settings) -> Iterator[tuple[str, Path]]:
    for path in sorted(settings.content_dir.rglob("*")):
        inside = path.relative_to(settings.content_dir)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield _CONTENT + inside.as_posix(), path


def _unpack(source: Path, folder: Path) -> Saved:
    """Take out what the manifest names, and nothing that would land elsewhere."""
    try:
        with zipfile.ZipFile(source) as archive:
            named = _manifest(archive)
            for name, print_ in named.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
                if _print(path) != print_:
                    raise BackupError(mark("The backup is damaged: {file}."), file=name)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise BackupError(mark("This is no backup of Lanewise: {file}."), file=source) from error
    if (folder / _KEY).exists():
        (folder / _KEY).chmod(0o600)
    return _told(folder / _DATABASE, list(named))


def _manifest(archive: zipfile.ZipFile) -> dict[str, str]:
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    named: dict[str, str] = dict(manifest["files"])
    stray = [name for name in named if not _belongs(name)]
    if manifest["format"] != FORMAT or stray or _DATABASE not in named:
        raise ValueError(stray)
    return named


def _belongs(name: str) -> bool:
    parts = PurePosixPath(name).parts
    known = name in {_DATABASE, _KEY} or name.startswith(_CONTENT)
    return known and ".." not in parts and "\\" not in name and not name.startswith("/")


def _check_database(path: Path) -> None:
    """Refuse what this version could not serve, before anything is moved."""
    database = open_database(sqlite_address(path))
    try:
        database.upgrade()
        database.forget_removed()
    except DatabaseError as error:
        raise BackupError(
            mark("The backup is damaged, or of a newer version: {why}"), why=error
        ) from error
    finally:
        database.close()


def _move_aside(path: Path, stamp: str) -> None:
    if path.exists():
        path.rename(path.with_name(f"{path.name}.before-{stamp}"))


def _print(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _told(database: Path, names: list[str]) -> Saved:
    connection = sqlite3.connect(database)
    try:
        questions = int(connection.execute("select count(*) from questions").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise BackupError(mark("The backup is damaged: {file}."), file=_DATABASE) from error
    finally:
        connection.close()
    content = sum(name.startswith(_CONTENT) for name in names)
    return Saved(questions, content, _KEY in names)
