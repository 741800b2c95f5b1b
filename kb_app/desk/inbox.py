"""The one inbox: what waits, of every sort, and how it is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app.accounts import Role
from kb_app.desk.common import account_names, desk, page_id, said, show, tell, to
from kb_app.door import account
from kb_app.feedback import Verdict
from kb_app.inbox import ClosingError, How, Item, Sort
from kb_app.questions import Overdue, QuestionError, Waiting
from kb_app.translations import mark, say
from kb_app.visitor import BadRequestError, generation, json_response, language, running
from search_index import Lang

CLOSINGS = 100
SUGGESTED = 3


class Tab(StrEnum):
    """The parts of the inbox."""

    QUESTIONS = "questions"
    GAPS = "gaps"
    SOFT = "soft"
    PAGES = "pages"
    FEEDBACK = "feedback"
    MISSED = "missed"
    DRAFTS = "drafts"
    ALIASES = "aliases"
    CLOSED = "closed"


TABS: Mapping[Tab, str] = {
    Tab.QUESTIONS: mark("Questions"),
    Tab.GAPS: mark("Not found"),
    Tab.SOFT: mark("Found, not useful"),
    Tab.PAGES: mark("Pages to review"),
    Tab.FEEDBACK: mark("Feedback"),
    Tab.MISSED: mark("Missed in a quiz"),
    Tab.DRAFTS: mark("Drafts"),
    Tab.ALIASES: mark("Other names"),
    Tab.CLOSED: mark("Closed"),
}
_SORTS: Mapping[Tab, frozenset[Sort]] = {
    Tab.GAPS: frozenset({Sort.GAP}),
    Tab.SOFT: frozenset({Sort.SOFT}),
    Tab.PAGES: frozenset({Sort.REVIEW, Sort.RECHECK}),
    Tab.FEEDBACK: frozenset({Sort.FEEDBACK}),
    Tab.MISSED: frozenset({Sort.MISSED}),
}


class Which(StrEnum):
    """Which of the questions are shown."""

    OPEN = "open"
    OVERDUE = "overdue"
    ADMINISTRATOR = "administrator"
    MINE = "mine"
    SETTLED = "settled"


WHICH: Mapping[Which, str] = {
    Which.OPEN: mark("All open"),
    Which.OVERDUE: mark("Overdue"),
    Which.ADMINISTRATOR: mark("On the administrator's list"),
    Which.MINE: mark("Mine"),
    Which.SETTLED: mark("Settled"),
}
HOW: Mapping[str, str] = {
    How.WRITE: mark("a page is being written"),
    How.LINK: mark("a page answers it"),
    How.MERGE: mark("merged into a question"),
    How.REFER: mark("referred"),
    How.NOT_OURS: mark("closed with a reason"),
}
VERDICTS: Mapping[str, str] = {
    Verdict.OUT_OF_DATE: mark("out of date"),
    Verdict.MINE_IS_DIFFERENT: mark("mine is different"),
    Verdict.NOT_USEFUL: mark("not useful"),
}


@dataclass(frozen=True, slots=True)
class _Everything:
    """What waits, read once for a page."""

    waiting: tuple[Waiting, ...]
    items: tuple[Item, ...]
    counts: Mapping[Tab, int]


@desk.get("")
def inbox() -> Response:
    """What waits, one sort at a time."""
    if not account().role.includes(Role.EDITOR):
        return show(say(language(), mark("The desk")), "trainer")
    return _page(_tab(request.args.get("tab")))


@desk.post("/closings")
def close() -> AnyResponse:
    """Close one thing, with who, when and why."""
    subject, how = said("subject"), said("how")
    tab = _tab(said("tab"))
    kept = running().kept
    item = next((i for i in _items() if i.subjects[0] == subject), None)
    if item is None:
        tell(mark("It was closed already, or is no longer asked for."))
        return to("inbox", tab=tab)
    if how not in set(How) or how == How.WRITE:
        raise BadRequestError(mark("Say how it is closed."))
    page = page_id(said("other_page") or said("page"))
    try:
        _check_page(How(how), page)
        into = _existing(said("into")) if how == How.MERGE else ""
        kept.inbox.close(
            item, How(how), account().id, page=page, into=into, to=said("to"), reason=said("reason")
        )
    except (ClosingError, QuestionError) as error:
        return _page(tab, refused=error.said(language()), subject=subject)
    tell(mark("Closed: {title}"), title=item.title)
    return to("inbox", tab=tab)


@desk.get("/building")
def building() -> Response:
    """How far the build in the background is, for the script of the page."""
    return json_response(running().publisher.state())


@desk.post("/building")
def build() -> AnyResponse:
    """Build index and site anew."""
    running().publisher.build()
    return to("inbox", tab=Tab.DRAFTS)


def find_item(subject: str) -> Item | None:
    """What waits under a name; None if it was closed."""
    return next((item for item in _items() if item.subjects[0] == subject), None)


def _tab(named: str | None) -> Tab:
    return Tab(named) if named in set(Tab) else Tab.QUESTIONS


def _items() -> tuple[Item, ...]:
    return running().kept.inbox.items(generation().answers.listed())


def _page(tab: Tab, *, refused: str = "", subject: str = "") -> Response:
    kept = running().kept
    everything = _everything()
    chosen = request.args.get("which")
    which = Which(chosen) if chosen in set(Which) else Which.OPEN
    return show(
        say(language(), mark("The desk")),
        "inbox",
        409 if refused else 200,
        tab=tab,
        tabs=TABS,
        counts=everything.counts,
        which=which,
        whichs=WHICH,
        questions=_SHOWN[which](everything.waiting) if tab is Tab.QUESTIONS else (),
        items=[item for item in everything.items if item.sort in _SORTS.get(tab, ())],
        drafts=kept.drafts.waiting() if tab is Tab.DRAFTS else (),
        aliases=kept.inbox.aliases(generation().answers.listed()) if tab is Tab.ALIASES else (),
        closings=kept.inbox.closings(CLOSINGS) if tab is Tab.CLOSED else (),
        who=account_names(),
        how_names=HOW,
        verdicts=VERDICTS,
        suggested=_suggested,
        page_title=_page_title,
        refused=refused,
        subject=subject,
        typed=lambda name: request.form.get(name, ""),
    )


def _everything() -> _Everything:
    kept = running().kept
    waiting, items = kept.questions.inbox(), _items()
    counts = {tab: sum(item.sort in sorts for item in items) for tab, sorts in _SORTS.items()}
    counts[Tab.QUESTIONS] = len(waiting)
    counts[Tab.DRAFTS] = len(kept.drafts.waiting())
    counts[Tab.ALIASES] = len(kept.inbox.aliases(generation().answers.listed()))
    return _Everything(waiting, items, counts)


def _overdue_first(waiting: tuple[Waiting, ...]) -> list[Waiting]:
    """As they come, which is danger first; but what is overdue before what is not."""
    return sorted(waiting, key=lambda each: (not each.life.danger, each.overdue is Overdue.NO))


def _settled(_: tuple[Waiting, ...]) -> list[Waiting]:
    return list(running().kept.questions.settled())


_SHOWN: Mapping[Which, Callable[[tuple[Waiting, ...]], list[Waiting]]] = {
    Which.OPEN: _overdue_first,
    Which.OVERDUE: lambda found: [each for each in found if each.overdue is not Overdue.NO],
    Which.ADMINISTRATOR: lambda found: [
        each for each in found if each.overdue is Overdue.ADMINISTRATOR
    ],
    Which.MINE: lambda found: [each for each in found if each.life.assigned_to == account().id],
    Which.SETTLED: _settled,
}


def _suggested(item: Item) -> tuple[Any, ...]:
    """Pages that may answer what was sought."""
    return generation().answers.search(item.title, lang=Lang(item.lang), limit=SUGGESTED).hits


def _page_title(page: str, lang: str = "") -> tuple[str, str]:
    found = generation().answers.page(page, lang=Lang(lang) if lang else language())
    return (found.text, found.url) if found else (page, "")


def _check_page(how: How, page: str) -> None:
    if how is How.LINK and page and generation().answers.page(page, lang=language()) is None:
        raise ClosingError(mark("The library has no such page."))


def _existing(typed: str) -> str:
    """The number of a question that exists."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):  # noqa: PLR2004
        raise ClosingError(mark("Say which question it is merged into."))
    return str(running().kept.questions.record(int(typed)).life.number)
