"""The glossary page: every term once, under the letter it begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pypinyin import Style, lazy_pinyin

from kb_app.site.edition import Edition
from kb_app.site.html import Html, joined, tag
from kb_app.site.staged import Part
from search_index import Lang, Term


def glossary_parts(edition: Edition) -> tuple[Part, ...]:
    """Everything on the page below its title."""
    letters = by_letter(edition.library.glossary, edition.lang)
    links = (tag("li", tag("a", letter, href=f"#{_anchor(letter)}")) for letter in letters)
    jump = tag("nav", tag("ul", *links), class_="kb-letters", aria_label=edition.word("letters"))
    lists = (_letter(edition, letter, terms) for letter, terms in letters.items())
    return (Part(_filter(edition)), Part(jump), *lists)


def _filter(edition: Edition) -> Html:
    """A box that hides what does not match; shown only where scripts run."""
    label = edition.word("glossary_filter")
    box = tag("input", type="search", id="kb-filter", placeholder=label, autocomplete="off")
    return tag(
        "div",
        tag("label", label, for_="kb-filter", class_="kb-hidden"),
        box,
        tag("p", edition.word("glossary_none"), class_="kb-filter__none", hidden=True),
        class_="kb-filter kb-needs-script",
    )


def by_letter(terms: Sequence[Term], lang: Lang) -> Mapping[str, Sequence[Term]]:
    """Terms under the first letter of their name, Chinese ones under that of their pinyin.

    >>> found = by_letter((Term("巷长", "lane chief"), Term("12345", "12345")), Lang.ZH)
    >>> {letter: [term.zh for term in terms] for letter, terms in found.items()}
    {'X': ['巷长'], '#': ['12345']}
    """
    ordered = sorted(terms, key=lambda term: (_spelt(term, lang), term.zh))
    found: dict[str, list[Term]] = {}
    for term in ordered:
        found.setdefault(_initial(_spelt(term, lang)), []).append(term)
    return dict(sorted(found.items(), key=lambda item: (item[0] == "#", item[0])))


def _spelt(term: Term, lang: Lang) -> str:
    words = "".join(lazy_pinyin(term.zh, style=Style.NORMAL)) if lang is Lang.ZH else term.en
    return words.casefold().lstrip("《“\"'")


def _initial(spelt: str) -> str:
    first = spelt[:1].upper()
    return first if first.isascii() and first.isalpha() else "#"


def _anchor(letter: str) -> str:
    return "letter-other" if letter == "#" else f"letter-{letter.lower()}"


def _letter(edition: Edition, letter: str, terms: Sequence[Term]) -> Part:
    entries = tag("dl", *(_entry(edition, term) for term in terms), class_="kb-terms")
    return Part(entries, _anchor(letter), letter)


def _entry(edition: Edition, term: Term) -> Html:
    zh = edition.lang is Lang.ZH
    other, language = (term.en, "en") if zh else (term.zh, "zh")
    also = term.aliases_zh if zh else term.aliases_en
    aliases = joined(edition.word("glossary_also"), " ", edition.word("and").join(also))
    return tag(
        "div",
        tag("dt", term.name(edition.lang)),
        tag("dd", other, lang=language, class_="kb-term__other"),
        tag("dd", aliases, class_="kb-term__also") if also else None,
        tag("dd", term.note, class_="kb-term__note") if term.note and not zh else None,
        class_="kb-term",
        id=f"term-{term.zh}".replace(" ", "-"),
    )
