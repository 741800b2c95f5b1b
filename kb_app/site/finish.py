"""What is done to a generated site before it is served: hashes, shells, compression, sweeping."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

from kb_app.site.compression import gzipped
from kb_app.site.generator import SiteError
from kb_app.site.offline import AWAY, BLANKS, away_body
from kb_app.site.words import word
from search_index import Lang

TITLE_MARK = "<!-- lanewise:title -->"
CONTENT_MARK = "<!-- lanewise:content -->"

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
PARTS = ("desk", "asking", "room", "weekly")
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_CONTENT = re.compile(rf"{CONTENT_MARK}.*{CONTENT_MARK}", re.DOTALL)
# What only some of the pages need that the service makes.
_PART = re.compile(rf"<!-- lanewise:({'|'.join(PARTS)}) -->(.*?)<!-- lanewise:\1 -->", re.DOTALL)
_COMPRESSIBLE = frozenset(
    {".atom", ".css", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest", ".xml"}
)
_WORTH = 200


def script_hashes(pages: Iterable[str]) -> list[str]:
    """The hashes of every inline script, as a security policy names them.

    >>> script_hashes(['<script>1</script><script src="a.js"></script>'])
    ['sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=']
    """
    found = {
        body.encode()
        for page in pages
        for attributes, body in _SCRIPT.findall(page)
        if body and "src=" not in attributes and "json" not in attributes
    }
    digests = (base64.b64encode(hashlib.sha256(body).digest()).decode() for body in found)
    return sorted(f"sha256-{digest}" for digest in digests)


def shell(page: str) -> str:
    """A page with marks where its title and its content were.

    >>> print(shell(f"<title>Gone</title><p>{CONTENT_MARK}<h1>Gone</h1>{CONTENT_MARK}</p>"))
    <title><!-- lanewise:title --></title><p><!-- lanewise:content --></p>
    """
    made = _TITLE.sub(f"<title>{TITLE_MARK}</title>", page, count=1)
    return _CONTENT.sub(CONTENT_MARK, made, count=1)


def _only(part: str, made: str) -> str:
    """A shell without what other parts than this one need."""
    return _PART.sub(lambda found: found[2] if found[1] == part else "", made)


def finish(
    output: Path, compressed: Path, blanks: Mapping[tuple[Lang, str], tuple[str, str]] | None = None
) -> None:
    """Make a generated site ready to be served.

    It gets the shells, and the pages that phones show without network: for addresses that they do
    not keep, and the `blanks`, titles and bodies by language and part. Raises SiteError if it lacks
    the page that others are wrapped in.
    """
    shells = output / "shell"
    shells.mkdir(exist_ok=True)
    for lang in Lang:
        made = shell((output / lang / "404.html").read_text(encoding="utf-8"))
        if made.count(CONTENT_MARK) != 1 or made.count(TITLE_MARK) != 1:
            raise SiteError([f"{lang}/404.html has no place for a title and a content"])
        bare = _only("", made)
        (shells / f"{lang}.html").write_text(bare, encoding="utf-8")
        for part in PARTS:
            (shells / f"{lang}-{part}.html").write_text(_only(part, made), encoding="utf-8")
        away = bare.replace(TITLE_MARK, word(lang, "away")).replace(CONTENT_MARK, away_body(lang))
        (output / lang / AWAY).write_text(away, encoding="utf-8")
    for (lang, part), (title, body) in (blanks or {}).items():
        wrapped = (shells / f"{lang}-{part}.html").read_text(encoding="utf-8")
        page = wrapped.replace(TITLE_MARK, title).replace(CONTENT_MARK, body)
        (output / lang / BLANKS[part]).write_text(page, encoding="utf-8")
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(output.rglob("*.html"))}
    # Only what the theme puts into every page may run, never what one page has by itself.
    hashes = script_hashes((shells / f"{lang}.html").read_text("utf-8") for lang in Lang)
    (output / "csp.json").write_text(json.dumps({"script_hashes": hashes}), encoding="utf-8")
    for lang in Lang:
        sweep(output / lang, " ".join(text for path, text in pages.items() if lang in path.parts))
    compress(output, compressed)


def sweep(site: Path, text: str) -> None:
    """Remove the files of the theme that no page asks for."""
    for path in sorted((site / "assets").rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(site).as_posix() not in text:
            path.unlink()


def compress(output: Path, cache: Path) -> None:
    """Lay a `.br` and a `.gz` beside every file that is worth it, made once for each content."""
    cache.mkdir(parents=True, exist_ok=True)
    wanted = [path for path in _files(output) if path.stat().st_size >= _WORTH]
    with ThreadPoolExecutor() as pool:
        used = set(pool.map(lambda path: _compress(path, cache), wanted))
    for path in cache.iterdir():
        if path.name.partition(".")[0] not in used:
            path.unlink()


def _files(output: Path) -> Iterator[Path]:
    for path in sorted(output.rglob("*")):
        inside = path.relative_to(output).parts
        if path.suffix in _COMPRESSIBLE and inside[0] in set(Lang):
            yield path


def _compress(path: Path, cache: Path) -> str:
    data = path.read_bytes()
    name = hashlib.sha256(data).hexdigest()
    for suffix, squeeze in ((".br", _brotli), (".gz", gzipped)):
        made = cache / f"{name}{suffix}"
        if not made.exists():
            handle, new = tempfile.mkstemp(dir=cache, prefix=f"{name}.", suffix=".new")
            with os.fdopen(handle, "wb") as file:
                file.write(squeeze(data))
            Path(new).chmod(0o644)
            Path(new).replace(made)
        _lay(made, path.with_name(path.name + suffix))
    return name


def _brotli(data: bytes) -> bytes:
    # The last step up takes twice and a half the time for two hundredths of the size.
    return bytes(brotli.compress(data, quality=10))


def _lay(made: Path, there: Path) -> None:
    """The same file under a second name, or a copy where the disk cannot do that."""
    try:
        os.link(made, there)
    except OSError:
        shutil.copyfile(made, there)
