"""Draw the icons of the site and the picture that goes with a shared link: `make icons`.

All of them come from the mark; what is drawn lies in the repository, so that a build needs no
browser.
"""

from __future__ import annotations

import struct
from pathlib import Path

from playwright.sync_api import Page

from pictures.browser import browser

SITE = Path(__file__).parents[1] / "kb_app" / "site"
ICONS = SITE / "icons"
PAPER = "#fbf9f5"
# What Android may cut off an icon leaves the inner four fifths.
SAFE = 0.68
SIZES = {
    "icon-32.png": 32,
    "icon-192.png": 192,
    "icon-512.png": 512,
    "apple-touch-180.png": 180,
    "maskable-512.png": 512,
}
# Systems cut the corners of these themselves, so that they must fill their square.
_FULL = {"apple-touch-180.png": 0.84, "maskable-512.png": SAFE}
SHARED = """<style>
body {{ margin: 0; width: 1200px; height: 630px; display: flex; align-items: center; gap: 72px;
  padding: 0 88px; box-sizing: border-box; background: #fbf9f5; color: #22262b;
  font-family: "PingFang SC", "Noto Sans CJK SC", sans-serif; border-bottom: 18px solid #a3362b; }}
svg {{ width: 340px; height: 340px; flex: none; }}
h1 {{ font-size: 96px; line-height: 1.15; margin: 0 0 28px; font-weight: 600; }}
p {{ font-size: 38px; line-height: 1.45; margin: 0; color: #5c636b; }}
</style>{mark}<div><h1>巷知<br>Lanewise</h1><p>街巷长的案例与培训库</p>
<p>Cases and training for<br>street and lane chiefs</p></div>"""


def main() -> None:
    """Draw every picture into the package."""
    mark = (SITE / "assets" / "mark.svg").read_text(encoding="utf-8")
    with browser() as running:
        page = running.new_page()
        for name, size in SIZES.items():
            draw(page, square(mark, size, _FULL.get(name)), size, size, ICONS / name)
        draw(page, SHARED.format(mark=mark), 1200, 630, ICONS / "share.png")
    (ICONS / "favicon.ico").write_bytes(ico((ICONS / "icon-32.png").read_bytes(), 32))


def draw(page: Page, html: str, width: int, height: int, path: Path) -> None:
    """Draw a page of that size; what nothing is drawn on stays clear."""
    page.set_viewport_size({"width": width, "height": height})
    page.set_content(html)
    page.screenshot(path=path, omit_background=True)


def square(mark: str, size: int, share: float | None) -> str:
    """The mark in a square: as it is, or that share of the width on a ground of paper."""
    inner = round(size * (share or 1))
    ground = PAPER if share else "none"
    return (
        f"<style>body{{margin:0;width:{size}px;height:{size}px;display:grid;place-items:center;"
        f"background:{ground}}}svg{{width:{inner}px;height:{inner}px}}</style>{mark}"
    )


def ico(png: bytes, size: int) -> bytes:
    """A PNG in the wrapper that old browsers ask for at /favicon.ico."""
    head = struct.pack("<HHH", 0, 1, 1)
    return head + struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(png), 22) + png


if __name__ == "__main__":
    main()
