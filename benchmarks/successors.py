"""Build the same site with the generators that may follow ours: `make successors`.

The theme that the pages are built on ends in May 2027. This proves before the day what changing
the generator would change: every page is built by each successor from the staged Markdown, and
what a reader gets is compared with the live build. Exit code 0 says that with one of them at least
nothing differs which a reader would miss: then the change is a non-event.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import metadata
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
LANGUAGES = ("zh", "en")
COMMANDS = {
    "properdocs": ("build", "--strict", "--config-file"),
    "zensical": ("build", "--strict", "--clean", "--config-file"),
}
# What a reader would miss; other differences are only told.
GRAVE = ("missing", "title", "article", "links", "ids", "files")


@dataclass
class Seen(HTMLParser):
    """What a reader gets of a page: title, the words of the article, links, ids, files."""

    address: str
    title: str = ""
    words: list[str] = field(default_factory=list)
    links: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where the page leads and what it needs."""
        found = {key: value or "" for key, value in attrs}
        if tag in {"article", "title"}:
            self._inside.append(tag)
        if "id" in found and "article" in self._inside:
            self.ids.append(found["id"])
        if tag == "a" and "href" in found and "article" in self._inside:
            self.links[urljoin(self.address, found["href"])] += 1
        for key in ("src", "data"):
            if found.get(key):
                self.files.add(urljoin(self.address, found[key]))
        if tag == "link" and found.get("rel") in {"stylesheet", "icon", "manifest"}:
            self.files.add(urljoin(self.address, found["href"]))

    def handle_endtag(self, tag: str) -> None:
        """Leave the title or the article."""
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        """Keep the words of title and article."""
        if "article" in self._inside:
            self.words += data.split()
        elif "title" in self._inside:
            self.title += " ".join(data.split())


def main() -> int:
    """Build, compare and report; the exit code says whether there is a successor."""
    site = BUILD / json.loads((BUILD / "current.json").read_text(encoding="utf-8"))["site"]
    fit = []
    for name in COMMANDS:
        print(f"{name} {metadata.version(name)}")
        if not sum(missed(name, lang, site / lang) for lang in LANGUAGES):
            fit.append(name)
    print(f"A reader would miss nothing with: {', '.join(fit) or 'none of them'}.")
    return 0 if fit else 1


def missed(name: str, lang: str, ours: Path) -> int:
    """How much a reader of one language would miss; it is told on the way."""
    output = BUILD / "successors" / name / lang
    complaint = build(name, lang, output)
    if complaint:
        print(f"  {lang}: not built: {complaint}")
        return 1
    told = differences(ours, output, lang)
    print(f"  {lang}: {report(ours, told)}")
    return sum(told[kind] for kind in GRAVE)


def build(name: str, lang: str, output: Path) -> str:
    """Build one language with one generator; what it complains of, or nothing."""
    values = json.loads((BUILD / f"mkdocs.{lang}.yml").read_text(encoding="utf-8"))
    # Zensical takes only paths below the folder of its configuration.
    values["INHERIT"] = "../mkdocs.yml"
    values["docs_dir"] = f"docs/{lang}"
    values["site_dir"] = output.relative_to(BUILD).as_posix()
    values["theme"]["custom_dir"] = "../kb_app/site/overrides"
    path = BUILD / f"successor.{name}.{lang}.yml"
    path.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name(name), *COMMANDS[name], path],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=600,
    )
    path.unlink()
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return said[-1] if done.returncode else ""


def differences(ours: Path, theirs: Path, lang: str) -> Counter[str]:
    """How many pages have each kind of difference."""
    found: Counter[str] = Counter()
    for path in sorted(ours.rglob("*.html")):
        inside = path.relative_to(ours)
        twin = theirs / inside
        if not twin.exists():
            found["missing"] += 1
            continue
        if path.read_bytes() != twin.read_bytes():
            found["bytes"] += 1
        address = f"http://site/{lang}/{inside.as_posix().removesuffix('index.html')}"
        found.update(compared(seen(path, address), seen(twin, address)))
    return found


def seen(path: Path, address: str) -> Seen:
    """A page as it is read."""
    page = Seen(address)
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def compared(ours: Seen, theirs: Seen) -> Iterator[str]:
    """The kinds of difference between two renderings of a page."""
    if ours.title != theirs.title:
        yield "title"
    if ours.words != theirs.words:
        yield "article"
    if ours.links != theirs.links:
        yield "links"
    if ours.ids != theirs.ids:
        yield "ids"
    if ours.files - theirs.files:
        yield "files"


def report(ours: Path, told: Counter[str]) -> str:
    """The differences in a line."""
    pages = sum(1 for _ in ours.rglob("*.html"))
    same = pages - told["bytes"] - told["missing"]
    kinds = [f"{kind} {told[kind]}" for kind in GRAVE if told[kind]]
    return f"{pages} pages, {same} the same to the byte; differing in {', '.join(kinds) or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
