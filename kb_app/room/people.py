"""Who is meant by a list: a staff code or a name, a role, a lane, and nothing else."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb_app.room.errors import PeopleError, WrongLine
from kb_app.translations import mark

MOST_PEOPLE = 5000
MOST_LETTERS = 60
# The columns of a list, by what people call them.
_COLUMNS: Mapping[str, frozenset[str]] = {
    "who": frozenset({"工号", "编号", "姓名", "工号或姓名", "code", "staff code", "name"}),
    "role": frozenset({"岗位", "职务", "角色", "role"}),
    "lane": frozenset({"巷", "街巷", "路段", "lane", "street"}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a list names him: `who` is a staff code or a name."""

    who: str
    role: str
    lane: str


def same(who: str) -> str:
    """A name or code so that one person is written in one way only.

    >>> same(" Ａ０１ "), same("a01"), same("李  明")
    ('a01', 'a01', '李 明')
    """
    return " ".join(unicodedata.normalize("NFKC", who).split()).casefold()


def read_people(data: bytes) -> tuple[Person, ...]:
    r"""The people of a CSV file in UTF-8 or GBK, whose first line names the columns.

    Raises PeopleError with everything that is wrong, by line.

    >>> read_people("工号,岗位,巷\nA01,巷长,一巷\n".encode("gbk"))
    (Person(who='A01', role='巷长', lane='一巷'),)
    """
    lines = list(_lines(_decoded(data)))
    if not lines:
        raise PeopleError([WrongLine(1, mark("The file is empty."))])
    places = _places(lines[0][1])
    if len(lines) > MOST_PEOPLE + 1:
        raise PeopleError([WrongLine(lines[-1][0], mark("There are too many lines."))])
    wrong: list[WrongLine] = []
    found: dict[str, Person] = {}
    for number, cells in lines[1:]:
        person = Person(*(_cell(cells, places[name]) for name in _COLUMNS))
        why = _wrong(person, same(person.who) in found)
        if why:
            wrong.append(WrongLine(number, why))
        found.setdefault(same(person.who), person)
    if wrong:
        raise PeopleError(wrong)
    return tuple(found.values())


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gbk"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PeopleError([WrongLine(1, mark("The file is neither UTF-8 nor GBK text."))])


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        wrong = WrongLine(reader.line_num, mark("This line cannot be read."))
        raise PeopleError([wrong]) from None


def _places(header: list[str]) -> Mapping[str, int]:
    names = [same(cell) for cell in header]
    found = {
        column: next((n for n, name in enumerate(names) if name in known), None)
        for column, known in _COLUMNS.items()
    }
    places = {column: place for column, place in found.items() if place is not None}
    if len(places) < len(_COLUMNS):
        message = mark("The first line must name the columns: staff code (or name), role, lane.")
        raise PeopleError([WrongLine(1, message)])
    return places


def _cell(cells: list[str], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def _wrong(person: Person, again: bool) -> str:  # noqa: FBT001 - one of two reasons
    if not all((person.who, person.role, person.lane)):
        return mark("Staff code or name, role and lane are all needed.")
    if max(map(len, (person.who, person.role, person.lane))) > MOST_LETTERS:
        return mark("A field is too long.")
    return mark("This person is in the list twice.") if again else ""
