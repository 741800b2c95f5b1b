"""Who is meant by a list: a staff code or a name, a role, a lane, and nothing else."""

from __future__ import annotations

import csv
import io
import lzma
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zipfile import BadZipFile, ZipFile

from kb_app.room.errors import PeopleError, WrongLine
from kb_app.translations import mark

MOST_PEOPLE = 5000
MOST_LETTERS = 60
MOST_UNPACKED = 50_000_000
# A sheet with whole rows formatted claims sixteen thousand columns.
MOST_COLUMNS = 50
# How every zip begins, and so every spreadsheet.
_ZIP = b"PK\x03\x04"
# Whatever a damaged spreadsheet makes its reader raise.
_DAMAGED = (
    BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError,
    RuntimeError, SyntaxError, zlib.error, lzma.LZMAError,
)  # fmt: skip
# Controls and marks of direction or joining. Characters of names that Python does not know yet, or
# that stand in a private area as in old systems, are seen all the same.
_UNSEEN = frozenset({"Cc", "Cf"})
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

    @property
    def is_whole(self) -> bool:
        """Whether all three say something that can be seen.

        >>> Person("A01", "chief", "\u200b").is_whole
        False
        """
        return all(map(same, (self.who, self.role, self.lane)))

    @property
    def fits(self) -> bool:
        """Whether none of the three is too long to be kept."""
        return max(map(len, (self.who, self.role, self.lane))) <= MOST_LETTERS


def same(who: str) -> str:
    """A name or code so that one person is written in one way only.

    Width, capitals, blanks and what cannot be seen tell nobody apart: forms often set the two
    characters of a name apart.

    >>> same(" Ａ０１ "), same("a01"), same("李　明") == same("李明")
    ('a01', 'a01', True)
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", who).casefold())
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in _UNSEEN)


def read_people(data: bytes) -> tuple[Person, ...]:
    r"""The people of a CSV file in UTF-8 or GBK, or of an .xlsx; the first line names the columns.

    Raises PeopleError with everything that is wrong, by line.

    >>> read_people("工号,岗位,巷\nA01,巷长,一巷\n".encode("gbk"))
    (Person(who='A01', role='巷长', lane='一巷'),)
    """
    lines = list(_sheet(data) if data.startswith(_ZIP) else _lines(_decoded(data)))
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
    for encoding in ("utf-8-sig", "gb18030"):
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


def _sheet(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of the first sheet of a spreadsheet."""
    from openpyxl import load_workbook  # slow to import, and seldom needed

    try:
        with ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise PeopleError([WrongLine(1, mark("There are too many lines."))])
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        # One line more than may be is enough to say that there are too many.
        rows = sheet.iter_rows(values_only=True, max_row=MOST_PEOPLE + 2, max_col=MOST_COLUMNS)
        found = [_texts(values) for values in rows]
    except _DAMAGED as error:
        damaged = mark("The file cannot be read; it seems to be damaged.")
        raise PeopleError([WrongLine(1, damaged)]) from error
    for number, cells in enumerate(found, 1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _texts(values: Iterable[object]) -> list[str]:
    """Cells as texts; a code that the spreadsheet took for a number has no decimal point."""
    whole = (int(v) if isinstance(v, float) and v.is_integer() else v for v in values)
    return ["" if each is None else str(each) for each in whole]


def _places(header: list[str]) -> Mapping[str, int]:
    names = [same(cell) for cell in header]
    found = {
        column: next((n for n, name in enumerate(names) if name in set(map(same, known))), None)
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
    if not person.is_whole:
        return mark("Staff code or name, role and lane are all needed.")
    if not person.fits:
        return mark("A field is too long.")
    return mark("This person is in the list twice.") if again else ""
