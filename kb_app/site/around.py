"""The files that stand around the pages: manifest, icons, search description, maps, feed, codes."""

from __future__ import annotations

import io
import ipaddress
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import segno

from kb_app.site import feed
from kb_app.site.staged import Staged
from kb_app.site.words import tag_of, word
from search_index import Lang

ICONS = Path(str(resources.files("kb_app.site"))) / "icons"
_PAPER, _BRICK = "#FBF9F5", "#3C4650"

Files = Iterator[tuple[PurePosixPath, bytes]]


def around(pages: Mapping[Lang, Sequence[Staged]], site_url: str) -> Files:
    """Every file that is not a page, by its path below the site's top.

    `pages` are those of each language, `site_url` the address people reach the site at.
    """
    for path in sorted(ICONS.iterdir()):
        yield PurePosixPath("icons", path.name), path.read_bytes()
    yield PurePosixPath("favicon.ico"), (ICONS / "favicon.ico").read_bytes()
    yield PurePosixPath("robots.txt"), _robots(site_url).encode()
    yield PurePosixPath("sitemap.xml"), feed.sitemap_index(site_url)
    for lang, mine in pages.items():
        folder = PurePosixPath(lang)
        yield folder / "manifest.webmanifest", _json(manifest(lang))
        yield folder / "opensearch.xml", feed.search_description(lang, site_url)
        yield folder / "sitemap.xml", feed.sitemap(lang, mine, site_url)
        yield folder / "feed.atom", feed.atom(lang, mine, site_url)


def codes(pages: Mapping[Lang, Sequence[Staged]], site_url: str) -> Files:
    """A QR code beside every page; none where nobody's phone could follow it."""
    if reachable(site_url):
        for lang, mine in pages.items():
            for page in mine:
                address = f"{site_url}/{lang}/{page.url}"
                yield PurePosixPath(lang, page.url, "qr.svg"), qr_code(address)


def reachable(site_url: str) -> bool:
    """Whether another machine can open that address; one that leads to itself is of no use there.

    >>> reachable("http://127.0.0.1:8000"), reachable("http://localhost"), reachable("http://[::1]")
    (False, False, False)
    >>> reachable("http://192.168.1.20:8000"), reachable("https://kb.example")
    (True, True)
    """
    host = urlsplit(site_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host not in {"", "localhost"} and not host.endswith(".localhost")
    return not (address.is_loopback or address.is_unspecified)


def qr_code(address: str) -> bytes:
    """An address as an SVG picture, with the quiet zone; a seventh of it may be dirt.

    >>> qr_code("https://kb.example/zh/")[:47]
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox'
    """
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        nl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        light="#fff",
    )
    return out.getvalue()


def manifest(lang: Lang) -> Mapping[str, Any]:
    """What a phone needs to keep the site as an app.

    The format knows one theme colour; the pages themselves name one for each scheme.
    """
    home = f"/{lang}/"
    return {
        "id": home,
        "name": word(lang, "app_name"),
        "short_name": word(lang, "site"),
        "description": word(lang, "tagline"),
        "lang": tag_of(lang),
        "dir": "ltr",
        "start_url": home,
        # The other language is the same app.
        "scope": "/",
        "display": "standalone",
        "theme_color": _BRICK,
        "background_color": _PAPER,
        "categories": ["education", "government"],
        "icons": [
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("maskable-512.png", "512x512", "maskable"),
            _icon("mark-mono.svg", "any", "monochrome"),
        ],
        "shortcuts": [
            {"name": word(lang, "search"), "url": f"{home}search"},
            {"name": word(lang, "problems_title"), "url": f"{home}problems/"},
        ],
    }


def _icon(name: str, sizes: str, purpose: str = "any") -> Mapping[str, str]:
    kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
    return {"src": f"/icons/{name}", "sizes": sizes, "type": kind, "purpose": purpose}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _robots(site_url: str) -> str:
    """Pages may be found from outside; what is made per request is of no use there."""
    closed = ["/api/", "/metrics", *(f"/{lang}/search" for lang in Lang)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return "\n".join([*lines, f"Sitemap: {site_url}/sitemap.xml", ""])
