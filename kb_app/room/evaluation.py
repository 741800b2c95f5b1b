"""What is known of one room by Kirkpatrick's four levels, and what is not, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import func, select

from kb_app.models import Choice, Vote
from kb_app.questions.clocks import china_day
from kb_app.room.cards import Cards, CardTotals, Outcome
from kb_app.room.comparisons import Compared, Comparisons
from kb_app.room.effect import LEAST_LANES, Effect, Reading
from kb_app.room.errors import TooLateError
from kb_app.room.learning import ENOUGH, Answers, ItemLearned, Learned, Rate, Verdict, learned
from kb_app.room.plan import BallotPlan, Plan, Sort
from kb_app.room.rooms import Held, Rooms
from kb_app.room.slips import LEAST_SLIPS, Slips, SlipTotals
from kb_app.translations import mark, say
from kb_app.weekly import After, short_print
from search_index import Lang


class Level(IntEnum):
    """Kirkpatrick's four levels."""

    REACTION = 1
    LEARNING = 2
    BEHAVIOUR = 3
    RESULTS = 4


NAMES: Mapping[Level, str] = {
    Level.REACTION: mark("Reaction: how was it?"),
    Level.LEARNING: mark("Learning: what is known now?"),
    Level.BEHAVIOUR: mark("Behaviour: was it done?"),
    Level.RESULTS: mark("Results: did the lanes change?"),
}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A room by the four levels; totals only, nothing of anybody alone.

    `learned` is None where there is no quiz, and until the room is closed; `later` has the answers
    of the weekly quiz five weeks on, by the number of the item.
    """

    held: Held
    slips: SlipTotals
    learned: Learned | None
    later: Mapping[int, Rate]
    cards: CardTotals
    compared: tuple[Compared, ...]

    def level(self, level: Level, lang: Lang) -> tuple[str, ...]:
        """What may be said at one level."""
        return tuple(_TOLD[level](self, lang))

    def sentences(self, lang: Lang) -> tuple[str, ...]:
        """What may be said at all four levels, in their order."""
        return tuple(each for level in Level for each in self.level(level, lang))


@dataclass(frozen=True, slots=True)
class Evaluations:
    """Makes evaluations from what is kept; all methods raise DatabaseBusyError."""

    rooms: Rooms
    slips: Slips
    cards: Cards
    comparisons: Comparisons

    def of(self, room: int) -> Evaluation:
        """The evaluation of a room. Raises UnknownRoomError."""
        held = self.rooms.get(room)
        return Evaluation(
            held,
            self.slips.totals(room),
            self._learned(held),
            self._later(held),
            self.cards.totals(room),
            self._compared(held),
        )

    def open_before(self, room: int, *, seen: int) -> Held:
        """Open the whole test before the session.

        Raises TooLateError once a quiz item was open, and what `Rooms.open_ballots` raises.
        """
        held = self.rooms.get(room)
        quiz = {each.name for each in _quiz(held.plan).values()}
        if quiz & {*held.open_ballots, *held.closed_ballots}:
            raise TooLateError
        return self.rooms.open_ballots(room, held.plan.before, seen=seen)

    def _compared(self, held: Held) -> tuple[Compared, ...]:
        """The comparisons whose periods have the day of this room between them."""
        day = china_day(held.opened_at)
        found = self.comparisons.of_page(held.page)
        return tuple(
            each for each in found if each.effect.before.end < day < each.effect.after.start
        )

    def _learned(self, held: Held) -> Learned | None:
        quiz = _quiz(held.plan)
        if held.closed_at is None or not quiz:
            return None
        keys = {number: each.answer or 0 for number, each in quiz.items()}
        return learned(keys, self._answers(held, "before"), self._answers(held, "quiz"))

    def _answers(self, held: Held, sort: str) -> Answers:
        found: dict[int, dict[str, int]] = {}
        cast = select(Vote).where(Vote.room == held.id, Vote.ballot.startswith(f"{sort}:"))
        with self.rooms.database.reading() as session:
            for vote in session.scalars(cast):
                number = int(vote.ballot.rpartition(":")[2])
                found.setdefault(number, {})[vote.phone] = vote.choice
        return found

    def _later(self, held: Held) -> Mapping[int, Rate]:
        """The weekly quiz five weeks after an item was first answered there, for its items."""
        quiz = _quiz(held.plan)
        prints = {n: short_print(each.in_lang(Lang.ZH).stem) for n, each in quiz.items()}
        counted = select(Choice.item, Choice.choice, func.sum(Choice.count)).where(
            Choice.after == After.WEEKS_5
        )
        with self.rooms.database.reading() as session:
            rows = session.execute(counted.group_by(Choice.item, Choice.choice)).all()
        found = {}
        for number, ballot in quiz.items():
            own = prints[number]
            mine = {choice: n for item, choice, n in rows if item.rpartition(".")[2] == own}
            if mine:
                found[number] = Rate(mine.get(ballot.answer or 0, 0), sum(mine.values()))
        return found


def _quiz(plan: Plan) -> dict[int, BallotPlan]:
    """The quiz items by their number."""
    quiz = (each for each in plan.ballots if each.sort is Sort.QUIZ)
    return dict(enumerate(quiz, 1))


# In words ----------------------------------------------------------------------------------------


def _reaction(found: Evaluation, lang: Lang) -> Iterator[str]:
    count = found.slips.slips
    if found.held.closed_at is None:
        yield say(
            lang, "Slips so far: {count}. What they say is shown once the session is closed, so"
            " that nobody can watch single slips come in.", count=count,
        )  # fmt: skip
        return
    if not found.slips.told:
        yield say(
            lang, "Slips: {count}. Single slips could be recognised among fewer than {least}, so"
            " only their number is shown.", count=count, least=LEAST_SLIPS,
        )  # fmt: skip
        return
    upper = {
        name: sum(grades[2:])
        for name, grades in (
            ("useful", found.slips.useful),
            ("clear", found.slips.clear),
            ("will_use", found.slips.will_use),
        )
    }
    yield say(
        lang, "Of {count} slips, {useful} call it useful for their lane, {clear} clear, and"
        " {will_use} say they will use it.", count=count, **upper,
    )  # fmt: skip
    yield say(lang, "A slip tells how it was liked; it does not tell what was learned.")


def _learning(found: Evaluation, lang: Lang) -> Iterator[str]:
    if not found.held.plan.before:
        yield say(lang, "There was no quiz, so nothing is known of what was learned.")
        return
    if found.learned is None:
        yield say(lang, "The answers are compared once the session is closed.")
        return
    yield from _compared_answers(found.learned, lang)
    yield from _after_weeks(found, lang)


def _compared_answers(found: Learned, lang: Lang) -> Iterator[str]:
    if not any(each.before.total for each in found.items):
        yield say(
            lang, "There was no test before the session: the quiz tells what was known at its"
            " end, not what was learned in it.",
        )  # fmt: skip
        return
    yield shift_sentence(found, lang)
    yield say(
        lang, "Before and after alone do not prove that it was the session: there was no group"
        " without it to compare with.",
    )  # fmt: skip


def shift_sentence(found: Learned, lang: Lang) -> str:
    """What the phones that answered before and after tell together."""
    phones = found.phones
    if phones.verdict is Verdict.TOO_FEW:
        return say(
            lang, "Too few to tell: phones that answered before and after: {count}, fewer than"
            " {enough}.", count=phones.total, enough=ENOUGH,
        )  # fmt: skip
    told = say(
        lang, "Of {count} phones that answered before and after, {gains} had more right after,"
        " {losses} had fewer, {same} as many.",
        count=phones.total, gains=phones.gains, losses=phones.losses, same=phones.same,
    )  # fmt: skip
    return _joined(lang, told, say(lang, _SHIFTED[phones.verdict], p=_p(phones.chance)))


_SHIFTED: Mapping[Verdict, str] = {
    Verdict.CHANCE: mark("No difference can be told from chance (exact sign test, p {p})."),
    Verdict.MORE: mark(
        "So uneven a split would be rare by chance alone (exact sign test, p {p}): more was"
        " known after than before."
    ),
    Verdict.FEWER: mark(
        "So uneven a split would be rare by chance alone (exact sign test, p {p}): less was"
        " known after than before."
    ),
}


def item_sentence(item: ItemLearned, lang: Lang) -> str:
    """What may be said of one quiz item."""
    if not item.before.total or not item.after.total:
        return say(lang, "Nothing to compare with.")
    if item.verdict is Verdict.TOO_FEW:
        return say(lang, "Too few to tell.")
    said = {
        Verdict.CHANCE: mark("No difference can be told from chance"),
        Verdict.MORE: mark("More right after"),
        Verdict.FEWER: mark("Fewer right after"),
    }
    verdict = say(lang, said[item.verdict])
    if item.paired:
        shift = item.shift
        return say(
            lang, "{verdict}: of {count} phones that answered both times, {gains} changed from"
            " wrong to right and {losses} from right to wrong (p {p}).", verdict=verdict,
            count=shift.total, gains=shift.gains, losses=shift.losses, p=_p(shift.chance),
        )  # fmt: skip
    return say(
        lang, "{verdict}: other phones before than after; difference {low} to {high} percentage"
        " points (95 % interval).", verdict=verdict,
        low=_points(item.difference.low), high=_points(item.difference.high),
    )  # fmt: skip


def _after_weeks(found: Evaluation, lang: Lang) -> Iterator[str]:
    if not found.later or found.learned is None:
        yield say(lang, "What is still known after five weeks is not known yet.")
        return
    live = [each.after for each in found.learned.items if each.number in found.later]
    yield say(
        lang, "In the room {right} of {total} answers to the same items were right; in the weekly"
        " quiz five weeks on, {later_right} of {later_total}. Those may be other people.",
        right=sum(each.right for each in live), total=sum(each.total for each in live),
        later_right=sum(each.right for each in found.later.values()),
        later_total=sum(each.total for each in found.later.values()),
    )  # fmt: skip


def _behaviour(found: Evaluation, lang: Lang) -> Iterator[str]:
    cards = found.cards
    if not cards.made:
        yield say(lang, "No action card was made, so nothing is known of what was done.")
        return
    yield say(
        lang, "Action cards: {made} made, {due} due, {looked} looked back at.",
        made=cards.made, due=cards.due, looked=cards.looked_back,
    )  # fmt: skip
    if cards.looked_back:
        told = {outcome.value.replace("-", "_"): count for outcome, count in cards.outcomes.items()}
        yield say(
            lang, "Done: {done}; partly: {partly}; not yet: {not_yet}; dropped: {dropped}.", **told
        )
    yield say(lang, "Everybody looks back at his own card; nobody has checked what was said.")


def _results(found: Evaluation, lang: Lang) -> Iterator[str]:
    if not found.compared:
        yield say(
            lang, "Nothing is said of results: there are no counts from lanes whose chief had the"
            " session beside lanes whose chief had not.",
        )  # fmt: skip
        return
    for each in found.compared:
        yield from comparison_sentences(each, lang)
    yield say(
        lang, "Chiefs were not drawn by lot for the session; weather, season and dispatch rules"
        " may have done the same. This shows no cause.",
    )  # fmt: skip


def comparison_sentences(found: Compared, lang: Lang) -> Iterator[str]:
    """What one comparison tells, and how sure that is."""
    effect = found.effect
    yield say(
        lang, "{what}, a lane in four weeks: {trained_before} before and {trained_after} after"
        " where the chief had the session; {other_before} and {other_after} where not.",
        what=found.what, **per_lane(effect),
    )  # fmt: skip
    yield say(
        lang, "The change is {trained} with the session and {other} without; the one less the"
        " other is {difference}.", trained=_signed(effect.change(effect.trained)),
        other=_signed(effect.change(effect.other)), difference=_signed(effect.difference),
    )  # fmt: skip
    yield _ratio_sentence(effect, lang)


def per_lane(effect: Effect) -> dict[str, str]:
    """The four rates, each for a lane in four weeks."""
    found = {}
    for name, side in (("trained", effect.trained), ("other", effect.other)):
        for when, count, span in (("before", side.before, effect.before),
                                  ("after", side.after, effect.after)):  # fmt: skip
            found[f"{name}_{when}"] = f"{effect.per_lane(count, side.lanes, span):.1f}"
    return found


def _ratio_sentence(effect: Effect, lang: Lang) -> str:
    ratio = effect.ratio
    if ratio is None:
        return say(lang, "Too few to tell: a count of nought gives no ratio.")
    told = say(
        lang, "The one change is {ratio} times the other (95 % interval {low} to {high}, counts"
        " taken as independent).", ratio=f"{ratio.value:.2f}",
        low=f"{ratio.interval.low:.2f}", high=f"{ratio.interval.high:.2f}",
    )  # fmt: skip
    said = say(lang, _READ[effect.reading], least=LEAST_LANES)
    return _joined(lang, told, said)


_READ: Mapping[Reading, str] = {
    Reading.TOO_FEW: mark("Too few to tell: there are fewer than {least} lanes on one side."),
    Reading.CHANCE: mark("No difference can be told from chance."),
    Reading.LESS: mark(
        "The count fell more, or rose less, where the chief had the session; that alone does not"
        " say why."
    ),
    Reading.MORE: mark(
        "The count rose more, or fell less, where the chief had the session; that alone does not"
        " say why."
    ),
}

_TOLD: Mapping[Level, Callable[[Evaluation, Lang], Iterator[str]]] = {
    Level.REACTION: _reaction,
    Level.LEARNING: _learning,
    Level.BEHAVIOUR: _behaviour,
    Level.RESULTS: _results,
}

# How an outcome is called on every page.
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.DONE: mark("done"),
    Outcome.PARTLY: mark("partly done"),
    Outcome.NOT_YET: mark("not yet"),
    Outcome.DROPPED: mark("dropped"),
}


def _joined(lang: Lang, *sentences: str) -> str:
    return ("" if lang is Lang.ZH else " ").join(sentences)


def _p(chance: float) -> str:
    return "< 0.001" if chance < 0.001 else f"= {chance:.3f}"  # noqa: PLR2004 - as papers print it


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "\u2212")


def _points(share: float) -> str:
    return f"{share * 100:+.0f}".replace("-", "\u2212")
