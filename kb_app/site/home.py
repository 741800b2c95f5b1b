"""The first page: the search box, what the season brings, the groups, and the chief's work."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from kb_app.site import pieces
from kb_app.site.dates import month_name
from kb_app.site.edition import Edition, href
from kb_app.site.html import Html, tag
from kb_app.site.staged import Part
from kb_app.site.words import EXAMPLES
from search_index import Group, Kind, Page, ProblemType

_ON_A_CARD = 4


def home_parts(edition: Edition) -> list[Part]:
    """Everything on the page."""
    parts = [Part(_hero(edition)), Part(season(edition)), _groups(edition)]
    for key, kinds in (
        ("home_guides", (Kind.GUIDE,)),
        ("home_training", (Kind.SESSION, Kind.PLAN)),
    ):
        pages = [page for kind in kinds for page in edition.pages(kind)]
        rows = pieces.rows(edition, edition.home(), pages, class_="kb-home-list")
        parts.append(Part(rows if pages else "", key.removeprefix("home_"), edition.word(key)))
    parts.insert(-1, _weekly(edition))
    return [part for part in parts if part.markdown]


def _weekly(edition: Edition) -> Part:
    """The way to the five questions of the week, where there are any to ask."""
    pages = edition.library.published(edition.lang)
    asked = any(getattr(page.details, "quiz", ()) for page in pages)
    way = tag("a", edition.word("home_weekly_go"), href=f"{edition.home()}weekly")
    line = tag("div", tag("p", edition.word("home_weekly_lead")), tag("p", way, class_="kb-more"))
    return Part(line if asked else "", "weekly", edition.word("home_weekly"))


def _hero(edition: Edition) -> Html:
    return tag(
        "section",
        pieces.titled(edition.word("home_title"), edition.lang),
        tag("p", edition.word("home_lead"), class_="kb-hero__lead"),
        _form(edition),
        _examples(edition),
        class_="kb-hero",
    )


def _form(edition: Edition) -> Html:
    """The search box as a plain form, which the service answers without any script."""
    box = tag(
        "input",
        type="search",
        name="q",
        id="kb-home-q",
        maxlength=500,
        autocomplete="off",
        enterkeyhint="search",
        placeholder=edition.word("search_hint"),
    )
    return tag(
        "form",
        tag("label", edition.word("search_label"), for_="kb-home-q", class_="kb-hidden"),
        box,
        tag("button", edition.word("search"), type="submit"),
        action=f"{edition.home()}search",
        method="get",
        role="search",
        class_="kb-search__form",
    )


def _examples(edition: Edition) -> Html:
    links = (
        tag("li", tag("a", words, href=f"{edition.home()}search?{urlencode({'q': words})}"))
        for words in EXAMPLES[edition.lang]
    )
    return tag("ul", tag("li", edition.word("home_try")), *links, class_="kb-examples")


def season(edition: Edition) -> Html:
    """The problems that have a season; those of this month are shown.

    A script shows those of the reader's month when the site was built in another one.
    """
    found = pieces.seasonal(edition)
    rows = [_in_season(edition, page, problem) for page, problem in found]
    titles = [edition.word("home_season", month=month_name(m, edition.lang)) for m in range(1, 13)]
    if not rows:
        return Html("")
    return tag(
        "section",
        tag("h2", titles[edition.today.month - 1], id="season"),
        tag("ul", *rows, class_="kb-season__list"),
        class_="kb-season",
        data_titles=json.dumps(titles, ensure_ascii=False),
        hidden=not any(edition.today.month in problem.season for _, problem in found),
    )


def _in_season(edition: Edition, page: Page, problem: ProblemType) -> Html:
    """A problem with the first thing to do about it."""
    first = problem.card.do[0] if problem.card and problem.card.do else page.lesson
    label = tag("span", edition.word("home_first"), class_="kb-season__first")
    return tag(
        "li",
        tag("a", page.title, href=href(edition.home(), page.url), class_="kb-result__title"),
        tag("p", label, first),
        class_="kb-season__item",
        data_months=" ".join(map(str, problem.season)),
        hidden=edition.today.month not in problem.season,
    )


def _groups(edition: Edition) -> Part:
    """The groups of problems as cards."""
    cards = (_group(edition, group) for group in edition.problem_groups)
    return Part(tag("ul", *cards, class_="kb-groups"), "groups", edition.word("home_groups"))


def _group(edition: Edition, group: Group) -> Html:
    here = edition.home()
    pages = edition.known(topic.id for topic in group.topics)
    cases = len(edition.of_group(group, Kind.CASE))
    links = (tag("li", link) for link in pieces.page_links(here, pages[:_ON_A_CARD]))
    address = href(here, f"{here}groups/{group.id}/")
    counts = (
        edition.counted("n_problems", len(pages)),
        edition.counted("n_cases", cases) if cases else None,
    )
    return tag(
        "li",
        tag("a", group.name(edition.lang), href=address, class_="kb-group__name"),
        pieces.dotted(*counts, class_="kb-group__counts"),
        tag("ul", *links, class_="kb-group__pages"),
        class_="kb-group",
    )
