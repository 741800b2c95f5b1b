"""Markdown tables made to fit a phone: every cell carries the name of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_MANY = 4


def labelled(markdown: str) -> str:
    r"""The text with its tables wrapped and their cells named after their columns.

    >>> print(labelled("| A | B |\n|---|---|\n| 1 | 2 |"))
    <div class="kb-table" markdown="1">
    <BLANKLINE>
    | A | B |
    |---|---|
    | 1 { data-label="A" } | 2 { data-label="B" } |
    <BLANKLINE>
    </div>
    """
    lines = markdown.split("\n")
    found: list[str] = []
    at, fenced = 0, False
    while at < len(lines):
        fenced ^= bool(_FENCE.match(lines[at]))
        size = 0 if fenced else _table_at(lines, at)
        found += _wrapped(lines[at : at + size]) if size else [lines[at]]
        at += size or 1
    return "\n".join(found)


def _table_at(lines: Sequence[str], at: int) -> int:
    """How many lines the table that begins here has; 0 if none does."""
    begins = at == 0 or not lines[at - 1].strip()
    if not (begins and "|" in lines[at] and at + 1 < len(lines)):
        return 0
    if not ("|" in lines[at + 1] and _RULE.fullmatch(lines[at + 1])):
        return 0
    end = at + 2
    while end < len(lines) and lines[end].strip():
        end += 1
    return end - at


def _wrapped(table: Sequence[str]) -> list[str]:
    names = cells(table[0])
    kind = "kb-table kb-table--cards" if len(names) >= _MANY else "kb-table"
    rows = [_row(cells(line), names) for line in table[2:]]
    return [f'<div class="{kind}" markdown="1">', "", *table[:2], *rows, "", "</div>"]


def _row(values: Sequence[str], names: Sequence[str]) -> str:
    labels = [re.sub(r'["{}*`\[\]]', "", name) for name in names]
    named = [
        f'{value} {{ data-label="{label}" }}' if value and label else value
        for value, label in zip(values, [*labels, *[""] * len(values)], strict=False)
    ]
    return f"| {' | '.join(named)} |"


def cells(line: str) -> list[str]:
    r"""The cells of a table's row; a bar in code or behind a backslash is no border.

    >>> cells(r"| a \| b | `c|d` |")
    ['a \\| b', '`c|d`']
    """
    inner = line.strip().removeprefix("|")
    found, code, at = [""], "", 0
    while at < len(inner):
        here = inner[at]
        if here == "`":
            ticks = len(inner[at:]) - len(inner[at:].lstrip("`"))
            run = "`" * ticks
            code = "" if code == run else code or (run if run in inner[at + ticks :] else "")
            found[-1] += run
            at += ticks
            continue
        if here == "\\" and at + 1 < len(inner):
            found[-1] += inner[at : at + 2]
            at += 2
            continue
        if here == "|" and not code:
            found.append("")
        else:
            found[-1] += here
        at += 1
    if found[-1].strip() == "" and len(found) > 1:
        found.pop()
    return [cell.strip() for cell in found]
