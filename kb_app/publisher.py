"""From an approved draft to a page: its file, a commit where content is in git, and a build."""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath

from kb_app import service
from kb_app.drafts import DraftError, Drafts, Stage, Written
from kb_app.questions.clocks import china_day
from kb_app.settings import Settings
from kb_app.translations import mark
from search_index import BuildBusyError, Finding, Lang, Reading, marked_translated, read_drafts

GIT_SECONDS = 60
BUSY_SECONDS = 5.0
_STATUS = re.compile(r"^status:[ \t]*draft[ \t]*$", re.MULTILINE)

logger = logging.getLogger(__name__)


class RefusedDraftError(DraftError):
    """The text breaks the rules of the library; `findings` say where."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(mark("The rules of the library do not allow it yet; see below."))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Building:
    """What the build in the background does; `why` is said where it failed."""

    running: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    failed: bool = False
    why: tuple[str, ...] = ()


def published(text: str) -> str:
    r"""The text as it is published: without the word that it is a draft.

    >>> published("---\ntitle: a\nstatus: draft\n---\nstatus: draft")
    '---\ntitle: a\nstatus: published\n---\nstatus: draft'
    """
    front, line, body = text.partition("\n---")
    return _STATUS.sub("status: published", front, count=1) + line + body


def dated(text: str, day: date) -> str:
    r"""The text of a page with the day of its publication, if it does not say one.

    >>> dated("---\ntitle: a\n---\nwords", date(2026, 11, 23))
    '---\ntitle: a\npublished_on: 2026-11-23\n---\nwords'
    """
    front, line, body = text.partition("\n---")
    if not line or "\npublished_on:" in front:
        return text
    return f"{front}\npublished_on: {day}{line}{body}"


def checked(
    settings: Settings, path: str, text: str, *,
    translation: str | None = None, source: str | None = None,
) -> Reading:  # fmt: skip
    """What the rules of the library say of a text that is to stand at `path`, as published.

    With a Chinese page its English one is checked as well, for the facts of both stand in the
    Chinese file: as it is, or as `translation` says. An English page is checked with its Chinese
    one: as it is, or as `source` says.
    """
    place = PurePosixPath(path)
    twin = _twin(settings, place)
    if source is not None:
        original = published(source)
        text = marked_translated(settings.content_dir, place, published(text), original)
        texts = {_in(Lang.ZH, place): original, place: text}
    else:
        texts = {place: final(settings, path, text)}
    if translation is not None:
        texts[_in(Lang.EN, place)] = translation
    elif twin is not None:
        texts[_in(Lang.EN, place)] = twin
    return read_drafts(settings.content_dir, texts)


def final(settings: Settings, path: str, text: str) -> str:
    """The text as it will stand in the file: published, and marked as a translation if it is.

    A page that is new says since when it is published, in the Chinese file, where its facts are.
    """
    place, text = PurePosixPath(path), published(text)
    if place.parts[0] == Lang.ZH and not (settings.content_dir / place).is_file():
        text = dated(text, china_day(datetime.now(UTC)))
    return marked_translated(settings.content_dir, place, text)


def _in(lang: Lang, path: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(lang, *path.parts[1:])


def _twin(settings: Settings, path: PurePosixPath) -> str | None:
    """The text of the English page of a Chinese one; None where there is none."""
    there = settings.content_dir / _in(Lang.EN, path)
    if path.parts[0] == Lang.EN or not there.is_file():
        return None
    return there.read_text(encoding="utf-8", errors="replace")


@dataclass(slots=True)
class Publisher:
    """Publishes one draft after the other, and builds what they change in the background."""

    settings: Settings
    drafts: Drafts
    _publishing: threading.Lock = field(default_factory=threading.Lock)
    _state: Building = field(default_factory=Building)
    _asked: bool = False
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def publish(
        self, written: Written, *, account: int, author: str, still_says: bool = False
    ) -> Written:
        """Put a draft into the content folder and start a build.

        `still_says` is an editor's word that the translation renders the new text as well. Raises
        RefusedDraftError, and DraftError where it may not or cannot be written; then nothing has
        changed.
        """
        with self._publishing:
            self.drafts.may_publish(written, account, second_look=self.settings.second_look)
            files, both = self._files(written, account, still_says=still_says)
            self._put(files, author, _message(written))
            done = [
                self.drafts.publish(each.id, account=account, seen=each.version) for each in both
            ]
        self.build()
        return done[0]

    def state(self) -> Building:
        """How the build in the background stands."""
        return self._state

    def build(self) -> None:
        """Build in the background; whatever changes meanwhile is built after that."""
        with self._counting:
            self._asked = True
            if self._state.running:
                return
            self._state = Building(running=True)
        threading.Thread(target=self._run, name="build", daemon=True).start()

    def _files(
        self, written: Written, account: int, *, still_says: bool
    ) -> tuple[dict[Path, str], list[Written]]:
        """What has to be written, and of which drafts: the translation goes with its source."""
        place = PurePosixPath(written.path)
        text = final(self.settings, written.path, written.text)
        other = self._ready_translation(written, account)
        twin = _twin(self.settings, place) if still_says else None
        if other is not None:
            twin = published(other.text)
        english = None
        if twin is not None:
            english = marked_translated(self.settings.content_dir, _in(Lang.EN, place), twin, text)
        reading = checked(self.settings, written.path, written.text, translation=english)
        if reading.findings:
            raise RefusedDraftError(reading.findings)
        files = {self.settings.content_dir / place: text}
        if english is not None:
            files[self.settings.content_dir / _in(Lang.EN, place)] = english
        return files, [written, *([other] if other else [])]

    def _ready_translation(self, written: Written, account: int) -> Written | None:
        other = self.drafts.find(written.slug, Lang.EN) if written.lang is Lang.ZH else None
        if other is None or other.kind is not written.kind or other.stage is not Stage.READY:
            return None
        by_another = other.author != account or not self.settings.second_look
        return other if by_another else None

    def _put(self, files: dict[Path, str], author: str, message: str) -> None:
        """Write files and commit them; where that fails they are as they were before."""
        before = {path: path.read_bytes() if path.is_file() else None for path in files}
        try:
            for path, text in files.items():
                _write(path, text.encode())
            _commit(self.settings.content_dir, list(files), author, message)
        except (OSError, subprocess.SubprocessError, _GitError) as error:
            for path, data in before.items():
                if data is None:
                    path.unlink(missing_ok=True)
                else:
                    _write(path, data)
            logger.exception("a draft could not be put into the content folder")
            raise DraftError(
                mark("The file could not be written; nothing has changed: {why}"), why=error
            ) from error

    def _run(self) -> None:
        while True:
            with self._counting:
                self._asked = False
            why = self._built()
            with self._counting:
                if not self._asked:
                    self._state = Building(
                        ended_at=datetime.now(UTC), failed=bool(why), why=tuple(why)
                    )
                    return

    def _built(self) -> list[str]:
        """Build in a process of its own, so that those who read go on; why it failed, if it did."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_build, args=(self.settings, theirs), daemon=False)
        process.start()
        theirs.close()
        why = ["the build ended by itself"]
        try:
            while True:
                said = ours.recv()
                if isinstance(said, list):
                    why = said
                else:
                    stage, done, total = said
                    self._state = replace(self._state, stage=stage, done=done, total=total)
        except EOFError:
            process.join()
        return why


def _build(settings: Settings, told: Connection) -> None:
    """Build, tell how far it is, and at last why it failed: nothing if it did not."""
    why: list[str] = []
    for _ in range(60):
        try:
            service.build(settings, progress=lambda *said: told.send(said))
        except BuildBusyError:
            time.sleep(BUSY_SECONDS)
            continue
        except service.RefusedError as error:
            why = [str(finding) for finding in error.findings[:20]]
        except Exception as error:  # noqa: BLE001 - whatever it is, an editor has to know
            why = [f"{type(error).__name__}: {error}"]
        break
    told.send(why)
    told.close()


def _message(written: Written) -> str:
    asked = f" (question {written.question})" if written.question else ""
    return f"Publish {written.path}{asked}"


def _write(path: Path, data: bytes) -> None:
    """Write a file in one step, so that no build reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)


class _GitError(Exception):
    """Git refused; its own words."""


def _commit(folder: Path, paths: list[Path], author: str, message: str) -> None:
    """Commit exactly these files, if the folder is in a git repository; never push."""
    git = _git(folder)
    if git is None:
        return
    names = [str(path.absolute()) for path in paths]
    git("add", "--", *names)
    if git("status", "--porcelain", "--", *names):
        signed = f"{author} <{author}@lanewise.invalid>"
        git("-c", "user.name=Lanewise", "-c", "user.email=desk@lanewise.invalid",
            "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "--only",
            f"--author={signed}", f"--message={message}", "--", *names)  # fmt: skip


def _git(folder: Path) -> Callable[..., str] | None:
    """Git in a folder; None where there is no git, or no repository."""

    def run(*arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the administrator's own git
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=GIT_SECONDS,
            check=False,
        )
        if done.returncode:
            raise _GitError(done.stderr.strip()[:300])
        return done.stdout.strip()

    try:
        inside = run("rev-parse", "--is-inside-work-tree")
    except (_GitError, FileNotFoundError):
        return None
    return run if inside == "true" else None
