"""Pages cut into the passages that are found, quoted and linked to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from search_index.content import Case, Guide, Kind, Lang, Library, Page, Plan, ProblemType, Session
from search_index.markdown import blocks

# What a passage does in an answer, by the anchor it stands at.
_ROLES = {
    "do": "do",
    "steps": "do",
    "responses": "response",
    "decision": "do",
    "who": "who",
    "shares": "who",
    "escalation": "who",
    "basis": "basis",
    "rules": "basis",
    "dont": "dont",
    "not-do": "dont",
    "pitfalls": "lesson",
    "transfer": "lesson",
    "result": "result",
    "look": "look",
    "signs": "look",
    "danger": "danger",
    "worked": "measure",
    "routine": "routine",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a page under one heading: what a search finds and a link lands on.

    `blocks` are its paragraphs, items and cells as plain text, verbatim; `names` what people call
    the page's problems, in both languages, which counts less than what the page says.
    """

    page: str
    kind: Kind
    lang: Lang
    anchor: str
    section: str
    title: str
    blocks: tuple[str, ...]
    problems: tuple[str, ...] = ()
    names: str = ""

    @property
    def id(self) -> str:
        """Stable across rebuilds, so that an answer can cite it.

        >>> Passage("noise", Kind.CASE, Lang.ZH, "result", "结果", "广场舞", ("静了。",)).id
        'zh/noise#result'
        """
        return f"{self.lang}/{self.page}#{self.anchor}"

    @property
    def text(self) -> str:
        """All its blocks, one a line."""
        return "\n".join(self.blocks)

    @property
    def role(self) -> str:
        """What it does in an answer: do, who, basis, lesson …; "text" if nothing special."""
        return _ROLES.get(self.anchor, "lesson" if not self.anchor else "text")


def cut(page: Page, library: Library) -> Iterator[Passage]:
    """The passages of one page, in the order in which they stand there.

    The first one holds title, lesson and aliases and has the anchor "".
    """
    names = names_of(page, library)
    for anchor, section, found in _parts(page, library):
        if found:
            yield Passage(
                page.id, page.kind, page.lang, anchor, section, page.title, found, page.problems,
                names,
            )  # fmt: skip


def cut_all(library: Library) -> Iterator[Passage]:
    """The passages of every published page, by page id, language and place on the page."""
    for page in sorted(library.published(), key=lambda page: (page.id, page.lang)):
        yield from cut(page, library)


def names_of(page: Page, library: Library) -> str:
    """What the page's problems are called: names, aliases and glossary terms, both languages."""
    found: dict[str, None] = {}
    for topic_id in page.problems:
        topic = library.topic(topic_id)
        if topic is not None:
            found |= dict.fromkeys((topic.zh, topic.en))
        for lang in Lang:
            named = library.pages.get((lang, topic_id))
            found |= dict.fromkeys(named.aliases if named else ())
    found |= dict.fromkeys(page.aliases)
    return "\n".join(found)


def _parts(page: Page, library: Library) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Anchor, heading and blocks of everything a page shows."""
    yield "", "", tuple(part for part in (page.lesson or page.title, *_aliases(page)) if part)
    yield from _front(page, library)
    written = {section.anchor for section in page.sections}
    for section in page.sections:
        words = blocks(section.text) if section.blocks is None else section.blocks
        yield section.anchor, section.heading, words
    yield from _after(page, written)


def _aliases(page: Page) -> tuple[str, ...]:
    return ("、".join(page.aliases) if page.lang is Lang.ZH else ", ".join(page.aliases),)


def _front(page: Page, library: Library) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    details = page.details
    zh = page.lang is Lang.ZH
    if isinstance(details, ProblemType) and details.card is not None:
        card = details.card
        yield "look", "先看" if zh else "Look", (card.look,)
        yield "do", "做" if zh else "Do", card.do
        yield "who", "找谁" if zh else "Who", (card.who,)
        yield "basis", "依据" if zh else "Basis", (card.basis,)
        yield "dont", "别做" if zh else "Do not", (card.dont,)
    if isinstance(details, Guide):
        rows = [
            cell
            for share in details.shares
            for cell in (
                share.duty,
                library.term(share.lead, page.lang),
                *(library.term(term, page.lang) for term in share.support),
                share.not_ours,
            )
            if cell
        ]
        yield "shares", "谁做什么" if zh else "Who does what", tuple(rows)
        routine = details.routine
        if routine is not None:
            lines = (*routine.daily, *routine.weekly, *routine.monthly)
            yield "routine", "日常" if zh else "Routine", lines
        yield "steps", "步骤" if zh else "Steps", details.steps
    if isinstance(details, Session):
        aims = tuple(aim.text for aim in details.objectives)
        yield "objectives", "目标" if zh else "Objectives", aims
        prompts = tuple(item.prompt for item in details.agenda if item.prompt)
        yield "agenda", "流程" if zh else "Agenda", prompts
    if isinstance(details, Plan):
        tasks = tuple(f"{task.task} {task.measure}" for task in details.tasks)
        yield "tasks", "任务" if zh else "Tasks", tasks


def _after(page: Page, written: set[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    details = page.details
    zh = page.lang is Lang.ZH
    if isinstance(details, Case):
        points = tuple(
            part
            for point in details.decision_points
            for part in (point.ask, *point.options, point.done, point.why)
        )
        yield "decision-points", "决策点" if zh else "Decision points", points
        yield "not-do", "别这样做" if zh else "Do not", details.not_do
    quiz = getattr(details, "quiz", ())
    if quiz and "quiz" not in written:
        lines = tuple(part for item in quiz for part in (item.stem, *item.options, item.explain))
        yield "quiz", "测验" if zh else "Quiz", lines
