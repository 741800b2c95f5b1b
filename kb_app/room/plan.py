"""What a room will show, fixed when it is opened, so that no edit changes a session under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self, TypeVar

from kb_app.room.errors import NothingToShowError
from kb_app.session.slides import Slide, ask_name, case_deck, quiz_name, slides
from search_index import (
    AgendaKind,
    Case,
    DecisionPoint,
    Guide,
    Lang,
    Library,
    Page,
    QuizItem,
    Session,
)

T = TypeVar("T")


class Sort(StrEnum):
    """What is voted on: what to do now, which answer is right, or the same before the session."""

    DECISION = "decision"
    QUIZ = "quiz"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Asked:
    """A ballot in one language; `after` is told when it is closed: what was done, or why."""

    stem: str
    options: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BallotPlan:
    """Something to vote on; `answer` counts from 1, and is None where nothing is right or wrong.

    `source` is where it comes from, as ``slug#anchor``.
    """

    name: str
    sort: Sort
    answer: int | None
    source: str
    asked: Mapping[Lang, Asked]

    @property
    def size(self) -> int:
        """How many options there are."""
        return len(next(iter(self.asked.values())).options)

    def in_lang(self, lang: Lang) -> Asked:
        """In a language, or in the one that there is."""
        return self.asked.get(lang) or next(iter(self.asked.values()))


@dataclass(frozen=True, slots=True)
class GuidePlan:
    """A duty guide that is read aloud, in the version that will have been heard."""

    id: str
    version: str
    titles: Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Slides in every language that the page has, what is voted on, and what is read aloud."""

    titles: Mapping[Lang, str]
    slides: Mapping[Lang, tuple[Slide, ...]]
    ballots: tuple[BallotPlan, ...]
    guides: tuple[GuidePlan, ...] = ()

    def ballot(self, name: str) -> BallotPlan | None:
        """What is voted on under a name."""
        return next((each for each in self.ballots if each.name == name), None)

    @property
    def before(self) -> tuple[str, ...]:
        """The names of the test before the session; none where there is no quiz."""
        return tuple(each.name for each in self.ballots if each.sort is Sort.BEFORE)

    def title(self, lang: Lang) -> str:
        """What it is called, in a language or in the one that there is."""
        return self.titles.get(lang) or next(iter(self.titles.values()))

    def cover(self, lang: Lang) -> str:
        """What those who take part may read beforehand: the title of a case tells how it ended."""
        slides = self.slides.get(lang) or next(iter(self.slides.values()))
        return slides[0].title

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        return cls(
            titles=_by_lang(kept["titles"]),
            slides={Lang(k): tuple(map(_slide, v)) for k, v in kept["slides"].items()},
            ballots=tuple(map(_ballot, kept["ballots"])),
            guides=tuple(_guide(each) for each in kept["guides"]),
        )


def before_name(number: int) -> str:
    """What the vote on a quiz item before the session is called, counted from 1."""
    return f"before:{number}"


def plan_of(library: Library, slug: str) -> Plan:
    """The plan of a session, a case or a duty guide. Raises NothingToShowError."""
    pages = {lang: p for lang in Lang if (p := library.pages.get((lang, slug))) is not None}
    decks = {lang: found for lang, page in pages.items() if (found := _deck(library, page))}
    if not decks:
        raise NothingToShowError(slug)
    shown = {lang: pages[lang] for lang in decks}
    return Plan(
        titles={lang: page.title for lang, page in shown.items()},
        slides=decks,
        ballots=tuple(_ballots(library, shown)),
        guides=tuple(_guides(library, shown)),
    )


def _deck(library: Library, page: Page) -> tuple[Slide, ...]:
    match page.details:
        case Session():
            return slides(library, page, page.details)
        case Case() if page.details.decision_points:
            return case_deck(page)
        case _:
            return ()


def _ballots(library: Library, pages: Mapping[Lang, Page]) -> Iterator[BallotPlan]:
    """The decision points of the cases, then every quiz item, each also as a test before."""
    for case in _cases(pages):
        told = {lang: p for lang in pages if (p := library.page(case, lang)) is not None}
        points = {lang: p.details.decision_points for lang, p in told.items()
                  if isinstance(p.details, Case)}  # fmt: skip
        for n, each in enumerate(_side_by_side(points), 1):
            asked = {lang: _decision(point) for lang, point in each.items()}
            place = next(iter(each.values())).at
            yield BallotPlan(ask_name(case, n), Sort.DECISION, None, f"{case}#{place}", asked)
    items = {lang: p.details.quiz for lang, p in pages.items() if isinstance(p.details, Session)}
    for n, found in enumerate(_side_by_side(items), 1):
        first = next(iter(found.values()))
        asked = {lang: _question(item) for lang, item in found.items()}
        yield BallotPlan(quiz_name(n), Sort.QUIZ, first.answer, first.source, asked)
        # Nothing is told of the test before, not even which answer is right: the session does that.
        untold = {lang: replace(each, after=()) for lang, each in asked.items()}
        yield BallotPlan(before_name(n), Sort.BEFORE, None, first.source, untold)


def _side_by_side(found: Mapping[Lang, tuple[T, ...]]) -> Iterator[Mapping[Lang, T]]:
    most = max(map(len, found.values()), default=0)
    for n in range(most):
        yield {lang: items[n] for lang, items in found.items() if n < len(items)}


def _cases(pages: Mapping[Lang, Page]) -> tuple[str, ...]:
    page = next(iter(pages.values()))
    if isinstance(page.details, Session):
        wanted = (item.ref for item in page.details.agenda if item.kind is AgendaKind.CASE)
        return tuple(dict.fromkeys(ref for ref in wanted if ref))
    return (page.id,) if isinstance(page.details, Case) else ()


def _decision(point: DecisionPoint) -> Asked:
    return Asked(point.ask, point.options, tuple(filter(None, (point.done, point.why))))


def _question(item: QuizItem) -> Asked:
    return Asked(item.stem, item.options, (item.explain,))


def _guides(library: Library, pages: Mapping[Lang, Page]) -> Iterator[GuidePlan]:
    page = next(iter(pages.values()))
    wanted = page.details.agenda if isinstance(page.details, Session) else ()
    for slug in dict.fromkeys(i.ref for i in wanted if i.kind is AgendaKind.READ and i.ref):
        told = {lang: p for lang in pages if (p := library.page(slug, lang)) is not None}
        guide = next((p.details for p in told.values() if isinstance(p.details, Guide)), None)
        if guide is not None and guide.read_aloud:
            titles = {lang: each.title for lang, each in told.items()}
            yield GuidePlan(slug, guide.version or "", titles)


def _by_lang(kept: Mapping[str, str]) -> Mapping[Lang, str]:
    return {Lang(lang): text for lang, text in kept.items()}


def _slide(kept: Mapping[str, Any]) -> Slide:
    listed = {name: tuple(kept[name]) for name in ("body", "options")}
    return Slide(**{**kept, **listed})


def _ballot(kept: Mapping[str, Any]) -> BallotPlan:
    asked = {
        Lang(lang): Asked(each["stem"], tuple(each["options"]), tuple(each["after"]))
        for lang, each in kept["asked"].items()
    }
    return BallotPlan(kept["name"], Sort(kept["sort"]), kept["answer"], kept["source"], asked)


def _guide(kept: Mapping[str, Any]) -> GuidePlan:
    return GuidePlan(kept["id"], kept["version"], _by_lang(kept["titles"]))
