"""The plots of an evaluation, each with its numbers in a table."""

from __future__ import annotations

from collections.abc import Iterator

from kb_app.plots import Plot, Series
from kb_app.room import Compared, Evaluation, Level
from kb_app.room.cards import Outcome
from kb_app.room.evaluation import (
    OUTCOMES,
    per_lane,
)
from kb_app.room.learning import ItemLearned
from kb_app.room.slips import ROWS
from kb_app.translations import mark, say
from kb_app.trends import Shown
from search_index import Lang

LANES = 100  # a rate per lane is drawn for so many, in whole numbers


def shown_at(level: Level, found: Evaluation, lang: Lang) -> tuple[Shown, ...]:
    """What is drawn at one level; nothing where nothing may be told."""
    match level:
        case Level.REACTION:
            return tuple(_grades(found, lang))
        case Level.LEARNING:
            return tuple(_answers(found, lang))
        case Level.BEHAVIOUR:
            return tuple(_outcomes(found, lang))
        case Level.RESULTS:
            return tuple(lanes(each, lang) for each in found.compared)


def _grades(found: Evaluation, lang: Lang) -> Iterator[Shown]:
    if not found.slips.told:
        return
    counts = {
        "useful": found.slips.useful,
        "clear": found.slips.clear,
        "will_use": found.slips.will_use,
    }
    for name, (asked, grades) in ROWS.items():
        names = tuple(say(lang, grade) for grade in grades)
        yield _bars(f"slip-{name}", say(lang, asked), names, counts[name], lang)


def _outcomes(found: Evaluation, lang: Lang) -> Iterator[Shown]:
    cards = found.cards
    if not cards.made:
        return
    names = (*(say(lang, OUTCOMES[each]) for each in Outcome), say(lang, "not looked back at"))
    counts = (*(cards.outcomes[each] for each in Outcome), cards.made - cards.looked_back)
    yield _bars("cards", say(lang, "What has become of the cards"), names, counts, lang)


def _bars(
    name: str, title: str, names: tuple[str, ...], counts: tuple[int, ...], lang: Lang
) -> Shown:
    """One bar a name, all of one sort."""
    says = _row(lang, *(f"{each} {count}" for each, count in zip(names, counts, strict=True)))
    head = say(lang, "How many")
    plot = Plot(name, title, says, names, columns=(Series(head, counts),))
    rows = tuple((each, str(count)) for each, count in zip(names, counts, strict=True))
    return Shown(plot, "", (say(lang, "Answer"), head), rows, sort="rows")


def _answers(found: Evaluation, lang: Lang) -> Iterator[Shown]:
    """Of 100 answers to each item how many were right, before and after."""
    if found.learned is None or not any(item.before.total for item in found.learned.items):
        return
    items = found.learned.items
    stems = [found.held.plan.ballot(f"quiz:{item.number}") for item in items]
    before, after = say(lang, "Right before"), say(lang, "Right after")
    plot = Plot(
        "learning",
        say(lang, "Right answers by question, of 100"),
        _in_all(items, (before, after), lang),
        tuple(str(item.number) for item in items),
        columns=(
            Series(before, tuple(round(100 * item.before.share) for item in items)),
            Series(after, tuple(round(100 * item.after.share) for item in items)),
        ),
    )
    rows = tuple(
        (
            f"{item.number}. {ballot.in_lang(lang).stem if ballot else ''}",
            f"{item.before.right}/{item.before.total}",
            f"{item.after.right}/{item.after.total}",
        )
        for item, ballot in zip(items, stems, strict=True)
    )
    note = mark(
        "Each question is judged for itself; of twenty, one may seem changed by chance alone."
    )
    heads = (say(lang, "Question"), before, after)
    yield Shown(plot, say(lang, note), heads, rows)


def lanes(found: Compared, lang: Lang) -> Shown:
    """One comparison: rates drawn, counts in the table."""
    effect = found.effect
    rates = {name: float(rate) for name, rate in per_lane(effect).items()}
    heads = (say(lang, "With the session"), say(lang, "Without the session"))
    when = (say(lang, "Before"), say(lang, "After"))
    drawn = [
        Series(
            head,
            tuple(round(LANES * rates[f"{side}_{part}"]) for part in ("before", "after")),
        )
        for head, side in zip(heads, ("trained", "other"), strict=True)
    ]
    says = _row(lang, *(f"{each.name} {each.values[0]} → {each.values[1]}" for each in drawn))
    title = say(lang, "{what}: for 100 lanes in four weeks", what=found.what)
    spans = ((when[0], effect.before), (when[1], effect.after))
    rows = [
        (f"{name} ({span.start} – {span.end})", str(first), str(second))
        for (name, span), first, second in zip(
            spans,
            (effect.trained.before, effect.trained.after),
            (effect.other.before, effect.other.after),
            strict=True,
        )
    ]
    rows.append((say(lang, "Lanes"), str(effect.trained.lanes), str(effect.other.lanes)))
    note = say(lang, "The table has the counts as they were entered. Counted by: {method}",
               method=found.method)  # fmt: skip
    return Shown(
        Plot(f"lanes-{found.id}", title, says, when, columns=tuple(drawn)),
        note,
        (say(lang, "When"), *heads),
        tuple(rows),
    )


def _in_all(items: tuple[ItemLearned, ...], names: tuple[str, str], lang: Lang) -> str:
    """All answers to all questions, before and after."""
    rates = [(each.before, each.after) for each in items]
    before, after = (
        f"{name} {sum(r.right for r in side)}/{sum(r.total for r in side)}"
        for name, side in zip(names, zip(*rates, strict=True), strict=True)
    )
    return _row(lang, before, after)


def _row(lang: Lang, *parts: str) -> str:
    return ("，" if lang is Lang.ZH else ", ").join(parts)
