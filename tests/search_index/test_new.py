from __future__ import annotations

import pytest
from samples import Folder

from search_index import Kind, Lang, new_page


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("lang", list(Lang))
def test_a_new_page_passes_the_check_as_a_draft(folder: Folder, kind: Kind, lang: Lang) -> None:
    slug = "parking-lock" if kind is Kind.PROBLEM else "something-new"
    parts = [part for part in (lang.value, kind.folder, f"{slug}.md") if part]
    folder.write("/".join(parts), new_page(kind, slug, lang))
    assert folder.lines() == []


@pytest.mark.parametrize("slug", ["", "Two Words", "中文", "a--b", "../a"])
def test_a_name_that_cannot_be_an_address_is_refused(slug: str) -> None:
    with pytest.raises(ValueError, match="cannot name a page"):
        new_page(Kind.CASE, slug)
