"""The site generator, run on staged Markdown; the only module that knows which one it is."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from kb_app.site.around import reachable
from kb_app.site.dates import written
from kb_app.site.edition import EVIDENCE_PAGE, Edition
from kb_app.site.words import WORDS, in_browser, tag_of, word
from search_index import Kind, Lang

HERE = Path(str(resources.files("kb_app.site")))
BASE = HERE.parents[1] / "mkdocs.yml"


_COMMENT = re.compile(r"^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_EMPTY = re.compile(r"\n{2,}")


class SiteError(Exception):
    """The site generator is not content; `lines` are its own words."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def assets() -> dict[PurePosixPath, bytes]:
    """Our own files, each named with a print of its content, so that it may be kept forever."""
    found = {}
    for path in sorted((HERE / "assets").iterdir()):
        data = path.read_bytes()
        if path.suffix in {".css", ".js"}:
            data = lean(data.decode()).encode()
        found[PurePosixPath("assets", _printed(path.name, data))] = data
    return found


def lean(text: str) -> str:
    r"""A script or style sheet without comments on lines of their own, and without indentation.

    A fifth less to fetch and to keep. No text that runs over several lines may stand in it.

    >>> lean("a {\n  b: c;\n}\n\n/* why\n * so */\nd {}\n")
    'a {\nb: c;\n}\nd {}\n'
    """
    return _EMPTY.sub("\n", _INDENT.sub("", _COMMENT.sub("", text)))


def _printed(name: str, data: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(data).hexdigest()[:8]}{dot}{suffix}"


def configuration(
    edition: Edition, *, docs: Path, output: Path, site_url: str, version: str
) -> dict[str, Any]:
    """What one language adds to the common configuration."""
    lang = edition.lang
    names = {path.name.split(".")[0]: str(path) for path in assets()}
    return {
        "INHERIT": str(BASE),
        "site_name": word(lang, "site"),
        "site_description": word(lang, "tagline"),
        "site_url": f"{site_url.rstrip('/')}/{lang}/",
        "docs_dir": str(docs),
        "site_dir": str(output),
        "theme": {
            "language": lang.value,
            "custom_dir": str(HERE / "overrides"),
            "favicon": names["mark"],
        },
        "nav": navigation(edition),
        "extra": {
            "lanewise": {
                "lang": lang.value,
                "other": lang.other.value,
                "tags": {each.value: tag_of(each) for each in Lang},
                "root": site_url.rstrip("/"),
                "reachable": reachable(site_url),
                "assets": names,
                "words": {key: word(lang, key) for key in WORDS},
                "script": in_browser(lang),
                "version": word(lang, "version", version=version),
                "as_of": _as_of(edition),
                "about": [
                    {"title": page.title, "url": page.url}
                    for page in edition.known([EVIDENCE_PAGE])
                ],
            }
        },
    }


def _as_of(edition: Edition) -> str:
    """The newest day on which somebody checked a page; it changes only when the content does."""
    days = [page.checked_on for page in edition.built.values() if page.checked_on is not None]
    return edition.word("as_of", day=written(max(days), edition.lang)) if days else ""


def navigation(edition: Edition) -> list[dict[str, Any]]:
    """The main places; a kind without pages has none."""
    # With their names, which the generator does not know of pages that it need not read.
    groups = [
        {group.name(edition.lang): f"groups/{group.id}/index.md"}
        for group in edition.problem_groups
    ]
    found: list[dict[str, Any]] = [
        {edition.word("home"): "index.md"},
        {edition.word("problems"): ["problems/index.md", *groups]},
        {edition.word("cases"): "cases/index.md"},
    ]
    for kind, key in (
        (Kind.GUIDE, "guides"),
        (Kind.SESSION, "sessions"),
        (Kind.PLAN, "plans"),
    ):
        if edition.pages(kind):
            found.append({edition.word(key): f"{kind.folder}/index.md"})
    if edition.library.glossary:
        found.append({edition.word("glossary"): "glossary/index.md"})
    return [*found, {edition.word("about"): "about/index.md"}]


def generate(configurations: Mapping[Lang, tuple[Path, dict[str, Any]]]) -> None:
    """Write each configuration to its file and build its site, both at the same time.

    Pages that lie in the site already and are no older than their Markdown are left alone. Raises
    SiteError with the generator's warnings and errors if it has any.
    """
    for path, values in configurations.values():
        # JSON is YAML, and needs no quoting of our own.
        path.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    with ThreadPoolExecutor() as pool:
        runs = pool.map(_run, (path for path, _ in configurations.values()))
        complaints = [line for lines in runs for line in lines]
    if complaints:
        raise SiteError(complaints)


# It warns whoever lets it leave pages alone, because it cannot know whether they are up to date.
_LEFT_ALONE = "A 'dirty' build is being performed"
# The generator's makers advertise what comes after it; that is no complaint about a page.
_QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}


def _run(path: Path) -> list[str]:
    """What the generator complains of; nothing if it is content."""
    command = [sys.executable, "-X", "utf8", "-m", "mkdocs"]
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own file
        [*command, "build", "--dirty", "--config-file", str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, **_QUIET},  # noqa: TID251 - what any process needs to run
    )
    said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    found = list(_complaints(said))
    if done.returncode and not found:
        return said[-20:] or [f"the site generator ended with {done.returncode}"]
    return found


def _complaints(lines: Iterable[str]) -> Iterable[str]:
    wrong = (line for line in lines if line.startswith(("WARNING", "ERROR", "CRITICAL")))
    return (line for line in wrong if _LEFT_ALONE not in line)
