"""What waits for an editor besides questions, and how each was closed, by whom and why.

Nothing is thrown away: what is closed leaves a line in the audit trail, and comes back when it
comes up anew. Counts are of visits; who searched is not known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from kb_app import trail
from kb_app.database import Database, now
from kb_app.feedback import Verdict
from kb_app.likeness import grouped
from kb_app.models import Ballot, Feedback, Trace, Vote
from kb_app.refusal import Refusal
from kb_app.room import is_missed
from kb_app.searches import Vain, sought_in_vain
from kb_app.translations import mark
from search_index import Lang, Listed

GAP_DAYS = 90
LEAST_VISITS = 2
MOST_NOTES = 5
_CLOSED = "closed:"


class Sort(StrEnum):
    """What sort of thing waits."""

    GAP = "gap"
    SOFT = "soft"
    REVIEW = "review"
    RECHECK = "recheck"
    FEEDBACK = "feedback"
    MISSED = "missed"


class How(StrEnum):
    """How something is closed."""

    WRITE = "write"
    LINK = "link"
    MERGE = "merge"
    REFER = "refer"
    NOT_OURS = "not-ours"


# Closed for good: it does not come back when it is sought again.
_FOR_GOOD = frozenset({How.REFER.value, How.NOT_OURS.value})


class ClosingError(Refusal):
    """Something cannot be closed in this way; `said` tells why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits.

    `subjects` are what a closing closes, with `mark`: how far it had come by then, in letters that
    sort. `visits` counts visits, `unanswered` those of them without any answer.
    """

    sort: Sort
    subjects: tuple[str, ...]
    mark: str
    title: str
    lang: str
    visits: int = 0
    unanswered: int = 0
    also: tuple[str, ...] = ()
    page: str | None = None
    url: str | None = None
    day: date | None = None
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """How one thing was closed: `said` has the page, the question, the body or the reason."""

    subject: str
    how: str
    mark: str
    at: datetime
    actor: int | None
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alias:
    """What people called a page that they did not find by it: to be added to its other names."""

    words: str
    lang: str
    page: str


class _Quizzed(NamedTuple):
    """One live quiz item in one room: how many answered, and how many otherwise than is right."""

    source: str
    room: int
    votes: int
    missed: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits in a database; all methods raise DatabaseBusyError."""

    database: Database
    now: Callable[[], datetime] = now

    def items(self, pages: Iterable[Listed]) -> tuple[Item, ...]:
        """Everything that waits, of all sorts, the most urgent of each sort first."""
        known = list(pages)
        closed = {each.subject: each for each in reversed(self.closings())}
        found = (
            *self._gaps(closed),
            *self._feedback(known, closed),
            *self._missed(known),
            *_reviews(known, self.now().date()),
            *_rechecks(known),
        )
        return tuple(item for item in found if not _is_closed(item, closed))

    def closings(self, limit: int | None = None) -> tuple[Closing, ...]:
        """How things were closed, the latest first."""
        query = select(Trace).where(Trace.action.startswith(_CLOSED)).order_by(Trace.id.desc())
        with self.database.reading() as session:
            return tuple(_closing(row) for row in session.scalars(query.limit(limit)))

    def close(self, item: Item, how: How, actor: int, **said: str) -> None:
        """Close a thing and keep who, when and why. Raises ClosingError if the why is missing."""
        said = {name: words.strip() for name, words in said.items() if words.strip()}
        for name in _NEEDED[how]:
            if name not in said:
                raise ClosingError(_MISSING[name])
        if how is How.LINK and item.sort in {Sort.GAP, Sort.SOFT}:
            said |= {"words": item.title, "lang": item.lang}
        with self.database.writing() as session:
            for subject in item.subjects:
                after = {"mark": item.mark, **said}
                trail.note(session, self.now(), actor, f"{_CLOSED}{how}", subject, after=after)

    def aliases(self, pages: Iterable[Listed]) -> tuple[Alias, ...]:
        """What editors found to be another name of a page, and no page has taken over yet."""
        names = {(p.id, p.lang.value): {_plain(n) for n in p.names} for p in pages}
        wanted = {
            Alias(each.said["words"], each.said["lang"], each.said["page"]): None
            for each in self.closings()
            if each.how == How.LINK and "words" in each.said
        }
        return tuple(
            alias
            for alias in wanted
            if _plain(alias.words) not in names.get((alias.page, alias.lang), {_plain(alias.words)})
        )

    def _gaps(self, closed: Mapping[str, Closing]) -> Iterator[Item]:
        since = self.now().date() - timedelta(days=GAP_DAYS)
        rows = [
            (words, lang, vain)
            for (words, lang), vain in sought_in_vain(self.database, since).items()
            if not _is_over(closed.get(_subject(words, lang)), vain.last.isoformat())
        ]
        rows.sort(key=lambda row: (-_unanswered(row[2]), -len(row[2].visits), row[0]))
        found = [
            _gap(group)
            for lang in Lang
            for group in grouped((r for r in rows if r[1] == lang), lambda row: row[0])
        ]
        wanted = (item for item in found if item.visits >= LEAST_VISITS)
        yield from sorted(wanted, key=lambda item: (-item.unanswered, -item.visits, item.title))

    def _feedback(self, pages: Sequence[Listed], closed: Mapping[str, Closing]) -> Iterator[Item]:
        with self.database.reading() as session:
            everything = session.scalars(select(Feedback).order_by(Feedback.id)).all()
        by_page: dict[tuple[Sort, str, str], list[Feedback]] = {}
        for row in everything:
            if row.verdict != Verdict.USEFUL:
                sort = Sort.SOFT if row.verdict == Verdict.NOT_USEFUL else Sort.FEEDBACK
                by_page.setdefault((sort, row.page, row.lang), []).append(row)
        known = {(page.id, page.lang.value): page for page in pages}
        for (sort, page, lang), rows in by_page.items():
            closing = closed.get(f"{sort}:{lang}:{page}")
            said = [row for row in rows if not _is_over(closing, f"{row.id:012}")]
            least = 1 if sort is Sort.FEEDBACK else LEAST_VISITS
            if (page, lang) in known and len(said) >= least:
                yield _spoken_of(sort, known[page, lang], said)

    def _missed(self, pages: Sequence[Listed]) -> Iterator[Item]:
        """Paragraphs whose question too many in a room answered otherwise, the latest room last."""
        known = {page.id: page for page in reversed(list(pages))}
        for source, votes in self._quizzed().items():
            page = known.get(source.partition("#")[0])
            if page is not None:
                yield _missed(page, source, votes)

    def _quizzed(self) -> Mapping[str, Sequence[_Quizzed]]:
        """By paragraph the live quiz items whose answer too many missed, one row a room."""
        wrong = func.sum(case((Vote.choice != Ballot.answer, 1), else_=0))
        counted = (
            select(Ballot.source, Ballot.room, func.count(), wrong)
            .join(Vote, (Vote.room == Ballot.room) & (Vote.ballot == Ballot.name))
            .where(Ballot.closed_at.is_not(None), Ballot.name.startswith("quiz:"))
            .group_by(Ballot.source, Ballot.room, Ballot.name)
            .order_by(Ballot.room)
        )
        found: dict[str, list[_Quizzed]] = {}
        with self.database.reading() as session:
            for row in map(_Quizzed._make, session.execute(counted)):
                if is_missed(row.missed, row.votes):
                    found.setdefault(row.source, []).append(row)
        return found


_NEEDED: Mapping[How, tuple[str, ...]] = {
    How.WRITE: ("page",),
    How.LINK: ("page",),
    How.MERGE: ("into",),
    How.REFER: ("to", "reason"),
    How.NOT_OURS: ("reason",),
}
_MISSING = {
    "page": mark("Say which page."),
    "into": mark("Say which question it is merged into."),
    "to": mark("Say who takes it over, and why."),
    "reason": mark("Say why."),
}


def _closing(row: Trace) -> Closing:
    said = dict(row.after or {})
    how = row.action.removeprefix(_CLOSED)
    return Closing(row.subject, how, str(said.pop("mark", "")), row.at, row.actor, said)


def _is_closed(item: Item, closed: Mapping[str, Closing]) -> bool:
    return all(_is_over(closed.get(subject), item.mark) for subject in item.subjects)


def _is_over(closing: Closing | None, reached: str) -> bool:
    return closing is not None and (closing.how in _FOR_GOOD or closing.mark >= reached)


def _plain(words: str) -> str:
    return "".join(words.casefold().split())


def _subject(words: str, lang: str) -> str:
    """The name of a gap in the trail, which is kept for good and so does not quote it."""
    return f"gap:{lang}:{hashlib.sha256(words.encode()).hexdigest()[:24]}"


def _unanswered(vain: Vain) -> int:
    return sum(not answered for answered in vain.visits.values())


def _gap(rows: Sequence[tuple[str, str, Vain]]) -> Item:
    """What was sought in words that are alike; led by the most sought."""
    visits: dict[str, bool] = {}
    for _, _, vain in rows:
        for visit, answered in vain.visits.items():
            visits[visit] = visits.get(visit, True) and answered
    unanswered = sum(not answered for answered in visits.values())
    words, lang, _ = rows[0]
    return Item(
        sort=Sort.GAP if unanswered >= LEAST_VISITS else Sort.SOFT,
        subjects=tuple(_subject(each, lang) for each, _, _ in rows),
        mark=max(vain.last for _, _, vain in rows).isoformat(),
        title=words,
        lang=lang,
        visits=len(visits),
        unanswered=unanswered,
        also=tuple(each for each, _, _ in rows[1:]),
    )


def _spoken_of(sort: Sort, page: Listed, said: Sequence[Feedback]) -> Item:
    notes = [(each.verdict, each.note) for each in reversed(said) if each.note]
    counted = [(each.verdict, "") for each in said if not each.note]
    return Item(
        sort=sort,
        subjects=(f"{sort}:{page.lang}:{page.id}",),
        mark=f"{said[-1].id:012}",
        title=page.title,
        lang=page.lang.value,
        visits=len(said),
        page=page.id,
        url=page.url,
        day=said[-1].day,
        notes=(*notes[:MOST_NOTES], *dict.fromkeys(counted)),
    )


def _missed(page: Listed, source: str, rows: Sequence[_Quizzed]) -> Item:
    """A paragraph to look at: perhaps it says badly what so many understood otherwise."""
    return Item(
        sort=Sort.MISSED,
        subjects=(f"{Sort.MISSED}:{source}",),
        mark=f"{rows[-1].room:012}",
        title=page.title,
        lang=page.lang.value,
        visits=sum(row.votes for row in rows),
        unanswered=sum(row.missed for row in rows),
        page=page.id,
        url=f"{page.url}#{source.partition('#')[2]}".rstrip("#"),
    )


def _reviews(pages: Iterable[Listed], today: date) -> Iterator[Item]:
    """Pages whose review is due, one for both languages, for they share the day."""
    due = {p.id: p for p in reversed(list(pages)) if p.review_due and p.review_due < today}
    for page in sorted(due.values(), key=lambda p: (p.review_due or today, p.id)):
        yield _of_page(Sort.REVIEW, page, page.review_due)


def _rechecks(pages: Iterable[Listed]) -> Iterator[Item]:
    relapsed = {page.id: page for page in reversed(list(pages)) if page.relapsed}
    for page in sorted(relapsed.values(), key=lambda p: p.id):
        yield _of_page(Sort.RECHECK, page, page.checked_on)


def _of_page(sort: Sort, page: Listed, day: date | None) -> Item:
    return Item(
        sort=sort,
        subjects=(f"{sort}:{page.id}",),
        mark=day.isoformat() if day else "",
        title=page.title,
        lang=page.lang.value,
        page=page.id,
        url=page.url,
        day=day,
    )
