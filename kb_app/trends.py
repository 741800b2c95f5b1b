"""The figures of the last weeks and months, as plots with their numbers in a table below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from kb_app.catalogue import Catalogue
from kb_app.keeping import Kept
from kb_app.monthly import LEAST_VISITS
from kb_app.periods import Period, month_name, month_of, months_before, week_of, weeks_to
from kb_app.plots import Plot, Series
from kb_app.questions import Stage, Tally, Way, stages, tally
from kb_app.questions.clocks import china_day
from kb_app.searches import Gap, first_day, gaps_of, searched, visits_by_problem
from kb_app.signals import Occurrence, Signal, by_week, signals
from kb_app.translations import mark, say
from search_index import Lang

WEEKS = 13  # a season
MONTHS = 6
MOST_LINES = 4
MOST_SIGNALS = 12


@dataclass(frozen=True, slots=True)
class Watched:
    """A signal, in which week, whether searches or questions were counted, and the whole season."""

    week: Period
    asked: bool
    signal: Signal
    season: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """What the page of figures shows; weeks and months are the oldest first."""

    today: date
    weeks: tuple[tuple[Period, Tally], ...]
    months: tuple[tuple[Period, Tally], ...]
    gaps: tuple[Gap, ...]
    watched: tuple[Watched, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A plot, and the same as a table: the heads of its columns and its rows."""

    plot: Plot
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sort: str = "drawn"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(any(each.values) for each in self.plot.series)


def trends(kept: Kept) -> Trends:
    """Count the last weeks and months. Raises DatabaseBusyError."""
    today = china_day(kept.questions.now())
    lived = stages(kept.questions.histories())
    weeks = weeks_to(week_of(today), WEEKS)
    months = (*reversed(months_before(month_of(today), MONTHS - 1)), month_of(today))
    found = searched(kept.database, Period(weeks[0].start, weeks[-1].end))
    visits, asked = visits_by_problem(found), tuple(_asked(lived))
    since = first_day(kept.database), min((day for day, _ in _received(lived)), default=None)
    return Trends(
        today=today,
        weeks=tuple((week, tally(lived, week, today)) for week in weeks),
        months=tuple((month, tally(lived, month, today)) for month in months),
        gaps=gaps_of(found, LEAST_VISITS),
        watched=tuple(_watched((visits, asked), since, weeks)),
    )


def _received(lived: Sequence[Sequence[Stage]]) -> Iterator[tuple[date, str | None]]:
    """The day of every question, and the problem type that it is known to speak of by now."""
    for one in lived:
        yield one[0].day, one[-1].life.problem


def _asked(lived: Sequence[Sequence[Stage]]) -> Iterator[Occurrence]:
    for day, problem in _received(lived):
        if problem is not None:
            yield day, problem


def _watched(
    sources: tuple[Sequence[Occurrence], Sequence[Occurrence]],
    since: tuple[date | None, date | None],
    weeks: Sequence[Period],
) -> Iterator[Watched]:
    """This week so far and the week before, searches and then questions."""
    for asked, (found, oldest) in enumerate(zip(sources, since, strict=True)):
        seasons = by_week(found, weeks)
        for week in weeks[:-3:-1]:
            for signal in signals(found, week, oldest):
                if signal.now:
                    yield Watched(week, bool(asked), signal, seasons[signal.problem])


# In words ----------------------------------------------------------------------------------------


def questions_by_week(found: Trends, lang: Lang) -> Shown:
    """Received, settled and overdue by week."""
    heads = (mark("Received"), mark("Settled"), mark("Overdue at the end of the week"))
    received, settled, overdue = (
        tuple(len(getattr(tally, name)) for _, tally in found.weeks)
        for name in ("received", "settled", "overdue")
    )
    names = [say(lang, head) for head in heads]
    plot = Plot(
        id="by-week",
        title=say(lang, mark("Questions by week")),
        says=say(
            lang,
            mark(
                "In {weeks} weeks: received {received}, settled {settled}; overdue now: {overdue}."
            ),
            weeks=WEEKS,
            received=sum(received),
            settled=sum(settled),
            overdue=overdue[-1],
        ),
        names=tuple(f"{week.start:%m-%d}" for week, _ in found.weeks),
        columns=(Series(names[0], received), Series(names[1], settled)),
        lines=(Series(names[2], overdue),),
    )
    return Shown(
        plot,
        say(lang, mark("A week begins on Monday and is named by that day; the last one goes on.")),
        (say(lang, mark("Week from")), *names),
        _table([f"{week.start:%Y-%m-%d}" for week, _ in found.weeks], plot.series),
    )


def confirmed(found: Trends, lang: Lang) -> Shown:
    """Answers that the asker confirmed, and those to which nobody objected."""
    asker, silence = (
        tuple(tally.ways()[way] for _, tally in found.months) for way in (Way.ASKER, Way.SILENCE)
    )
    names = [say(lang, head) for head in (mark("By the asker"), mark("By silence"))]
    months = [month_name(month) for month, _ in found.months]
    plot = Plot(
        id="confirmed",
        title=say(lang, mark("Answers confirmed, by month")),
        says=say(
            lang,
            mark("In {months} months: by the asker {asker}, by silence {silence}."),
            months=MONTHS,
            asker=sum(asker),
            silence=sum(silence),
        ),
        names=tuple(
            format_date(month.start, "MMM", locale=lang.value) for month, _ in found.months
        ),
        columns=(Series(names[0], asker), Series(names[1], silence)),
    )
    note = mark("By silence: seven days without objection. That says nothing about approval.")
    heads = (say(lang, mark("Month")), *names)
    return Shown(plot, say(lang, note), heads, _table(months, plot.series))


def gaps_by_group(found: Trends, catalogue: Catalogue, lang: Lang) -> Shown:
    """What was sought and not found, by the group of the problem type that came nearest."""
    groups = [catalogue.group_of(gap.problem) for gap in found.gaps]
    counts = Counter(group.names[lang] if group else "" for group in groups)
    nothing = counts.pop("", 0)
    order = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    order += [(say(lang, mark("Nothing comes near")), nothing)] if nothing else []
    name = say(lang, mark("Words not found"))
    plot = Plot(
        id="gaps",
        title=say(lang, mark("Not found, by group of problems")),
        says=say(
            lang,
            mark("In {weeks} weeks, sought by several and found by nobody: {count}."),
            weeks=WEEKS,
            count=len(found.gaps),
        ),
        names=tuple(group for group, _ in order),
        columns=(Series(name, tuple(count for _, count in order)),),
    )
    note = mark("The group is that of the page which came nearest; it may be another in truth.")
    heads = (say(lang, mark("Group")), name)
    return Shown(plot, say(lang, note), heads, _table(list(plot.names), plot.series), sort="rows")


def rising(found: Trends, topic_name: Callable[[str], str], lang: Lang) -> Shown:
    """What comes up more often than before, with the raw numbers."""
    order = sorted(found.watched, key=lambda each: (not each.signal.rising, -each.signal.now))
    up = {_called(each, topic_name, lang): each.season for each in order if each.signal.rising}
    lines = tuple(Series(name, season) for name, season in [*up.items()][:MOST_LINES])
    plot = Plot(
        id="rising",
        title=say(lang, mark("What is rising")),
        says=_rising_says(
            len(lines), known=any(each.signal.known for each in found.watched), lang=lang
        ),
        names=tuple(f"{week.start:%m-%d}" for week, _ in found.weeks),
        lines=lines,
    )
    note = mark(
        "Rising: at least 5 in the week, at least twice the mean of the 8 weeks before, and by"
        " chance less than once in a thousand weeks. A visit counts once; nobody and no lane is"
        " counted."
    )
    heads = (mark("Problem"), mark("Week from"), mark("Count"), mark("Mean of 8 weeks before"))
    return Shown(
        plot,
        say(lang, note),
        tuple(say(lang, head) for head in heads),
        tuple(_signal_row(each, topic_name, lang) for each in order[:MOST_SIGNALS]),
    )


def _rising_says(count: int, *, known: bool, lang: Lang) -> str:
    if count:
        message = mark("What rises now, over the last {weeks} weeks; the last week goes on.")
        return say(lang, message, weeks=WEEKS)
    if not known:
        return say(lang, mark("Not enough records yet: eight whole weeks are needed to compare."))
    return say(lang, mark("Nothing comes up more often than chance explains."))


def _called(each: Watched, topic_name: Callable[[str], str], lang: Lang) -> str:
    message = mark("{problem} (questions)") if each.asked else mark("{problem} (searches)")
    return say(lang, message, problem=topic_name(each.signal.problem))


def _signal_row(each: Watched, topic_name: Callable[[str], str], lang: Lang) -> tuple[str, ...]:
    signal, name = each.signal, _called(each, topic_name, lang)
    return (
        say(lang, mark("{problem}: rising"), problem=name) if signal.rising else name,
        f"{each.week.start:%m-%d}",
        str(signal.now),
        f"{signal.mean:.1f}" if signal.known else "–",
    )


def _table(names: Sequence[str], series: Sequence[Series]) -> tuple[tuple[str, ...], ...]:
    numbers = zip(*(each.values for each in series), strict=True)
    return tuple((name, *map(str, row)) for name, row in zip(names, numbers, strict=True))
