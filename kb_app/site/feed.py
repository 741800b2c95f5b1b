"""What other programs read of the site: its maps, its feed, and how to search it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from kb_app.site.staged import Staged
from kb_app.site.words import tag_of, word
from search_index import Lang

ATOM = "http://www.w3.org/2005/Atom"
MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
XHTML = "http://www.w3.org/1999/xhtml"
# Enough for a reader who looks once a month, and small enough for a telephone.
NEWEST = 60

register_namespace("xhtml", XHTML)


def sitemap_index(site_url: str) -> bytes:
    """The list of the languages' maps."""
    top = Element("sitemapindex", xmlns=MAP)
    for lang in Lang:
        SubElement(SubElement(top, "sitemap"), "loc").text = f"{site_url}/{lang}/sitemap.xml"
    return _written(top)


def sitemap(lang: Lang, pages: Iterable[Staged], site_url: str) -> bytes:
    """The addresses of a language's pages, each with its other language and the day of its check.

    Pages that are kept for old links only are not among them.
    """
    top = Element("urlset", {"xmlns": MAP})
    for page in pages:
        if page.listed:
            entry = SubElement(top, "url")
            SubElement(entry, "loc").text = f"{site_url}/{lang}/{page.url}"
            if page.checked_on:
                SubElement(entry, "lastmod").text = page.checked_on.isoformat()
            if page.translated:
                _alternates(entry, page, site_url)
    return _written(top)


def _alternates(entry: Element, page: Staged, site_url: str) -> None:
    for other in Lang:
        address = f"{site_url}/{other}/{page.url}"
        link = {"rel": "alternate", "hreflang": tag_of(other), "href": address}
        SubElement(entry, f"{{{XHTML}}}link", link)


def atom(lang: Lang, pages: Iterable[Staged], site_url: str) -> bytes:
    """The pages checked last, newest first, as an Atom feed.

    The id of an entry depends on language and path only, so that it survives a new address.
    """
    home = f"{site_url}/{lang}/"
    newest = _newest(pages)
    top = Element("feed", {"xmlns": ATOM, "xml:lang": tag_of(lang)})
    SubElement(top, "id").text = _urn(f"/{lang}/")
    SubElement(top, "title").text = word(lang, "feed_title")
    SubElement(top, "subtitle").text = word(lang, "tagline")
    days = [page.checked_on for page in newest if page.checked_on]
    SubElement(top, "updated").text = _moment(max(days, default=date(2026, 1, 1)))
    SubElement(SubElement(top, "author"), "name").text = word(lang, "app_name")
    SubElement(top, "link", {"rel": "self", "href": f"{home}feed.atom"})
    SubElement(top, "link", {"rel": "alternate", "type": "text/html", "href": home})
    SubElement(top, "icon").text = f"{site_url}/icons/icon-192.png"
    for page in newest:
        _entry(top, lang, page, f"{home}{page.url}")
    return _written(top)


def _newest(pages: Iterable[Staged]) -> Sequence[Staged]:
    dated = [page for page in pages if page.checked_on and page.listed]
    dated.sort(key=lambda page: page.url)
    dated.sort(key=lambda page: page.checked_on or date.min, reverse=True)
    return dated[:NEWEST]


def _entry(top: Element, lang: Lang, page: Staged, address: str) -> None:
    entry = SubElement(top, "entry")
    SubElement(entry, "id").text = _urn(f"/{lang}/{page.url}")
    SubElement(entry, "title").text = page.title
    SubElement(entry, "updated").text = _moment(page.checked_on or date.min)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    if page.nav:
        SubElement(entry, "category", {"term": page.nav})
    SubElement(entry, "summary").text = page.description or page.title


def _urn(path: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"lanewise:{path}").urn


def _moment(day: date) -> str:
    """The beginning of a day; nobody notes the hour of a check."""
    return f"{day.isoformat()}T00:00:00+08:00"


def search_description(lang: Lang, site_url: str) -> bytes:
    """How a browser can search the library from its address bar."""
    top = Element("OpenSearchDescription", xmlns=OPENSEARCH)
    SubElement(top, "ShortName").text = word(lang, "site")
    SubElement(top, "Description").text = word(lang, "tagline")
    SubElement(top, "Language").text = tag_of(lang)
    SubElement(top, "InputEncoding").text = "UTF-8"
    icon = {"width": "32", "height": "32", "type": "image/png"}
    SubElement(top, "Image", icon).text = f"{site_url}/icons/icon-32.png"
    address = f"{site_url}/{lang}/search?q={{searchTerms}}"
    SubElement(top, "Url", {"type": "text/html", "method": "get", "template": address})
    return _written(top)


def _written(top: Element) -> bytes:
    indent(top, " ")
    return bytes(tostring(top, encoding="utf-8", xml_declaration=True)) + b"\n"
