"""What several sorts of page show: heads, tags, legal cards, sources, quizzes, rows of lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb_app.site.dates import written
from kb_app.site.edition import EVIDENCE_PAGE, Edition, href
from kb_app.site.html import Html, foreign, joined, tag
from kb_app.site.staged import Part
from search_index import (
    Case,
    Guide,
    Kind,
    Lang,
    Outcome,
    Page,
    ProblemType,
    Proof,
    QuizItem,
    Rule,
    Session,
    Source,
    Status,
)

Crumb = tuple[str, str]
# Behind punctuation, unless more of it follows, or a digit as in 10:30.
_PHRASE = re.compile(r"(?<=[，、：；？！,:;?!])(?![，、：；？！,:;?!”’》）\d]|$)")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def head(edition: Edition, page: Page, crumbs: Sequence[Crumb], *, lesson: bool = True) -> Html:
    """Where the reader is, the title, the lesson, and what must be known before reading on."""
    return tag(
        "header",
        trail(edition, page.url, crumbs),
        titled(page.title, edition.lang),
        tag("p", page.lesson, class_="kb-lesson") if lesson and page.lesson else None,
        retired(edition, page),
        class_="kb-head",
    )


def trail(edition: Edition, here: str, crumbs: Sequence[Crumb]) -> Html:
    """The way from the first page to here."""
    steps = [(edition.word("home"), edition.home()), *crumbs]
    links = (tag("li", tag("a", words, href=href(here, url))) for words, url in steps)
    return tag("nav", tag("ol", *links), class_="kb-crumbs", aria_label=edition.word("here"))


def retired(edition: Edition, page: Page) -> Html | None:
    """A word of warning on a page that is kept for old links only."""
    if page.status is not Status.RETIRED:
        return None
    return tag("p", edition.word("retired"), class_="kb-note kb-note--caution")


def checked(edition: Edition, page: Page) -> Html | None:
    """When somebody last checked the page, who keeps it, and whether its review is overdue."""
    if page.checked_on is None:
        return None
    told = [edition.word("checked", day=written(page.checked_on, edition.lang))]
    if page.owner:
        told.append(edition.word("kept_by", owner=edition.term(page.owner)))
    if page.review_months:
        told.append(edition.counted("n_months", page.review_months))
    return dotted(*told, stale(edition, page), class_="kb-checked")


def dotted(*facts: str | None, class_: str) -> Html:
    """Short facts in a row."""
    spans = (tag("span", fact) for fact in facts if fact)
    return tag("p", *spans, class_=f"{class_} kb-dotted")


def titled(words: str, lang: Lang) -> Html:
    """A title; a Chinese one is broken at its punctuation rather than inside a word.

    >>> titled("先建棚，再收线", Lang.ZH)
    '<h1><span class="kb-phrase">先建棚，</span><span class="kb-phrase">再收线</span></h1>'
    """
    phrases = _PHRASE.split(words) if lang is Lang.ZH else []
    if len(phrases) < 2:  # noqa: PLR2004 - nothing to break
        return tag("h1", words)
    return tag("h1", *(tag("span", phrase, class_="kb-phrase") for phrase in phrases))


def stale(edition: Edition, page: Page) -> Html | None:
    """The badge of a page whose review is overdue."""
    if not page.stale(edition.today):
        return None
    return tag("span", edition.word("stale"), class_="kb-stale")


def proof_tag(edition: Edition, proof: Proof | None) -> Html:
    """The evidence level as a word with its shape, and whether it relapsed."""
    if proof is None:
        return Html("")
    words = tag("span", edition.said(proof.level), class_=f"kb-evidence kb-evidence--{proof.level}")
    back = edition.word("relapsed")
    relapse = tag("span", back, class_="kb-evidence kb-evidence--relapsed")
    return joined(words, relapse if proof.relapsed else None, by=" ")


def proof_link(edition: Edition, here: str, proof: Proof | None) -> Html:
    """The evidence level, with the way to what it means."""
    words = proof_tag(edition, proof)
    there = edition.built.get(EVIDENCE_PAGE)
    if there is None or not words:
        return words
    address = href(here, there.url)
    told = edition.word("evidence_how")
    return tag("a", words, href=address, class_="kb-evidence-link", title=told)


def outcome_tag(edition: Edition, outcome: Outcome) -> Html:
    """What became of a case, as a word with its shape."""
    return tag("span", edition.said(outcome), class_=f"kb-outcome kb-outcome--{outcome}")


def laws(edition: Edition, rules: Iterable[Rule]) -> Part | None:
    """The legal cards: rule, article, and the day somebody looked."""
    cards = [_law(edition, rule) for rule in rules]
    if not cards:
        return None
    return Part(tag("ul", *cards, class_="kb-laws"), "rules", edition.word("rules"))


def _law(edition: Edition, rule: Rule) -> Html:
    article = rule.article
    if article and article[0].isascii() and article[0].isdigit():
        article = edition.word("article", article=article)
    return tag(
        "li",
        tag("span", edition.word("rule", rule=edition.term(rule.rule)), class_="kb-law__rule"),
        tag("span", article, class_="kb-law__article") if article else None,
        tag(
            "span",
            edition.word("checked", day=written(rule.checked_on, edition.lang)),
            class_="kb-law__checked",
        ),
        class_="kb-law",
    )


def sources(edition: Edition, found: Sequence[Source]) -> Part | None:
    """Where the facts were read, and how far each source may be leaned on."""
    if not found:
        return None
    rows = (_source(edition, source) for source in found)
    return Part(tag("ol", *rows, class_="kb-sources"), "sources", edition.word("sources"))


def _source(edition: Edition, source: Source) -> Html:
    told = [
        tag("span", source.outlet, lang=foreign(source.outlet, edition.lang)),
        written(source.date, edition.lang) if source.date else None,
        tag("a", edition.word("original"), href=source.url, rel="external noopener")
        if source.url
        else None,
        edition.said(source.grade),
    ]
    return tag(
        "li",
        tag("cite", source.title, lang=foreign(source.title, edition.lang)),
        dotted(*told, class_="kb-source__facts"),
    )


def quiz(edition: Edition, here: str, items: Sequence[QuizItem]) -> Part | None:
    """Questions with their answers folded away."""
    if not items:
        return None
    rows = (_question(edition, here, n, item) for n, item in enumerate(items, 1))
    return Part(tag("ol", *rows, class_="kb-quiz"), "quiz", edition.word("quiz"))


def _question(edition: Edition, here: str, number: int, item: QuizItem) -> Html:
    slug, _, anchor = item.source.partition("#")
    page = edition.built.get(slug)
    origin = None
    if page is not None:
        address = href(here, f"{page.url}#{anchor}" if anchor else page.url)
        origin = tag(
            "p",
            joined(edition.word("quiz_from"), tag("a", page.title, href=address), by=" "),
            class_="kb-from",
        )
    right = f"{_LETTERS[item.answer - 1]}{edition.word('colon')}{item.options[item.answer - 1]}"
    return tag(
        "li",
        tag("p", item.stem, class_="kb-quiz__stem"),
        options(item.options),
        unfold(
            edition.word("answer"), tag("p", tag("strong", right)), tag("p", item.explain), origin
        ),
        id=f"quiz-{number}",
    )


def room_link(edition: Edition, page: Page, key: str) -> Html:
    """To where a trainer opens a room for a page with one click; nobody else needs it."""
    there = f"/{edition.lang}/desk/rooms/new?page={page.id}"
    return tag("p", tag("a", edition.word(key), href=there, rel="nofollow"), class_="kb-hold")


def options(choices: Iterable[str]) -> Html:
    """Choices by letter."""
    return tag("ol", *(tag("li", choice) for choice in choices), class_="kb-options")


def unfold(summary: str, *inside: str | None) -> Html:
    """Something to be opened; it needs no script."""
    return tag("details", tag("summary", summary), *inside, class_="kb-unfold")


def bullets(items: Iterable[str], class_: str) -> Html:
    """A plain list."""
    return tag("ul", *(tag("li", item) for item in items), class_=class_)


def rows(
    edition: Edition, here: str, pages: Iterable[Page], *, kinds: bool = False, class_: str = ""
) -> Html:
    """Pages as a list: title, lesson, and what they rest on."""
    made = (row(edition, here, page, kind=kinds) for page in pages)
    return tag("ul", *made, class_=f"kb-results {class_}".rstrip())


def row(edition: Edition, here: str, page: Page, *, kind: bool = False) -> Html:
    """One page of a list."""
    outcome = page.details.outcome if isinstance(page.details, Case) else None
    told = facts(edition, page, kind=kind)
    return tag(
        "li",
        tag("a", page.title, href=href(here, page.url), class_="kb-result__title"),
        tag("p", page.lesson, class_="kb-result__lesson") if page.lesson else None,
        (dotted(*told, class_="kb-result__facts") if told else None),
        class_="kb-result",
        data_outcome=outcome,
    )


def facts(edition: Edition, page: Page, *, kind: bool = False) -> list[str]:
    """What stands below a page's title in a list."""
    found: list[str | None] = [edition.said(page.kind) if kind else None]
    if isinstance(page.details, Case):
        found += [
            proof_tag(edition, edition.proofs.get(page.id)),
            *_where_and_when(edition, page.details),
        ]
    elif isinstance(page.details, Guide) and page.details.role:
        found.append(edition.term(page.details.role))
    elif isinstance(page.details, Session) and page.details.minutes:
        found.append(edition.counted("n_minutes", page.details.minutes))
    return [fact for fact in (*found, stale(edition, page)) if fact]


def _where_and_when(edition: Edition, case: Case) -> list[str]:
    place, span = case.place, case.happened
    gap = " " if edition.lang is Lang.EN else ""
    where = gap.join(part for part in (place.city, place.district) if part) if place else ""
    return [where, str(span.start.year) if span else ""]


def seasonal(edition: Edition) -> list[tuple[Page, ProblemType]]:
    """The problems that have a season, by id."""
    return [
        (page, page.details)
        for page in edition.pages(Kind.PROBLEM)
        if isinstance(page.details, ProblemType) and page.details.season
    ]


def jumps(edition: Edition, parts: Iterable[Part]) -> Html | None:
    """Links to the parts of a page, for screens without a column for them."""
    links = [
        tag("li", tag("a", part.heading, href=f"#{part.anchor}"))
        for part in parts
        if part.heading and part.level == 2  # noqa: PLR2004 - the page's main parts
    ]
    if len(links) < 4:  # noqa: PLR2004 - a short page needs no list
        return None
    return tag("nav", tag("ul", *links), class_="kb-jumps", aria_label=edition.word("contents"))


def page_links(here: str, pages: Iterable[Page]) -> list[Html]:
    """Links to pages by their titles."""
    return [tag("a", page.title, href=href(here, page.url)) for page in pages]


def crumb(edition: Edition, kind: Kind) -> Crumb:
    """The step of the trail that names a kind of page."""
    return edition.word(PLACES[kind]), f"/{edition.lang}/{kind.folder}/"


# The places in the navigation.
PLACES = {
    Kind.PROBLEM: "problems",
    Kind.CASE: "cases",
    Kind.GUIDE: "guides",
    Kind.SESSION: "sessions",
    Kind.PLAN: "plans",
    Kind.ABOUT: "about",
}
