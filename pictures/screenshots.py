"""Take a picture of every template at every width, language and colour scheme: `make screenshots`.

The service must be running; its address is the first argument. Every picture goes to
build/screenshots, with two sheets a template that show them side by side; the few that the README
shows go to pictures/.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import Browser

from pictures.browser import browser

HERE = Path(__file__).parent
FOLDER = HERE.parent / "build" / "screenshots"
# A further template is a further line.
TEMPLATES = {
    "home": "",
    "problems": "problems/",
    "problem": "problems/ebike-corridor/",
    "problem-long": "problems/parking-lock/",
    "group": "groups/parking/",
    "cases": "cases/",
    "case": "cases/sorting-beijing-first-year/",
    "case-short": "cases/barrier-wheelchair-smethwick/",
    "guides": "guides/",
    "guide": "guides/daily-patrol-and-log/",
    "sessions": "sessions/",
    "session": "sessions/session-parking-and-locks/",
    "plans": "plans/",
    "plan": "plans/work-plan-2027/",
    "glossary": "glossary/",
    "about-list": "about/",
    "about": "about/running-the-service/",
    "search": "search",
    "search-found": "search?q=ebike stairs",
    "search-danger": "search?q=着火了",
    "search-nothing": "search?q=qqxxzz",
    "not-found": "nowhere/",
}
WIDTHS = {360: 640, 390: 844, 768: 1024, 1440: 900}
LANGUAGES = ("zh", "en")
SCHEMES = ("light", "dark")
# Taller pages go on in the same way.
TALLEST = 2600
PHONES_END = 600
_SHEET = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 8px; background: #888; display: flex; flex-wrap: wrap; gap: 8px; }}
figure {{ margin: 0; }} figcaption {{ font: 12px sans-serif; }}
div {{ overflow: hidden; }} .low {{ max-height: 820px; }} .high {{ max-height: 640px; }}
</style>{figures}"""


@dataclass(frozen=True, slots=True)
class View:
    """One way of looking at a template."""

    width: int
    lang: str
    scheme: str

    def path(self, template: str) -> Path:
        """Where its picture goes."""
        return FOLDER / template / f"{self.width}-{self.lang}-{self.scheme}.png"


VIEWS = tuple(View(*each) for each in itertools.product(WIDTHS, LANGUAGES, SCHEMES))


def main(address: str, *names: str) -> None:
    """Take the pictures of the templates named, or of all of them and those of the README."""
    wanted = {name: path for name, path in TEMPLATES.items() if not names or name in names}
    with browser() as running:
        for view in VIEWS:
            take(running, view, address, wanted)
        for name in wanted:
            sheet(running, name)
        if not names:
            for_readme(running, address)


def take(running: Browser, view: View, address: str, wanted: dict[str, str]) -> None:
    """The templates in one view."""
    size = {"width": view.width, "height": WIDTHS[view.width]}
    context = running.new_context(
        base_url=address, viewport=size, color_scheme=view.scheme, has_touch=view.width < PHONES_END
    )
    page = context.new_page()
    for name, path in wanted.items():
        page.goto(f"/{view.lang}/{path}")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({"width": view.width, "height": max(tall, size["height"])})
        view.path(name).parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=view.path(name))
        page.set_viewport_size(size)
    context.close()


def sheet(running: Browser, name: str) -> None:
    """The first screens of a template side by side, at half their size."""
    for kind, views in (
        ("phone", [view for view in VIEWS if view.width < PHONES_END]),
        ("screen", [view for view in VIEWS if view.width >= PHONES_END]),
    ):
        page = running.new_page(viewport={"width": 1680, "height": 600})
        path = FOLDER / f"{name}-{kind}.html"
        figures = "".join(_figure(name, view) for view in views)
        path.write_text(_SHEET.format(figures=figures), encoding="utf-8")
        page.goto(path.as_uri())
        page.screenshot(path=path.with_suffix(".png"), full_page=True)
        page.close()


def _figure(name: str, view: View) -> str:
    words = f"{view.width} {view.lang} {view.scheme}"
    there = view.path(name).relative_to(FOLDER).as_posix()
    kind = "low" if view.width < PHONES_END else "high"
    return (
        f"<figure><figcaption>{words}</figcaption><div class='{kind}'>"
        f"<img src='{escape(there)}' width='{view.width // 2}' alt='{words}'></div></figure>"
    )


def for_readme(running: Browser, address: str) -> None:
    """The few that are shown to whoever has not installed it yet."""
    for name, path, size in _shown():
        context = running.new_context(base_url=address, viewport=size)
        page = context.new_page()
        page.goto(path)
        page.screenshot(path=HERE / f"{name}.png")
        context.close()


def _shown() -> Iterator[tuple[str, str, dict[str, int]]]:
    phone, desktop = {"width": 390, "height": 760}, {"width": 1200, "height": 760}
    yield "street-card", "/zh/problems/ebike-corridor/", phone
    yield "home", "/en/", desktop


if __name__ == "__main__":
    main(*sys.argv[1:])
