"""A session's record in words and plots: the same for the page, the file and the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kb_app.paper import day_name
from kb_app.plots import Plot, Series
from kb_app.questions.clocks import CHINA, china_day
from kb_app.room import Note, Record, Result
from kb_app.session.slides import LETTERS
from kb_app.translations import mark, say
from search_index import Lang

NOTES: Mapping[Note, str] = {
    Note.PLANNED: mark("What should have happened?"),
    Note.HAPPENED: mark("What did happen?"),
    Note.WELL: mark("What went well, and why?"),
    Note.BETTER: mark("What went badly, and why?"),
    Note.NEXT: mark("What changes next time: which role sees to it, by which day?"),
}


@dataclass(frozen=True, slots=True)
class Voted:
    """One vote: what was asked, each option with its count, and how many missed the answer."""

    stem: str
    options: tuple[tuple[str, str, int], ...]
    says: str
    source: str
    plot: Plot
    is_missed: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record in a language; `is_closed` says whether it can still change."""

    lang: Lang
    title: str
    facts: tuple[tuple[str, str], ...]
    agenda: tuple[str, ...]
    votes: tuple[Voted, ...]
    readings: tuple[str, ...]
    questions: tuple[int, ...]
    notes: tuple[tuple[str, str], ...]
    is_closed: bool


def recorded(record: Record, lang: Lang) -> Recorded:
    """A record in a language."""
    return Recorded(
        lang=lang,
        title=say(lang, mark("Record: {title}"), title=record.plan.title(lang)),
        facts=_facts(record, lang),
        agenda=_agenda(record, lang),
        votes=tuple(_voted(n, each, lang) for n, each in enumerate(record.results, 1)),
        readings=tuple(_readings(record, lang)),
        questions=record.questions,
        notes=tuple((say(lang, NOTES[n]), record.notes[n]) for n in Note if n in record.notes),
        is_closed=record.closed_at is not None,
    )


def as_text(made: Recorded) -> str:
    """The record for a terminal or a letter."""
    lines = [made.title, "", *(f"{name}: {value}" for name, value in made.facts)]
    lines += _list(say(made.lang, mark("Agenda")), made.agenda)
    for each in made.votes:
        lines += ["", each.stem]
        lines += [f"{count:6}  {letter}. {text}" for letter, text, count in each.options]
        lines += [each.says]
    lines += _list(say(made.lang, mark("Read aloud")), made.readings)
    numbers = [str(number) for number in made.questions]
    lines += _list(say(made.lang, mark("Questions raised")), numbers)
    for name, text in made.notes:
        lines += ["", name, text]
    return "\n".join([*lines, ""])


def _list(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"  {line}" for line in lines]
    return ["", title, *found] if found else []


def _facts(record: Record, lang: Lang) -> tuple[tuple[str, str], ...]:
    day = day_name(china_day(record.opened_at), lang)
    ended = _clock(record.closed_at) if record.closed_at else say(lang, mark("not closed yet"))
    return (
        (say(lang, mark("Day")), day),
        (say(lang, mark("From, to")), f"{_clock(record.opened_at)} – {ended}"),
        (say(lang, mark("Signed in")), str(record.present)),
        (say(lang, mark("Votes held")), str(len(record.results))),
        (say(lang, mark("Questions raised")), str(len(record.questions) + record.unregistered)),
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%H:%M}"


def _agenda(record: Record, lang: Lang) -> tuple[str, ...]:
    slides = record.plan.slides.get(lang) or record.plan.slides[record.lang]
    return tuple(line for slide in slides if slide.part == "agenda" for line in slide.body)


def _voted(number: int, result: Result, lang: Lang) -> Voted:
    asked = result.ballot.in_lang(lang)
    letters = LETTERS[: len(asked.options)]
    says = _says(result, lang)
    plot = Plot(
        id=f"vote-{number}",
        title=asked.stem,
        says=says,
        names=tuple(letters),
        columns=(Series(say(lang, mark("Votes")), result.options),),
    )
    options = tuple(zip(letters, asked.options, result.options, strict=False))
    return Voted(asked.stem, options, says, result.ballot.source, plot, result.is_missed)


def _says(result: Result, lang: Lang) -> str:
    if result.missed is None:
        return say(lang, mark("Voted: {votes}. None of the options is right or wrong."),
                   votes=result.votes)  # fmt: skip
    answer = LETTERS[(result.ballot.answer or 1) - 1]
    said = mark("Voted: {votes}; right is {answer}; chose otherwise: {missed}.")
    words = say(lang, said, votes=result.votes, answer=answer, missed=result.missed)
    if result.is_missed:
        words += say(lang, mark(" This paragraph goes to the editors."))
    return words


def _readings(record: Record, lang: Lang) -> Iterable[str]:
    titles = {guide.id: guide.titles for guide in record.plan.guides}
    for each in record.readings:
        found = titles.get(each.guide, {})
        title = found.get(lang) or next(iter(found.values()), each.guide)
        message = mark("{title}, version {version}, to its end at {time}")
        yield say(lang, message, title=title, version=each.version, time=_clock(each.ended_at))
