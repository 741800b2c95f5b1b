"""From a trainer's wish to a session in both languages, made from the library alone.

Nothing is invented: the prompts are set sentences around what the pages say, the quiz is drawn from
the bank, and what was chosen and why stands at the end of the page. A trainer edits all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from kb_app.session.bank import LEAST, MOST, Banked, draw
from kb_app.session.phrases import audience, level, listed, phrase
from search_index import (
    AgendaKind,
    Case,
    Evidence,
    Form,
    Guide,
    Kind,
    Lang,
    Library,
    Page,
    ProblemType,
    Status,
    evidence,
    form_of,
    marked_translated,
    text_of,
)

SHORTEST, LONGEST = 20, 180
AIMS = 3
_STEPS = 3
_TOPICS = 5
_LETTERS = "ABCDEFGH"
_OPTIONAL_FROM = 45  # minutes from which there is a test before and a talk about one's own lane
_PER_CASE = 40  # minutes for which one case is chosen
_ORDER = (
    Evidence.SEVERAL, Evidence.MEASURED, Evidence.ONCE, Evidence.FAILED, Evidence.UNTESTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What a trainer wants; title and audience are in `lang` and may be left out."""

    problems: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    guides: tuple[str, ...] = ()
    minutes: int = 60
    audience: str = ""
    lang: Lang = Lang.ZH
    title: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why there can be no such session."""

    key: str
    values: Mapping[str, Mapping[Lang, str]]

    def said(self, lang: Lang) -> str:
        """The reason, in a language."""
        return phrase(lang, self.key, **{name: words[lang] for name, words in self.values.items()})


class WishError(Exception):
    """A wish that cannot be met; `faults` are all the reasons."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.said(Lang.EN) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the agenda, with what the trainer says in each language."""

    kind: AgendaKind
    minutes: int
    ref: str | None
    prompts: Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class Built:
    """A session as drafts of its two files, its agenda, and the pages it was made from."""

    texts: Mapping[Lang, str]
    agenda: tuple[Part, ...]
    cases: tuple[str, ...]
    reasons: Mapping[Lang, tuple[str, ...]]
    title: Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The pages of a session, before anything is said about them."""

    wish: Wish
    library: Library
    cases: tuple[str, ...]
    guides: tuple[str, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        """All pages, those about the problems included where there are any."""
        cards = {page.id for page in _usable(self.library, Kind.PROBLEM)}
        there = (slug for slug in self.wish.problems if slug in cards)
        return tuple(dict.fromkeys((*self.guides, *self.cases, *there)))

    def page(self, slug: str, lang: Lang = Lang.ZH) -> Page:
        """A page that is known to be there."""
        found = self.library.page(slug, lang)
        if found is None:
            raise KeyError(slug)
        return found

    @property
    def topics(self) -> tuple[str, ...]:
        """What the session is about: as wished, else what its pages are about."""
        own = (topic for slug in self.slugs for topic in self.page(slug).problems)
        return self.wish.problems or tuple(dict.fromkeys(own))[:_TOPICS]

    def names(self, lang: Lang) -> str:
        """The first topics by name."""
        found = (self.library.topic(topic) for topic in self.topics[:3])
        return listed(lang, [topic.name(lang) for topic in found if topic])


def build(library: Library, wish: Wish, today: date) -> Built:
    """Make a session. Raises WishError with everything that stands against it."""
    plan = _planned(library, wish)
    items = _drawn(plan)
    agenda = _agenda(plan, len(items))
    texts = {lang: _text(plan, items, agenda, lang, today) for lang in Lang}
    texts[Lang.EN] = _marked(texts[Lang.EN], texts[Lang.ZH])
    reasons = {lang: tuple(_reasons(plan, lang)) for lang in Lang}
    return Built(texts, agenda, plan.cases, reasons, {lang: _title(plan, lang) for lang in Lang})


def offered(library: Library, topics: Iterable[str], kind: Kind) -> tuple[Page, ...]:
    """The Chinese pages of a kind about some topics, the best first: cases that can be voted on."""
    wanted = set(topics)
    pages = [page for page in _usable(library, kind) if wanted & set(page.problems)]
    return tuple(sorted(pages, key=lambda page: (_rank(library, page), page.id)))


def _usable(library: Library, kind: Kind) -> Iterator[Page]:
    """Pages in both languages; of cases those with decision points."""
    for page in library.published(Lang.ZH, kind):
        twin = library.pages.get((Lang.EN, page.id))
        if twin and twin.status is Status.PUBLISHED and (kind is not Kind.CASE or points(page)):
            yield page


def points(page: Page) -> int:
    """How often a case can be voted on."""
    return len(page.details.decision_points) if isinstance(page.details, Case) else 0


def _rank(library: Library, page: Page) -> int:
    proof = evidence(page, library)
    return _ORDER.index(proof.level) if proof else 0


# What is wished ----------------------------------------------------------------------------------


def _planned(library: Library, wish: Wish) -> _Plan:
    """The pages to use. Raises WishError."""
    faults = [*_unknown(library, wish), *_minutes_out(wish)]
    if not (wish.problems or wish.cases or wish.guides):
        faults.append(_fault("nothing"))
    if faults:
        raise WishError(faults)
    cases, guides = wish.cases, wish.guides
    if wish.problems and not cases:
        room = max(1, min(wish.minutes // _PER_CASE, (wish.minutes - 8 - 5 * len(guides)) // 10))
        cases = _chosen(library, wish.problems, room)
        guides = guides or (() if cases else _ids(offered(library, wish.problems, Kind.GUIDE))[:1])
        if not cases and not guides:
            names = _named(library, wish.problems)
            raise WishError([Fault("no_case_about", {"topics": names})])
    plan = _Plan(wish, library, tuple(dict.fromkeys(cases)), tuple(dict.fromkeys(guides)))
    needed = sum(row.least for row in _rows(plan) if row.needed)
    if needed > wish.minutes:
        raise WishError([_fault("too_short", needed=needed, minutes=wish.minutes)])
    return plan


def _minutes_out(wish: Wish) -> Iterator[Fault]:
    if not SHORTEST <= wish.minutes <= LONGEST:
        yield _fault("bad_minutes", least=SHORTEST, most=LONGEST)


def _unknown(library: Library, wish: Wish) -> Iterator[Fault]:
    topics = [topic.id for group in library.groups for topic in group.topics]
    for slug in wish.problems:
        if slug not in topics:
            yield _missing("no_problem", slug, topics)
    cases = [page.id for page in _usable(library, Kind.CASE)]
    for slug in wish.cases:
        page = library.pages.get((Lang.ZH, slug))
        if page and page.kind is Kind.CASE and not points(page):
            yield Fault("no_points", {"title": _titles(library, slug)})
        elif slug not in cases:
            yield _missing("no_case", slug, cases)
    guides = [page.id for page in _usable(library, Kind.GUIDE)]
    for slug in wish.guides:
        if slug not in guides:
            yield _missing("no_guide", slug, guides)


def _missing(key: str, slug: str, known: list[str]) -> Fault:
    near = get_close_matches(slug, known, n=1)
    hint = {lang: phrase(lang, "nearest", slug=near[0]) if near else "" for lang in Lang}
    return Fault(key, {"slug": dict.fromkeys(Lang, slug), "near": hint})


def _fault(key: str, **values: object) -> Fault:
    return Fault(key, {name: dict.fromkeys(Lang, str(value)) for name, value in values.items()})


def _named(library: Library, topics: Iterable[str]) -> Mapping[Lang, str]:
    found = [topic for topic in map(library.topic, topics) if topic]
    return {lang: listed(lang, [topic.name(lang) for topic in found]) for lang in Lang}


def _titles(library: Library, slug: str) -> Mapping[Lang, str]:
    pages = {lang: library.page(slug, lang) for lang in Lang}
    return {lang: page.title if page else slug for lang, page in pages.items()}


def _ids(pages: Iterable[Page]) -> tuple[str, ...]:
    return tuple(page.id for page in pages)


def _chosen(library: Library, topics: tuple[str, ...], room: int) -> tuple[str, ...]:
    """The best cases of each topic in turn, so that every problem has its own while there is room.

    With room for two or more and none that failed or relapsed, the last gives way to one that did.
    """
    rows = [_ids(offered(library, [topic], Kind.CASE)) for topic in topics]
    turns = (
        row[at] for at in range(max(map(len, rows), default=0)) for row in rows if at < len(row)
    )
    found = list(dict.fromkeys(turns))
    taken, spare = found[:room], found[room:]
    bad = next((slug for slug in spare if _went_wrong(library, slug)), None)
    if room > 1 and bad and not any(_went_wrong(library, slug) for slug in taken):
        taken[-1] = bad
    return tuple(taken)


def _went_wrong(library: Library, slug: str) -> bool:
    page = library.page(slug, Lang.ZH)
    proof = evidence(page, library) if page else None
    return proof is not None and (proof.relapsed or proof.level is Evidence.FAILED)


def _drawn(plan: _Plan) -> tuple[Banked, ...]:
    count = min(MOST, max(LEAST, LEAST + 2 * (plan.wish.minutes // 60)))
    pages = [plan.page(slug) for slug in plan.slugs]
    topics = frozenset(topic for page in pages for topic in page.problems) | set(plan.topics)
    items = draw(plan.library, pages, topics, count)
    if len(items) < LEAST:
        raise WishError([_fault("too_few", count=len(items), least=LEAST)])
    return items


# The agenda --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A part that is not timed yet: what it needs at least, and its share of the rest.

    The shares are those of a session of ninety minutes.
    """

    key: str
    kind: AgendaKind
    least: int
    share: int
    ref: str | None = None
    needed: bool = True


def _rows(plan: _Plan) -> list[_Row]:
    cards = [s for s in plan.slugs if isinstance(plan.page(s).details, ProblemType)]
    share = 50 // max(1, len(plan.cases))
    return [
        _Row("opening", AgendaKind.DISCUSS, 2, 5),
        _Row("pretest", AgendaKind.QUIZ, 3, 10, needed=False),
        *(_Row("guide", AgendaKind.READ, 5, 10, slug) for slug in plan.guides),
        *(_Row("case", AgendaKind.CASE, 10, share, slug) for slug in plan.cases),
        _Row("transfer", AgendaKind.DISCUSS, 3, 10, cards[0] if cards else None, needed=False),
        _Row("quiz", AgendaKind.QUIZ, 4, 8),
        _Row("closing", AgendaKind.DISCUSS, 2, 7),
    ]


def _agenda(plan: _Plan, items: int) -> tuple[Part, ...]:
    """The parts with their minutes, which are the wished ones in all."""
    rows = _rows(plan)
    full = sum(row.least for row in rows) <= plan.wish.minutes >= _OPTIONAL_FROM
    rows = [row for row in rows if row.needed or full]
    before = items // 2 if full else 0
    minutes = shared([row.least for row in rows], [row.share for row in rows], plan.wish.minutes)
    return tuple(
        Part(
            row.kind,
            time,
            row.ref,
            {lang: _prompt(plan, row, lang, before, items) for lang in Lang},
        )
        for row, time in zip(rows, minutes, strict=True)
    )


def shared(least: list[int], shares: list[int], total: int) -> list[int]:
    """Whole minutes that add up to the total: each its least, the rest by share.

    >>> shared([2, 10], [1, 3], 20), shared([2, 10], [1, 1], 13)
    ([4, 16], [3, 10])
    """
    rest, given, seen = total - sum(least), 0, 0
    found = []
    for floor, share in zip(least, shares, strict=True):
        seen += share
        upto = -(-rest * seen // sum(shares))  # rounded up, so that the last one reaches the rest
        found.append(floor + upto - given)
        given = upto
    return found


def _prompt(plan: _Plan, row: _Row, lang: Lang, before: int, items: int) -> str:
    if row.key == "case":
        return _case_prompt(plan, row.ref or "", lang)
    if row.key == "guide":
        return _guide_prompt(plan.page(row.ref or "", lang), lang)
    there = plan.page(row.ref, lang) if row.ref else None
    if row.key == "transfer" and there and isinstance(there.details, ProblemType):
        card = there.details.card
        if card:
            return phrase(lang, "transfer_card", title=there.title, dont=_ended(card.dont, lang))
    first = 1 if row.key == "pretest" else before + 1
    last = before if row.key == "pretest" else items
    return phrase(lang, row.key, topics=plan.names(lang), first=first, last=last)


def _case_prompt(plan: _Plan, slug: str, lang: Lang) -> str:
    page = plan.page(slug, lang)
    case = page.details if isinstance(page.details, Case) else Case()
    said = [phrase(lang, "case", ask=_ended(case.decision_points[0].ask, lang))]
    if len(case.decision_points) > 1:
        said.append(phrase(lang, "more_points", n=len(case.decision_points) - 1))
    proof = evidence(page, plan.library)
    if proof and proof.level is Evidence.FAILED:
        said.append(phrase(lang, "failed"))
    elif proof and proof.relapsed:
        said.append(phrase(lang, "relapsed"))
    return ("" if lang is Lang.ZH else " ").join(said)


def _guide_prompt(page: Page, lang: Lang) -> str:
    guide = page.details if isinstance(page.details, Guide) else Guide()
    steps = [step.rstrip("。.;；") for step in guide.steps[:_STEPS]] or [page.lesson.rstrip("。.")]
    joined = ("；" if lang is Lang.ZH else "; ").join(steps)
    return phrase(lang, "guide", title=page.title, steps=joined)


def _ended(words: str, lang: Lang) -> str:
    """A sentence with its stop, so that another can follow it.

    >>> _ended("Wait", Lang.EN), _ended("等吗？", Lang.ZH)
    ('Wait.', '等吗？')
    """
    stop = "。" if lang is Lang.ZH else "."
    return words if words.endswith((*'。！？.!?”’"',)) else words + stop


# The two files -----------------------------------------------------------------------------------


def _text(
    plan: _Plan, items: tuple[Banked, ...], agenda: tuple[Part, ...], lang: Lang, today: date
) -> str:
    """The file of a language: facts stand in the Chinese one only."""
    facts = _facts(plan, today) if lang is Lang.ZH else {}
    fields: dict[str, Any] = {
        **facts,
        "title": _title(plan, lang),
        "lesson": _lesson(plan, lang),
        "audience": audience(lang, plan.wish.audience, plan.wish.lang),
        "objectives": [_aim(text, at, lang) for text, at in _aims(items, lang)],
        "agenda": [_timed(part, lang) for part in agenda],
        "quiz": [_question(each, lang) for each in items],
        "board": list(_board(plan, lang)),
    }
    return text_of(Form(fields, {"body": _body(plan, items, lang)}), Kind.SESSION, lang)


def _marked(english: str, chinese: str) -> str:
    """The English file with the line that says what it renders, where a form would write it."""
    place = PurePosixPath(Lang.EN, Kind.SESSION.folder, "new.md")
    marked = marked_translated(Path(), place, english, chinese)
    form = form_of(marked, Kind.SESSION, Lang.EN)
    return text_of(form, Kind.SESSION, Lang.EN) if form else marked


def _facts(plan: _Plan, today: date) -> dict[str, Any]:
    owners = (plan.page(slug).owner for slug in plan.slugs)
    return {
        "problems": list(plan.topics),
        "owner": next(filter(None, owners), ""),
        "checked_on": today.isoformat(),
        "review_every": "12m",
        "status": "draft",
        "minutes": str(plan.wish.minutes),
        "handouts": list(plan.slugs),
    }


def _aim(text: str, at: int, lang: Lang) -> dict[str, str]:
    return {"text": text, **({"quiz": str(at)} if lang is Lang.ZH else {})}


def _timed(part: Part, lang: Lang) -> dict[str, str]:
    said = {"prompt": part.prompts[lang]}
    if lang is Lang.EN:
        return said
    page = {"ref": part.ref} if part.ref else {}
    return {"minutes": str(part.minutes), "kind": part.kind.value, **page, **said}


def _title(plan: _Plan, lang: Lang) -> str:
    if plan.wish.title.strip() and lang is plan.wish.lang:
        return " ".join(plan.wish.title.split())
    names = plan.names(lang)
    return phrase(lang, "title", topics=names) if names else phrase(lang, "title_plain")


def _lesson(plan: _Plan, lang: Lang) -> str:
    count = len(plan.cases)
    if not count:
        return phrase(lang, "lesson_plain")
    key = {1: "one", 2: "two"}.get(count, "several_cases")
    return phrase(lang, "lesson", cases=phrase(lang, key, n=count))


def _aims(items: tuple[Banked, ...], lang: Lang) -> list[tuple[str, int]]:
    """What people can do afterwards, each with the item that shows it, of several pages."""
    order = sorted(range(len(items)), key=lambda at: items[at].near)
    first: dict[str, int] = {}
    for at in order:
        first.setdefault(items[at].page, at)
    chosen = sorted([*first.values()][:AIMS])
    return [(phrase(lang, "aim", stem=items[at].item(lang).stem), at + 1) for at in chosen]


def _question(each: Banked, lang: Lang) -> dict[str, Any]:
    item = each.item(lang)
    facts = {"answer": str(item.answer)} if lang is Lang.ZH else {}
    place = {"from": item.source} if lang is Lang.ZH else {}
    asked = {"stem": item.stem, "options": list(item.options)}
    return {**asked, **facts, "explain": item.explain, **place}


def _board(plan: _Plan, lang: Lang) -> Iterator[str]:
    yield phrase(lang, "board_causes")
    for slug in plan.cases:
        case = plan.page(slug, lang).details
        point = case.decision_points[0] if isinstance(case, Case) else None
        if point:
            letters = listed(lang, list(_LETTERS[: len(point.options)]))
            yield phrase(lang, "board_votes", ask=_ended(point.ask, lang), letters=letters)
    yield phrase(lang, "board_steps")
    yield phrase(lang, "board_questions")


def _reasons(plan: _Plan, lang: Lang) -> Iterator[str]:
    """Each case with what speaks for it."""
    for slug in plan.cases:
        page = plan.page(slug, lang)
        proof = evidence(page, plan.library)
        words = level(lang, proof.level) if proof else ""
        after = phrase(lang, "came_back") if proof and proof.relapsed else ""
        yield phrase(lang, "case_line", title=page.title, level=words + after, points=points(page))


def _body(plan: _Plan, items: tuple[Banked, ...], lang: Lang) -> str:
    lines = [f"## {phrase(lang, 'made')}", ""]
    if plan.cases:
        chosen = "given" if plan.wish.cases else "chosen"
        lines += [phrase(lang, chosen, topics=plan.names(lang)), ""]
        lines += [
            f"- {_linked(plan, slug, why, lang)}"
            for slug, why in zip(plan.cases, _reasons(plan, lang), strict=True)
        ]
        lines += [""]
    if plan.guides:
        links = [_link(plan.page(slug, lang)) for slug in plan.guides]
        lines += [phrase(lang, "guides", pages=listed(lang, links)), ""]
    near = [each.near for each in items]
    own, same, far = (near.count(n) for n in range(3))
    lines += [phrase(lang, "bank", count=len(items), own=own, same=same, near=far), ""]
    lines += [f"## {phrase(lang, 'before')}", "", phrase(lang, "edit")]
    return "\n".join(lines)


def _linked(plan: _Plan, slug: str, why: str, lang: Lang) -> str:
    page = plan.page(slug, lang)
    return _link(page) + why.removeprefix(page.title)


def _link(page: Page) -> str:
    name = page.title.replace("[", r"\[").replace("]", r"\]")
    return f"[{name}](../{page.kind.folder}/{page.id}.md)"
