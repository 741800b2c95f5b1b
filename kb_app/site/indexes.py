"""The pages that lead to others: the lists of problems, groups, cases and every other kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from kb_app.site import glossary, pieces
from kb_app.site.dates import written
from kb_app.site.edition import Edition, href, is_duty
from kb_app.site.handbook import file_name
from kb_app.site.home import home_parts
from kb_app.site.html import Html, joined, tag
from kb_app.site.offline import FOLDER
from kb_app.site.staged import Part, Staged
from search_index import Case, Group, Kind, Outcome, Page, Topic


def index_pages(edition: Edition, version: str) -> Iterator[Staged]:
    """Every page that the build makes beside those that people wrote."""
    yield _Index(edition, "", "").staged(
        edition.word("site"), home_parts(edition), edition.word("home_lead")
    )
    yield _problems(_Index(edition, "problems/", "problems"))
    for group in edition.library.groups:
        nav = "guides" if is_duty(group) else "problems"
        yield _group(_Index(edition, f"groups/{group.id}/", nav), group)
    yield _cases(_Index(edition, "cases/", "cases"))
    for kind in (Kind.GUIDE, Kind.SESSION, Kind.PLAN, Kind.ABOUT):
        yield _of_kind(_Index(edition, f"{kind.folder}/", pieces.PLACES[kind]), kind, version)
    if edition.library.glossary:
        index = _Index(edition, "glossary/", "glossary")
        yield index.staged(
            edition.word("glossary_title"),
            [
                index.head(edition.word("glossary_title"), edition.word("glossary_lead")),
                *glossary.glossary_parts(edition),
            ],
            edition.word("glossary_lead"),
        )


@dataclass(frozen=True, slots=True)
class _Index:
    """An index page: its language, its address below it, and its place in the navigation."""

    edition: Edition
    url: str
    nav: str

    @property
    def here(self) -> str:
        return self.edition.home() + self.url

    def staged(self, title: str, parts: Sequence[Part], description: str = "") -> Staged:
        return Staged(
            path=PurePosixPath(self.url, "index.md"),
            title=title,
            parts=tuple(parts),
            twin=f"/{self.edition.lang.other}/{self.url}",
            description=description,
            nav=self.edition.word(self.nav) if self.nav else "",
            wide=True,
        )

    def head(self, title: str, lead: str = "", crumbs: Sequence[pieces.Crumb] = ()) -> Part:
        return Part(
            tag(
                "header",
                pieces.trail(self.edition, self.here, crumbs),
                pieces.titled(title, self.edition.lang),
                tag("p", lead, class_="kb-lesson") if lead else None,
                class_="kb-head",
            )
        )

    def rows(self, pages: Sequence[Page], anchor: str = "", title: str = "") -> Part:
        return Part(pieces.rows(self.edition, self.here, pages), anchor, title)

    def nothing(self) -> Part:
        return Part(tag("p", self.edition.word("none_yet"), class_="kb-empty"))


def _problems(index: _Index) -> Staged:
    """Every problem type under its group."""
    edition = index.edition
    title = edition.word("problems_title")
    parts = [index.head(title, edition.word("problems_lead"))]
    parts += [
        Part(_topics(index, group), group.id, group.name(edition.lang))
        for group in edition.problem_groups
    ]
    return index.staged(title, parts, edition.word("problems_lead"))


def _topics(index: _Index, group: Group) -> Html:
    cells = (_topic(index, topic) for topic in group.topics)
    return tag("ul", *cells, class_="kb-topics")


def _topic(index: _Index, topic: Topic) -> Html:
    """A problem type with its lesson, or a word that nobody has written it yet."""
    edition = index.edition
    page = edition.built.get(topic.id)
    if page is None:
        name = tag("span", topic.name(edition.lang), class_="kb-topic__name")
        none = tag("p", edition.word("no_page_yet"), class_="kb-quiet")
        return tag("li", name, none, class_="kb-topic kb-topic--empty")
    cases = len(edition.cases_by_topic.get(topic.id, ()))
    counted = edition.counted("n_cases", cases)
    return tag(
        "li",
        tag("a", page.title, href=href(index.here, page.url), class_="kb-topic__name"),
        tag("p", page.lesson, class_="kb-topic__lesson"),
        tag("p", counted, class_="kb-topic__cases") if cases else None,
        class_="kb-topic",
    )


def _group(index: _Index, group: Group) -> Staged:
    """What there is about one group: its problems, its guides and its cases."""
    edition, name = index.edition, group.name(index.edition.lang)
    duty = is_duty(group)
    crumb = pieces.crumb(edition, Kind.GUIDE if duty else Kind.PROBLEM)
    parts = [index.head(name, crumbs=[crumb])]
    if not duty:
        parts.append(Part(_topics(index, group)))
    guides = edition.of_group(group, Kind.GUIDE)
    cases = edition.ranked(edition.of_group(group, Kind.CASE))
    if guides:
        parts.append(index.rows(guides, "guides", edition.word("guides_title")))
    if cases:
        parts.append(index.rows(cases, "cases", edition.word("group_cases")))
    topics = edition.word("and").join(topic.name(edition.lang) for topic in group.topics)
    return index.staged(name, parts, f"{name}{edition.word('colon')}{topics}")


def _cases(index: _Index) -> Staged:
    """Every case under its group; the reader may ask for one outcome only."""
    edition = index.edition
    title = edition.word("cases_title")
    cases = edition.ranked(edition.pages(Kind.CASE))
    parts = [index.head(title, edition.word("cases_lead"))]
    parts.append(Part(_outcomes(edition)) if cases else index.nothing())
    for group in edition.library.groups:
        mine = [page for page in cases if edition.main_group(page) == group]
        if mine:
            parts.append(index.rows(mine, group.id, group.name(edition.lang)))
    rest = [page for page in cases if edition.main_group(page) is None]
    if rest:
        parts.append(index.rows(rest, "other", edition.word("other_cases")))
    return index.staged(title, parts, edition.word("cases_lead"))


def _outcomes(edition: Edition) -> Html:
    """A choice that the style sheet follows; it needs no script."""
    cases = edition.pages(Kind.CASE)
    found = {page.details.outcome for page in cases if isinstance(page.details, Case)}
    choices = [("any", edition.word("any_outcome"))]
    choices += [(outcome.value, edition.said(outcome)) for outcome in Outcome if outcome in found]
    return tag(
        "fieldset",
        tag("legend", edition.word("by_outcome")),
        *(_choice(value, name) for value, name in choices),
        class_="kb-choices",
    )


def _choice(value: str, name: str) -> Html:
    box = tag(
        "input",
        type="radio",
        name="outcome",
        value=value,
        checked=value == "any",
        autocomplete="off",
    )
    return tag("label", box, tag("span", name), class_="kb-choice")


def _of_kind(index: _Index, kind: Kind, version: str) -> Staged:
    """Every page of a kind; the page about the site also says which one this is."""
    edition = index.edition
    title = edition.word(f"{index.nav}_title")
    pages = edition.pages(kind)
    parts = [index.head(title, edition.word(f"{index.nav}_lead"))]
    parts.append(index.rows(pages) if pages else index.nothing())
    if kind is Kind.ABOUT:
        day = written(edition.today, edition.lang)
        told = (edition.word("version", version=version), edition.word("built_on", day=day))
        feed = tag("a", edition.word("feed"), href=f"{edition.home()}feed.atom")
        parts.append(Part(joined(pieces.dotted(*told, feed, class_="kb-quiet"))))
        where = f"/{FOLDER}/{file_name(edition.lang)}"
        link = tag("a", edition.word("handbook_get"), href=where, download=True)
        parts.append(Part(tag("p", link, class_="kb-more")))
    return index.staged(title, parts, edition.word(f"{index.nav}_lead"))
