"""Check lists that can be ticked: the routine, what the season adds, and the self-check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb_app.site import pieces
from kb_app.site.dates import month_name
from kb_app.site.edition import Edition, href
from kb_app.site.html import Html, joined, tag
from kb_app.site.staged import Part
from search_index import Guide, Page, ProblemType, Section

# Guides about walking the lane; what the season adds is looked for on the way.
PATROL = "duty-patrol"
_QUESTION = re.compile(r"[^？?。.！!]+[？?][”’」』]?\s*")
_MARKUP = frozenset("[]`*_<>|#")
_FEWEST = 2


def routine(edition: Edition, page: Page, guide: Guide) -> Part | None:
    """What is looked at every day, week and month, and in this season."""
    if guide.routine is None:
        return None
    lists = (
        ("daily", guide.routine.daily),
        ("weekly", guide.routine.weekly),
        ("monthly", guide.routine.monthly),
    )
    columns = (
        tag("section", tag("h3", edition.word(key), " ", _counted(key)), _ticked(key, key, items))
        for key, items in lists
        if items
    )
    kept = tag("p", edition.word("ticks_kept"), class_="kb-quiet kb-needs-script")
    season = _season(edition, page) if PATROL in page.problems else None
    text = "\n\n".join(
        piece for piece in (tag("div", *columns, class_="kb-routine"), season, kept) if piece
    )
    return Part(text, "routine", edition.word("routine"))


def _counted(name: str) -> Html:
    """The place where a script counts what is ticked of a list."""
    return tag("span", class_="kb-progress kb-needs-script", data_counts=f"ticks-{name}")


def _ticked(name: str, every: str, items: Iterable[str]) -> Html:
    rows = (tag("li", check(item), class_="kb-check") for item in items)
    return _list(name, every, rows)


def _list(name: str, every: str, rows: Iterable[Html]) -> Html:
    """A list that starts afresh `every` day, week or month; `name` is its own on the page."""
    return tag("ul", *rows, class_="kb-checks", id=f"ticks-{name}", data_every=every)


def check(words: str) -> Html:
    """A box to tick with its words; the whole line is tapped.

    >>> check("走一遍")
    '<label><input type="checkbox" autocomplete="off" /><span>走一遍</span></label>'
    """
    return tag("label", tag("input", type="checkbox", autocomplete="off"), tag("span", words))


def _season(edition: Edition, page: Page) -> Html | None:
    """What the problems of the reader's month ask to look for; a script shows the month."""
    found = pieces.seasonal(edition)
    rows = [_in_season(edition, page, there, problem) for there, problem in found]
    if not rows:
        return None
    titles = [edition.word("ticks_season", month=month_name(m, edition.lang)) for m in range(1, 13)]
    return tag(
        "section",
        tag("h3", titles[edition.today.month - 1]),
        tag("p", _counted("season")),
        _list("season", "weekly", rows),
        class_="kb-season",
        data_titles=json.dumps(titles, ensure_ascii=False),
        hidden=not any(edition.today.month in problem.season for _, problem in found),
    )


def _in_season(edition: Edition, here: Page, page: Page, problem: ProblemType) -> Html:
    look = problem.card.look if problem.card else None
    return tag(
        "li",
        check(look or page.lesson or page.title),
        tag("a", page.title, href=href(here.url, page.url), class_="kb-check__more"),
        class_="kb-check",
        data_months=" ".join(map(str, problem.season)),
        hidden=edition.today.month not in problem.season,
    )


def asked(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections of a guide, its closing questions to oneself made a list to tick.

    They are the last section of a guide when it opens with two questions or more; what is said
    after them stays below.
    """
    if not sections:
        return ()
    *others, last = sections
    questions, rest = questions_of(last.text)
    if len(questions) < _FEWEST:
        return tuple(sections)
    ticks = joined(tag("p", _counted("check")), _ticked("check", "daily", questions), by="\n\n")
    return (*others, replace(last, text=f"{ticks}\n\n{rest}".rstrip()))


def questions_of(text: str) -> tuple[tuple[str, ...], str]:
    """The plain questions with which a text opens, and what follows them.

    >>> questions_of("牌子还在吗？电话打得通吗？不通，当天换。")
    (('牌子还在吗？', '电话打得通吗？'), '不通，当天换。')
    >>> questions_of("Read [this](a.md)? No.")
    ((), 'Read [this](a.md)? No.')
    """
    questions, at = [], 0
    while (found := _QUESTION.match(text, at)) and not _MARKUP & set(found[0]):
        questions.append(found[0].strip())
        at = found.end()
    return tuple(questions), text[at:]
