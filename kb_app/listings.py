"""The lists behind the numbers of a month: what exactly was counted, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from kb_app.monthly import Summary
from kb_app.paper import VERDICTS, WAYS, Listing, day_name
from kb_app.questions import Stage
from kb_app.questions.clocks import china_day
from kb_app.translations import mark, say
from search_index import Lang


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was counted, `count` times; `lang` is that of its title if it is another."""

    title: str
    url: str | None
    facts: tuple[str, ...] = ()
    count: int = 1
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What pages and problem types are called, and where pages are."""

    topic: Callable[[str], str]
    page: Callable[[str], tuple[str, str] | None]


def rows(found: Summary, listing: Listing, only: str, lang: Lang, names: Names) -> tuple[Row, ...]:
    """The rows of a list; `only` leaves those of one way, problem type or verdict."""
    stages = _stages(found).get(listing)
    if stages is not None:
        wanted = (each for each in stages if not only or only in _kinds(each, listing))
        return tuple(_question(each, listing, lang, names) for each in wanted)
    return tuple(_OTHERS[listing](found, only, lang, names))


def _stages(found: Summary) -> Mapping[Listing, tuple[Stage, ...]]:
    tally = found.tally
    return {
        Listing.CARRIED: tally.carried,
        Listing.RECEIVED: tally.received,
        Listing.REOPENED: tally.reopened,
        Listing.SETTLED: tally.settled,
        Listing.OPEN: tally.open,
        Listing.OVERDUE: tally.overdue,
    }


def _kinds(each: Stage, listing: Listing) -> Iterable[str]:
    return {each.way.value} if listing is Listing.SETTLED else {each.life.problem or ""}


def _question(each: Stage, listing: Listing, lang: Lang, names: Names) -> Row:
    """A question by its number: its words may name somebody, and stay on its own page."""
    life = each.life
    facts = [names.topic(life.problem)] if life.problem else []
    facts += _days(each, listing, lang)
    number = say(lang, mark("Question {number}"), number=life.number)
    return Row(number, f"/{lang}/desk/questions/{life.number}", tuple(facts))


def _days(each: Stage, listing: Listing, lang: Lang) -> Iterator[str]:
    day = day_name(each.day, lang)
    if listing is Listing.RECEIVED:
        yield day
    elif listing is Listing.REOPENED:
        yield say(lang, mark("opened again on {day}"), day=day)
    elif listing is Listing.SETTLED:
        yield say(lang, mark("settled on {day}"), day=day)
        yield say(lang, WAYS[each.way])
    else:
        due = each.life.echo_awaited or each.life.settling_awaited
        if due:
            yield say(lang, mark("promised for {day}"), day=day_name(due, lang))


def _sessions(found: Summary, _: str, lang: Lang, __: Names) -> Iterator[Row]:
    for each in found.sessions:
        facts = (
            day_name(china_day(each.closed_at), lang),
            say(lang, mark("present: {count}"), count=each.present),
            say(lang, mark("questions: {count}"), count=each.questions),
        )
        yield Row(each.title(lang), f"/{lang}/desk/rooms/{each.room}/record", facts)


def _new_cases(found: Summary, _: str, lang: Lang, __: Names) -> Iterator[Row]:
    for case in found.new_cases:
        facts = (day_name(case.published_on, lang),) if case.published_on else ()
        yield Row(case.title(lang), case.url(lang), facts)


def _reused_cases(found: Summary, _: str, lang: Lang, __: Names) -> Iterator[Row]:
    for each in found.reused_cases:
        said = say(lang, mark("answers: {count}"), count=each.answers)
        yield Row(each.case.title(lang), each.case.url(lang), (said,))


def _relapses(found: Summary, _: str, lang: Lang, __: Names) -> Iterator[Row]:
    for each in found.relapses:
        yield Row(each.case.title(lang), each.case.url(lang), (day_name(each.day, lang),))


def _gaps(found: Summary, _: str, lang: Lang, names: Names) -> Iterator[Row]:
    for gap in found.gaps:
        facts = [say(lang, mark("visits: {count}"), count=gap.visits)]
        if gap.problem:
            facts.append(say(lang, mark("nearest: {problem}"), problem=names.topic(gap.problem)))
        yield Row(
            gap.words, f"/{lang}/search?{urlencode({'q': gap.words})}", tuple(facts), lang=gap.lang
        )


def _feedback(found: Summary, only: str, lang: Lang, names: Names) -> Iterator[Row]:
    for page, counts in found.feedback.items():
        wanted = {v: n for v, n in counts.items() if n and (not only or v == only)}
        if wanted:
            title, url = names.page(page) or (page, None)
            facts = tuple(f"{say(lang, VERDICTS[v])} {n}" for v, n in wanted.items())
            yield Row(title, url, facts, count=sum(wanted.values()))


_OTHERS: Mapping[Listing, Callable[[Summary, str, Lang, Names], Iterator[Row]]] = {
    Listing.SESSIONS: _sessions,
    Listing.NEW_CASES: _new_cases,
    Listing.REUSED_CASES: _reused_cases,
    Listing.RELAPSES: _relapses,
    Listing.GAPS: _gaps,
    Listing.FEEDBACK: _feedback,
}
