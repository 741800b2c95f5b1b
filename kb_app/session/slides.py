"""What is shown in the room: the slides of a session as values, made from the library alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb_app.session.words import word
from search_index import (
    AgendaItem,
    AgendaKind,
    Case,
    Lang,
    Library,
    Page,
    QuizItem,
    Session,
    blocks,
)

# How a case begins; everything else tells how it went on, and comes after the last vote.
_BEGINNING = ("situation", "timeline", "analysis")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SENTENCE = re.compile(r"(?<=[。！？])(?![”」』）])|(?<=[.!?])\s+(?=[A-Z“\"])")
_FITS = {Lang.ZH: 130, Lang.EN: 330}
# A short paragraph takes a line for itself, as many characters as these.
_LINE = {Lang.ZH: 25, Lang.EN: 60}
_RULE = frozenset("|:- ")
_LEFT_OUT = frozenset({"sources", "quiz", "discussion"})


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: a small label, a title, paragraphs, lettered options, and what the trainer reads.

    `part` is what it is of: title, aims, agenda, talk, story, ask, done, ending, recheck, quiz,
    answer or card. `name` is that of the vote that it is about; empty where it is about none.
    """

    part: str
    title: str
    body: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    notes: str = ""
    label: str = ""
    name: str = ""


def ask_name(case: str, number: int) -> str:
    """What the vote on a decision point of a case is called, counted from 1."""
    return f"ask:{case}:{number}"


def quiz_name(number: int) -> str:
    """What the vote on a quiz item is called, counted from 1."""
    return f"quiz:{number}"


@dataclass(frozen=True, slots=True)
class Telling:
    """A case in the order of the room: what may be told before the first vote, then the rest."""

    page: Page

    @property
    def case(self) -> Case:
        """The facts of the case; empty ones for a page that is none."""
        return self.page.details if isinstance(self.page.details, Case) else Case()

    @property
    def name(self) -> str:
        """Place and year: the title of a case often tells how it ended."""
        place, when = self.case.place, self.case.happened
        year = str(when.start.year) if when else None
        words = (word(self.page.lang, "case"), place.city if place else None, year)
        return " · ".join(filter(None, words))

    def before(self) -> list[tuple[str, str, str]]:
        """Anchor, heading and text of the parts that give nothing away.

        Timeline and analysis often tell what was chosen, so where there is a vote only the first
        part comes before it.
        """
        parts = [p for p in self._parts() if p[0] in _BEGINNING]
        return parts[:1] if self.case.decision_points else parts

    def after(self) -> list[tuple[str, str, str]]:
        """The parts that are told after the last vote."""
        told = len(self.before())
        begun = [p for p in self._parts() if p[0] in _BEGINNING]
        return begun[told:] + [p for p in self._parts() if p[0] not in _BEGINNING]

    def _parts(self) -> list[tuple[str, str, str]]:
        wanted = (s for s in self.page.sections if s.text.strip() and s.anchor not in _LEFT_OUT)
        return [(s.anchor, s.heading, s.text) for s in wanted]


def slides(library: Library, page: Page, session: Session) -> tuple[Slide, ...]:
    """All slides of a session, in order; parts that the session lacks are left out."""
    lang = page.lang
    return (
        Slide("title", page.title, tuple(filter(None, (page.lesson, session.audience)))),
        *_list("aims", word(lang, "aims"), [aim.text for aim in session.objectives]),
        *_list("agenda", word(lang, "agenda"), [_line(library, page, i) for i in session.agenda]),
        *(slide for item in session.agenda for slide in _item(library, page, item)),
        *(slide for n, item in enumerate(session.quiz, 1) for slide in _quiz(lang, n, item)),
        Slide("card", word(lang, "card"), card_lines(lang)),
    )


def case_deck(page: Page) -> tuple[Slide, ...]:
    """All slides of a case alone, in order, without its title, which often tells the ending."""
    telling = Telling(page)
    return (Slide("title", telling.name), *case_slides(telling))


def card_lines(lang: Lang) -> tuple[str, ...]:
    """The four lines of an action card."""
    return tuple(word(lang, f"card_{key}") for key in ("lane", "step", "day", "count"))


def lettered(options: Iterable[str]) -> tuple[str, ...]:
    """Options with their letters.

    >>> lettered(["wait", "call"])
    ('A. wait', 'B. call')
    """
    return tuple(f"{letter}. {text}" for letter, text in zip(LETTERS, options, strict=False))


def _list(part: str, title: str, lines: list[str]) -> Iterator[Slide]:
    for start in range(0, len(lines), 6):
        yield Slide(part, title, tuple(lines[start : start + 6]))


def _line(library: Library, page: Page, item: AgendaItem) -> str:
    return f"{word(page.lang, 'minutes', n=item.minutes)} · {_name(library, page, item)}"


def _name(library: Library, page: Page, item: AgendaItem) -> str:
    there = library.page(item.ref, page.lang) if item.ref else None
    what = word(page.lang, item.kind.value)
    if there and item.kind is AgendaKind.CASE:
        return Telling(there).name
    return f"{what} · {there.title}" if there and item.kind is not AgendaKind.QUIZ else what


def _item(library: Library, page: Page, item: AgendaItem) -> Iterator[Slide]:
    """A part of the session: what the trainer says is in the notes; a case is told in full."""
    label = word(page.lang, "minutes", n=item.minutes)
    there = library.page(item.ref, page.lang) if item.ref else None
    lesson = there.lesson if there and item.kind is AgendaKind.READ else ""
    body = (lesson,) if lesson else ()
    yield Slide("talk", _name(library, page, item), body, notes=item.prompt or "", label=label)
    if there and item.kind is AgendaKind.CASE:
        yield from case_slides(Telling(there))


def case_slides(telling: Telling) -> Iterator[Slide]:
    """A case up to each vote; its ending only after the last one."""
    lang = telling.page.lang
    for _, heading, text in telling.before():
        yield from _text("story", heading, text, lang, telling.name)
    for number, point in enumerate(telling.case.decision_points, 1):
        name, options = ask_name(telling.page.id, number), lettered(point.options)
        yield Slide("ask", point.ask, (), options, label=word(lang, "ask"), name=name)
        told = (point.done, word(lang, "why") + point.why)
        yield Slide("done", word(lang, "done"), told, name=name)
    for _, heading, text in telling.after():
        yield from _text("ending", heading, text, lang, telling.name)
    yield from _rechecks(telling)


def _rechecks(telling: Telling) -> Iterator[Slide]:
    """What was found when somebody looked again, or that nobody is known to have looked."""
    lang = telling.page.lang
    found = tuple(
        f"{each.on} · {word(lang, 'held' if each.held else 'relapsed')}"
        for each in telling.case.rechecks
    )
    yield Slide("recheck", word(lang, "recheck"), found or (word(lang, "no_recheck"),),
                label=telling.name)  # fmt: skip


def _text(part: str, title: str, text: str, lang: Lang, label: str) -> Iterator[Slide]:
    """A text on as many slides as it needs to be read from the last row."""
    body: list[str] = []
    taken = 0
    for piece in _pieces(text, lang):
        needed = max(len(piece), _LINE[lang])
        if body and taken + needed > _FITS[lang]:
            yield Slide(part, title, tuple(body), label=label)
            body, taken = [], 0
        body.append(piece)
        taken += needed
    if body:
        yield Slide(part, title, tuple(body), label=label)


def _pieces(text: str, lang: Lang) -> Iterator[str]:
    for block in blocks(spelled_out(text, lang)):
        yield from (piece.strip() for piece in _SENTENCE.split(block) if piece and piece.strip())


def spelled_out(text: str, lang: Lang) -> str:
    r"""The text with the cells of each table as paragraphs, which say what column they are of.

    >>> print(spelled_out("| Step | Who |\n|---|---|\n| Call | Chief |", Lang.EN))
    Call
    <BLANKLINE>
    Who: Chief
    """
    lines: list[str] = []
    heads: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            heads = []
            lines.append(line)
        elif not heads:
            heads = _cells(line)
        elif not set(line) <= _RULE:
            first, *others = _cells(line)
            colon = "：" if lang is Lang.ZH else ": "
            named = (f"{head}{colon}{cell}" for head, cell in zip(heads[1:], others, strict=False))
            lines += ["", "\n\n".join((first, *named))]
    return "\n".join(lines).strip()


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def _quiz(lang: Lang, number: int, item: QuizItem) -> Iterator[Slide]:
    options = lettered(item.options)
    label = f"{word(lang, 'quiz')} {number}"
    name = quiz_name(number)
    yield Slide("quiz", item.stem, (), options, label=label, name=name)
    right = options[item.answer - 1 : item.answer]
    yield Slide("answer", word(lang, "answer"), (*right, item.explain), label=label, name=name)
