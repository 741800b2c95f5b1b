"""One page as the site will show it, before it is published."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urljoin

from markdown import Markdown

from kb_app.site.edition import Edition
from kb_app.site.staging import staged
from search_index import MARKDOWN_CONFIGS, MARKDOWN_EXTENSIONS, Library, Page

_LINK = re.compile(r'\b(href|src)="(?!#|[a-z]+:|//)([^"]*)"')


def preview(library: Library, page: Page, today: date) -> str:
    """The inside of a page as HTML; its links lead where they will lead on the site.

    The text must have passed the checks, for they keep out what no page may have.
    """
    text = staged(Edition(library, page.lang, today), page).text()
    _, _, body = text.removeprefix("---").partition("\n---\n")
    converter = Markdown(
        extensions=MARKDOWN_EXTENSIONS,
        extension_configs={name: dict(config) for name, config in MARKDOWN_CONFIGS.items()},
    )
    return _LINK.sub(lambda found: _absolute(page, found), converter.convert(body))


def _absolute(page: Page, found: re.Match[str]) -> str:
    attribute, target = found.groups()
    name, mark, anchor = target.partition("#")
    if name.endswith(".md"):
        file = f"/{page.lang}/{page.kind.folder}/{page.id}.md"
        there = urljoin(file, name).removesuffix(".md") + "/"
    else:
        there = urljoin(page.url, name)
    return f'{attribute}="{there}{mark}{anchor}"'
