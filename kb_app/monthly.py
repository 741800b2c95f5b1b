"""The numbers of a month, each with the list that it counts. No person stands in any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb_app.catalogue import CaseNote, Catalogue
from kb_app.feedback import Verdict
from kb_app.keeping import Kept
from kb_app.periods import Period, month_name
from kb_app.questions import Stage, Tally, stages, tally
from kb_app.questions.clocks import china_day
from kb_app.room import SessionHeld
from kb_app.searches import Gap, gaps_of, searched

# What one visitor alone sought may be a slip of his, or a name.
LEAST_VISITS = 2


@dataclass(frozen=True, slots=True)
class Reuse:
    """A case, and in how many answers of the month it was named."""

    case: CaseNote
    answers: int


@dataclass(frozen=True, slots=True)
class Relapse:
    """A case, and the day of the recheck at which its result had not held."""

    case: CaseNote
    day: date


@dataclass(frozen=True, slots=True)
class Summary:
    """A month, as of its end, or of `today` while it runs. `feedback` is by page."""

    period: Period
    today: date
    tally: Tally
    sessions: tuple[SessionHeld, ...]
    new_cases: tuple[CaseNote, ...]
    reused_cases: tuple[Reuse, ...]
    relapses: tuple[Relapse, ...]
    gaps: tuple[Gap, ...]
    feedback: Mapping[str, Mapping[Verdict, int]]

    @property
    def is_over(self) -> bool:
        """Whether no number can change any more because the month goes on."""
        return self.period.end <= self.today

    def most_asked(self, count: int) -> tuple[tuple[str, int], ...]:
        """The problem types that most of the questions received speak of, as far as is known."""
        found = Counter(each.life.problem for each in self.tally.received if each.life.problem)
        return tuple(sorted(found.items(), key=lambda row: (-row[1], row[0]))[:count])

    def verdicts(self) -> Mapping[Verdict, int]:
        """The feedback of all pages together."""
        return {v: sum(page[v] for page in self.feedback.values()) for v in Verdict}


def summary(kept: Kept, catalogue: Catalogue, period: Period) -> Summary:
    """Count a month. Raises DatabaseBusyError."""
    today = china_day(kept.questions.now())
    counted = tally(stages(kept.questions.histories()), period, today)
    cases = catalogue.cases.values()
    new = (case for case in cases if case.published_on and period.covers(case.published_on))
    return Summary(
        period=period,
        today=today,
        tally=counted,
        sessions=kept.records.held_in(period),
        new_cases=tuple(sorted(new, key=lambda case: (case.published_on or today, case.id))),
        reused_cases=_reused(counted.answered, catalogue),
        relapses=tuple(
            Relapse(case, day) for case in cases for day in case.relapses if period.covers(day)
        ),
        gaps=gaps_of(searched(kept.database, period), LEAST_VISITS),
        feedback=kept.feedback.by_page(period),
    )


def numbers(found: Summary) -> Mapping[str, Any]:
    """The summary for programs: counts, and the ids of cases."""
    counted = found.tally
    return {
        "month": month_name(found.period),
        "as_of": min(found.period.last, found.today),
        "is_over": found.is_over,
        "carried": len(counted.carried),
        "received": len(counted.received),
        "reopened": len(counted.reopened),
        "settled": len(counted.settled),
        "settled_by": counted.ways(),
        "open": len(counted.open),
        "overdue": len(counted.overdue),
        "received_ever": counted.received_ever,
        "settled_ever": counted.settled_ever,
        "problems": dict(found.most_asked(len(counted.received))),
        "sessions": [
            {"page": each.page, "present": each.present, "questions": each.questions}
            for each in found.sessions
        ],
        "new_cases": [case.id for case in found.new_cases],
        "reused_cases": {each.case.id: each.answers for each in found.reused_cases},
        "relapses": [{"case": each.case.id, "on": each.day} for each in found.relapses],
        "gaps": len(found.gaps),
        "feedback": found.verdicts(),
    }


def _reused(answered: tuple[Stage, ...], catalogue: Catalogue) -> tuple[Reuse, ...]:
    named = Counter(page for each in answered for page in set(each.event.data["links"]))
    rows = (Reuse(case, named[case.id]) for case in catalogue.cases.values() if named[case.id])
    return tuple(sorted(rows, key=lambda row: (-row.answers, row.case.id)))
