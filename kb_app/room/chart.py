"""The chart of a vote that is over, the same for the screen, the trainer and the phones."""

from __future__ import annotations

from dataclasses import dataclass

from kb_app.room.plan import BallotPlan
from kb_app.room.rooms import Count
from kb_app.session.slides import LETTERS
from search_index import Lang


@dataclass(frozen=True, slots=True)
class Bar:
    """An option: how many of all chose it, whether it is right, and whether this phone chose it.

    `teams` has the same number for each team, in their order.
    """

    letter: str
    text: str
    count: int
    of: int
    right: bool
    mine: bool
    teams: tuple[int, ...]


def chart(ballot: BallotPlan, count: Count, lang: Lang, *, chosen: int = 0) -> tuple[Bar, ...]:
    """A bar for each option; `chosen` counts from 1, and is 0 for whoever chose none."""
    return tuple(
        Bar(
            letter=LETTERS[number - 1],
            text=text,
            count=count.options[number - 1],
            of=count.votes,
            right=ballot.answer == number,
            mine=chosen == number,
            teams=tuple(team[number - 1] for team in count.teams.values()),
        )
        for number, text in enumerate(ballot.in_lang(lang).options, 1)
    )
