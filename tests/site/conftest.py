"""Small libraries built in code, as they are read by one language's readers."""

from collections.abc import Callable
from datetime import date
from pathlib import PurePosixPath

import pytest

from kb_app.site.edition import Edition
from search_index import Group, Kind, Lang, Library, Page, Term, Topic
from search_index.content import Section

TODAY = date(2026, 11, 22)
GROUPS = (
    Group(
        "ebikes-fire",
        "电动自行车与消防",
        "E-bikes and fire",
        (
            Topic("ebike-corridor", "ebikes-fire", "楼道停放充电", "E-bikes in corridors"),
            Topic("fire-lane", "ebikes-fire", "占堵消防车通道", "Blocked fire lane"),
        ),
    ),
    Group(
        "parking",
        "停车与车辆",
        "Parking and vehicles",
        (Topic("parking-lock", "parking", "私装地锁", "Private parking locks"),),
    ),
    Group("duty", "职责", "Duties", (Topic("duty-patrol", "duty", "日常巡查", "Daily patrol"),)),
)
GLOSSARY = (
    Term("街巷长", "street and lane chief", ("街长",), ("chief",), "not a mayor"),
    Term("物业", "property firm"),
    Term("北京市消防条例", "Beijing Fire Protection Regulations"),
)


def _sections(parts: dict[str, str]) -> tuple[Section, ...]:
    return tuple(
        Section(anchor, anchor.capitalize(), 2, text, n)
        for n, (anchor, text) in enumerate(parts.items(), 1)
    )


@pytest.fixture
def make_page() -> Callable[..., Page]:
    """A page: `make_page("shed", Kind.CASE, parts={"situation": "…"}, details=Case())`."""

    def make(slug: str, kind: Kind = Kind.CASE, lang: Lang = Lang.ZH, **values: object) -> Page:
        values.setdefault("title", slug)
        values.setdefault("sections", _sections(values.pop("parts", {})))
        path = PurePosixPath(lang, kind.folder, f"{slug}.md")
        return Page(slug, kind, lang, path, **values)

    return make


@pytest.fixture
def make_edition() -> Callable[..., Edition]:
    """What readers of one language have: `make_edition(page, page, lang=Lang.EN)`."""

    def make(*pages: Page, lang: Lang = Lang.ZH, **values: object) -> Edition:
        values.setdefault("groups", GROUPS)
        values.setdefault("glossary", GLOSSARY)
        found = {(page.lang, page.id): page for page in pages}
        return Edition(Library(pages=found, **values), lang, TODAY)

    return make


@pytest.fixture
def text() -> Callable[..., str]:
    """The Markdown of parts, as it is staged."""
    return lambda parts: "\n\n".join(part.text() for part in parts)
