"""Hold a session in the browser and take its pictures: `make screenshots`, or by itself.

    python -m pictures.session BUILD_DIR

BUILD_DIR is what `kb build` made of the content beside it. The real service is started with a
database of its own; a projector and two telephones, one in each language, look at one vote. The
pictures go to content/*/diagrams, where the page on the training room shows them.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.room import PASSWORD, Service
from kb_app import service as kb_service
from kb_app.keeping import Kept
from kb_app.room import Chosen, Held, plan_of
from pictures.browser import browser
from search_index import Lang, Library

CONTENT = Path(__file__).parents[1] / "content"
CASE = "sorting-beijing-first-year"
PROJECTOR = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 760}
# How the others in the room vote, option by option; an exercise, nobody's votes.
OTHERS = (5, 8, 7, 2)
GAP = 20
_SHEET = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; display: flex; gap: {gap}px; background: #8a8f94; }}</style>{figures}"""


@dataclass(frozen=True, slots=True)
class Windows:
    """What is looked at: the projector and a telephone in each language."""

    screen: Page
    phones: tuple[Page, ...]


def main(build: str) -> None:
    """One session on the projector in each language."""
    with tempfile.TemporaryDirectory() as folder, browser() as running:
        service = Service(Path(build), Path(folder))
        library = kb_service.check(service.settings).library
        try:
            for lang in Lang:
                with kb_service.kept(service.settings) as kept:
                    held = _open(kept, library, lang)
                    _take(kept, held, _windows(running, service.port, held, lang), lang)
        finally:
            service.stop()


def _open(kept: Kept, library: Library, lang: Lang) -> Held:
    """A room at its first vote."""
    _, trainer = kept.accounts.sign_in("trainer", PASSWORD)
    held = kept.rooms.open(CASE, plan_of(library, CASE), lang, actor=trainer.id)
    while held.here is None:
        held = kept.rooms.next(held.id, seen=held.version)
    return held


def _windows(running: Browser, port: int, held: Held, lang: Lang) -> Windows:
    address = f"http://127.0.0.1:{port}"
    screen = running.new_page(base_url=address, viewport=PROJECTOR, service_workers="block")
    screen.goto(f"/{lang}/desk/rooms/{held.id}/screen")
    screen.locator("[name=name]").fill("trainer")
    screen.locator("[name=password]").fill(PASSWORD)
    screen.locator(".kb-first").click()
    screen.locator(".kb-room__title, h1, h2").first.wait_for()
    phones = []
    for own in (lang, *(other for other in Lang if other is not lang)):
        phone = running.new_page(
            base_url=address, viewport=PHONE, has_touch=True, service_workers="block"
        )
        phone.goto(f"/{own}/room/{held.code}")
        phones.append(phone)
    return Windows(screen, tuple(phones))


def _take(kept: Kept, held: Held, windows: Windows, lang: Lang) -> None:
    """Vote on both telephones, close the vote, and keep what is seen then."""
    folder = CONTENT / lang / "diagrams"
    for choice, phone in enumerate(windows.phones, 1):
        phone.locator(".kb-phone__option").nth(choice).tap()
        phone.locator("[aria-pressed=true]").wait_for()
    ballot = kept.rooms.get(held.id).here
    if ballot is None:
        raise SystemExit("the case has nothing to vote on")
    for choice, voters in enumerate(OTHERS[: ballot.size], 1):
        for voter in range(voters):
            kept.rooms.vote(held.id, ballot.name, f"{choice}-{voter}", Chosen(choice))
    _side_by_side(windows.phones, folder / "room-phones.png")
    windows.screen.keyboard.press("PageDown")
    windows.screen.locator(".kb-chart").wait_for()
    windows.screen.screenshot(path=folder / "room-screen.png", animations="disabled")


def _side_by_side(pages: tuple[Page, ...], path: Path) -> None:
    """What the pages show, in one picture."""
    taken = (base64.b64encode(page.screenshot(animations="disabled")).decode() for page in pages)
    figures = "".join(f"<img src='data:image/png;base64,{each}'>" for each in taken)
    wide = sum(page.viewport_size["width"] + GAP for page in pages if page.viewport_size) - GAP
    sheet = pages[0].context.browser.new_page(viewport={"width": wide, "height": PHONE["height"]})
    sheet.set_content(_SHEET.format(figures=figures, gap=GAP))
    sheet.screenshot(path=path)
    sheet.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
