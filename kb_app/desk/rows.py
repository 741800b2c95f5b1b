"""Rows of a session that change their place: in its form, and the same rows in its translation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search_index import Form

ROWS = ("objectives", "agenda", "quiz")
_ACT = re.compile(r"(up|down|remove) (objectives|agenda|quiz) (\d{1,3})")


@dataclass(frozen=True, slots=True)
class Move:
    """What happens to one row of a list: `up`, `down` or `remove`; rows count from 0.

    `length` is how many rows there are before.
    """

    how: str
    name: str
    row: int
    length: int = 0

    @property
    def order(self) -> tuple[int, ...]:
        """The old places of the rows in their new order.

        >>> Move("up", "agenda", 2, 3).order, Move("remove", "agenda", 0, 2).order
        ((0, 2, 1), (1,))
        """
        places = list(range(self.length))
        if self.how == "remove":
            return tuple(place for place in places if place != self.row)
        there = self.row + (1 if self.how == "down" else -1)
        if 0 <= there < self.length > self.row:
            places[self.row], places[there] = places[there], places[self.row]
        return tuple(places)


def read_move(act: str) -> Move | None:
    """The move that a button asks for; None for every other button.

    >>> read_move("down quiz 3")
    Move(how='down', name='quiz', row=3, length=0)
    """
    found = _ACT.fullmatch(act)
    return Move(found[1], found[2], int(found[3])) if found else None


def moved(form: Form, move: Move) -> Form:
    """The form after a move; it stays as it is where it has another number of rows.

    Objectives go on naming the quiz items that they named; one whose item is gone names none.
    """
    rows = form.fields.get(move.name)
    if not isinstance(rows, list) or len(rows) != move.length:
        return form
    fields: dict[str, Any] = {**form.fields, move.name: [rows[at] for at in move.order]}
    aims = fields.get("objectives")
    if move.name == "quiz" and isinstance(aims, list):
        fields["objectives"] = [_following(aim, move) for aim in aims]
    return Form(fields, form.parts)


def _following(aim: Mapping[str, str], move: Move) -> dict[str, str]:
    number = aim.get("quiz", "")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= move.length):
        return dict(aim)
    kept = {name: value for name, value in aim.items() if name != "quiz"}
    at = int(number) - 1
    return {**kept, "quiz": str(move.order.index(at) + 1)} if at in move.order else kept
