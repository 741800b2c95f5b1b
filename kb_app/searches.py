"""What was searched and whether it was found: counted beside the search, never in its way."""

from __future__ import annotations

import logging
import re
import threading
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import func, select

from kb_app.database import Database, DatabaseError
from kb_app.models import Search
from kb_app.periods import Period

MOST_WORDS = 100
# A box that searches as one types sends every stage of the words; they become one row.
TYPING_SECONDS = 10.0
_WAITING_ROOM = 5000
# A telephone or identity number is nobody's gap.
_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sought:
    """One search; `visit` is a print of the visitor that changes every day.

    `problem` is the problem type of the page that was opened first, or else of the best one found.
    """

    words: str
    lang: str
    day: date
    answered: bool
    hits: int
    visit: str
    opened: bool = False
    problem: str | None = None


@dataclass(slots=True)
class _Pending:
    sought: Sought
    at: float


def normalised(words: str) -> str:
    """Words as they are counted: one spelling, no long numbers.

    >>> normalised("  飞线　ＣＨＡＲＧＥ 13800000000")
    '飞线 charge …'
    """
    plain = unicodedata.normalize("NFKC", words).casefold()
    kept = "".join(c for c in plain if c.isprintable() or c.isspace())
    return " ".join(_LONG_NUMBER.sub("…", kept).split())[:MOST_WORDS]


@dataclass(slots=True)
class Searches:
    """Takes note of searches in memory, and writes them down in a thread of its own.

    A database that fails costs counts, never a search.
    """

    database: Database
    clock: Callable[[], float] = time.monotonic
    _pending: dict[str, _Pending] = field(default_factory=dict)
    _done: list[Sought] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def note(self, sought: Sought) -> None:
        """Take note of a search; what a visitor goes on typing replaces what he had typed."""
        if not sought.words:
            return
        with self._lock:
            before = self._pending.get(sought.visit)
            if before is not None and not _goes_on(before.sought, sought):
                self._finish(before.sought)
            self._pending[sought.visit] = _Pending(sought, self.clock())
            self._start()

    def note_opened(self, visit: str, words: str, day: date, problem: str | None = None) -> None:
        """Take note that a visitor has opened a page about `problem` that he found by these words.

        Of the pages that he opens, the first says what he was looking for.
        """
        with self._lock:
            if self._mark_unwritten(visit, words, problem):
                return
        self._mark_opened(visit, words, day, problem)

    def write(self, *, everything: bool = False) -> None:
        """Write down what is no longer being typed."""
        with self._lock:
            rows = self._taken(everything=everything)
        if not rows:
            return
        try:
            with self.database.writing() as session:
                session.add_all(_row(each) for each in rows)
        except DatabaseError as error:
            logger.warning("searches were not counted: %s", error)

    def close(self) -> None:
        """Write down the rest."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self.write(everything=True)

    def _finish(self, sought: Sought) -> None:
        if len(self._done) < _WAITING_ROOM:
            self._done.append(sought)

    def _taken(self, *, everything: bool) -> list[Sought]:
        oldest = self.clock() - TYPING_SECONDS
        ripe = [v for v, p in self._pending.items() if everything or p.at <= oldest]
        for visit in ripe:
            self._finish(self._pending.pop(visit).sought)
        rows, self._done = self._done, []
        return rows

    def _mark_unwritten(self, visit: str, words: str, problem: str | None) -> bool:
        pending = self._pending.get(visit)
        if pending is not None and pending.sought.words == words:
            pending.sought = _opened(pending.sought, problem)
            return True
        for place, each in reversed(list(enumerate(self._done))):
            if (each.visit, each.words) == (visit, words):
                self._done[place] = _opened(each, problem)
                return True
        return False

    def _mark_opened(self, visit: str, words: str, day: date, problem: str | None) -> None:
        newest = (
            select(Search)
            .where(Search.day == day, Search.visit == visit, Search.words == words)
            .order_by(Search.id.desc())
            .limit(1)
        )
        with self.database.writing() as session:
            row = session.scalar(newest)
            if row is not None:
                found = _opened(_sought(row), problem)
                row.opened, row.problem = found.opened, found.problem

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="searches", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(1):
            self.write()


def _goes_on(before: Sought, now: Sought) -> bool:
    """Whether somebody is still typing, or deleting, the same words."""
    return before.words.startswith(now.words) or now.words.startswith(before.words)


def _row(each: Sought) -> Search:
    return Search(
        words=each.words,
        lang=each.lang,
        day=each.day,
        answered=each.answered,
        hits=each.hits,
        opened=each.opened,
        visit=each.visit,
        problem=each.problem,
    )


@dataclass(slots=True)
class Vain:
    """Visits on which words led nowhere, each with whether there was an answer, and the last day.

    A visit is a print that is another one tomorrow.
    """

    visits: dict[str, bool] = field(default_factory=dict)
    last: date = date.min


def sought_in_vain(database: Database, since: date) -> Mapping[tuple[str, str], Vain]:
    """By words and language, the visits without an answer, or without a page opened."""
    columns = (Search.words, Search.lang, Search.visit, Search.answered, Search.opened, Search.day)
    with database.reading() as session:
        rows = session.execute(select(*columns).where(Search.day >= since)).all()
    satisfied = {(r.words, r.lang, r.visit) for r in rows if r.answered and r.opened}
    found: dict[tuple[str, str], Vain] = {}
    for row in rows:
        if (row.words, row.lang, row.visit) not in satisfied:
            vain = found.setdefault((row.words, row.lang), Vain())
            vain.visits[row.visit] = row.answered
            vain.last = max(vain.last, row.day)
    return found


def _sought(row: Search) -> Sought:
    return Sought(
        words=row.words,
        lang=row.lang,
        day=row.day,
        answered=row.answered,
        hits=row.hits,
        visit=row.visit,
        opened=row.opened,
        problem=row.problem,
    )


def _opened(sought: Sought, problem: str | None) -> Sought:
    known = sought.problem if sought.opened else problem or sought.problem
    return replace(sought, opened=True, problem=known)


def gaps(database: Database, since: date) -> Iterable[tuple[str, str, int, int]]:
    """Words, language, and on how many visits they were sought without an answer or a page opened.

    The last is how many of these visits had no answer at all; the most sought come first.
    """
    found = [
        (*key, len(vain.visits), sum(not answered for answered in vain.visits.values()))
        for key, vain in sought_in_vain(database, since).items()
    ]
    return sorted(found, key=lambda row: (-row[3], -row[2], row[0]))


def searched(database: Database, period: Period) -> tuple[Sought, ...]:
    """Every search of some days that was written down, the oldest first."""
    days = (Search.day >= period.start, Search.day < period.end)
    with database.reading() as session:
        rows = session.scalars(select(Search).where(*days).order_by(Search.day, Search.id))
        return tuple(_sought(row) for row in rows)


def first_day(database: Database) -> date | None:
    """Since when searches are written down; None before the first."""
    with database.reading() as session:
        return session.scalar(select(func.min(Search.day)))


def visits_by_problem(found: Iterable[Sought]) -> tuple[tuple[date, str], ...]:
    """On which day which problem type was looked for: once a visit, however often it was typed.

    A search that was not answered, and after which no page was opened, is a gap and no sign of a
    problem: what came nearest to it may be something else.
    """
    seen = {
        (each.day, each.visit, each.problem)
        for each in found
        if each.problem is not None and (each.answered or each.opened)
    }
    return tuple(sorted((day, problem) for day, _, problem in seen))


@dataclass(frozen=True, slots=True)
class Gap:
    """Words that were sought and not found, on how many visits, and the nearest problem type."""

    words: str
    lang: str
    visits: int
    problem: str | None


def gaps_of(found: Iterable[Sought], least: int) -> tuple[Gap, ...]:
    """What was never answered on at least so many visits, the most sought first."""
    vain: dict[tuple[str, str], dict[str, str | None]] = {}
    found = tuple(found)
    helped = {(e.words, e.lang, e.visit) for e in found if e.answered or e.opened}
    for each in found:
        if (each.words, each.lang, each.visit) not in helped:
            visits = vain.setdefault((each.words, each.lang), {})
            visits[each.visit] = visits.get(each.visit) or each.problem
    rows = (
        Gap(words, lang, len(visits), next(filter(None, visits.values()), None))
        for (words, lang), visits in vain.items()
        if len(visits) >= least
    )
    return tuple(sorted(rows, key=lambda gap: (-gap.visits, gap.words, gap.lang)))
