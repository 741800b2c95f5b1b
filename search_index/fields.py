"""The front-matter fields of every kind: which exist, of what sort, and how each is read.

This table is the one place that says so: `kb check`, `kb new`, the inheritance of facts by
translations and the documentation test all read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import Enum, StrEnum
from typing import Any, Protocol

from search_index.content import (
    AgendaItem,
    AgendaKind,
    Card,
    Case,
    DecisionPoint,
    Grade,
    Guide,
    Kind,
    Measure,
    Objective,
    Outcome,
    PartialDate,
    Place,
    Plan,
    ProblemType,
    Provenance,
    QuizItem,
    Recheck,
    Routine,
    Rule,
    Session,
    Share,
    Source,
    Span,
    Status,
    Task,
)
from search_index.yamltext import Node


class Sort(Enum):
    """Who holds a field: a fact and a term are written once, a text in each language."""

    FACT = "fact"
    TEXT = "text"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a field is checked against, and where mistakes are put.

    `wrong` is called with a line and a message; `topics`, `terms` and `slugs` are the ids, glossary
    terms and page names that exist; `today` is the day beyond which a date is in the future.
    """

    topics: frozenset[str]
    terms: frozenset[str]
    slugs: frozenset[str]
    today: date
    wrong: Callable[[int, str], None]

    def report(self, node: Node, message: str) -> None:
        """Put a mistake down, unless the file that holds the value has it already."""
        if not node.inherited:
            self.wrong(node.line, message)


class Read(Protocol):
    """Turns a node into a value, or reports what is wrong and returns None."""

    def __call__(self, node: Node, desk: Desk) -> Any:
        """Give back the value, or None (an empty list) after reporting."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: who holds it, how it is read, whether a published page must have it.

    A record or list of records has `fields` of its own, which say who holds what.
    """

    sort: Sort
    read: Read
    required: bool = False
    fields: Mapping[str, Field] = field(default_factory=dict)
    attribute: str | None = None

    @property
    def is_list(self) -> bool:
        """Whether it holds any number of values."""
        return isinstance(self.read, Many)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words of which it is one; none where it may be anything."""
        if self.read is flag:
            return ("true", "false")
        return self.read.words if isinstance(self.read, OneOf) else ()


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that was probably meant, or nothing.

    >>> nearest("titel", ["title", "lesson"])
    '; did you mean `title`?'
    """
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{found[0]}`?" if found else ""


# Reading single values ---------------------------------------------------------------------------


def text(node: Node, desk: Desk) -> str | None:
    """Some text on one or more lines, white space folded."""
    if node.text is None:
        desk.report(node, "text expected here, not a list or a mapping")
    elif not node.text:
        desk.report(node, "this is empty")
    else:
        return " ".join(node.text.split())
    return None


def _checked(convert: Callable[[str], Any], wanted: str) -> Read:
    """Read text that `convert` takes; a ValueError becomes `wanted`."""

    def read(node: Node, desk: Desk) -> Any:
        found = text(node, desk)
        if found is None:
            return None
        try:
            return convert(found)
        except ValueError:
            desk.report(node, f"`{found[:40]}` is not {wanted}")
            return None

    return read


def _number(found: str) -> float:
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", found, re.ASCII):
        raise ValueError
    return float(found)


def _whole(found: str) -> int:
    if not re.fullmatch(r"\d{1,6}", found, re.ASCII):
        raise ValueError
    return int(found)


def _months(found: str) -> int:
    match = re.fullmatch(r"([1-9]\d?)m", found, re.ASCII)
    if not match:
        raise ValueError
    return int(match[1])


def _month(found: str) -> int:
    month = _whole(found)
    if not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        raise ValueError
    return month


def _flag(found: str) -> bool:
    return {"true": True, "false": False}[found] if found in {"true", "false"} else _refuse()


def _refuse() -> bool:
    raise ValueError


def _url(found: str) -> str:
    if not re.fullmatch(r"https?://[^\s\"'<>`]{3,}", found):
        raise ValueError
    return found


def _version(found: str) -> str:
    if not re.fullmatch(r"\d{4}\.\d{1,3}", found, re.ASCII):
        raise ValueError
    return found


def _article(found: str) -> str:
    if not re.fullmatch(r"\d{1,4}(-\d{1,2})?([,、/ ]+\d{1,4}(-\d{1,2})?)*", found, re.ASCII):
        raise ValueError
    return found


number = _checked(_number, "a number")
whole = _checked(_whole, "a whole number")
months = _checked(_months, "a number of months such as `6m`")
month = _checked(_month, "a month (1 to 12)")
flag = _checked(_flag, "`true` or `false`")
url = _checked(_url, "a web address")
version = _checked(_version, "a version such as `2026.1`")
article = _checked(_article, "an article number such as `97` or `37, 47`")
anchor = text


def _dated(convert: Callable[[str], Any], wanted: str, *, future: bool = False) -> Read:
    read = _checked(convert, wanted)

    def checked(node: Node, desk: Desk) -> Any:
        found = read(node, desk)
        first = found.first if isinstance(found, PartialDate) else found
        if found is not None and not future and first > desk.today:
            desk.report(node, f"`{found}` is in the future")
            return None
        return found

    return checked


def _day(found: str) -> date:
    if PartialDate.parse(found).day is None:
        raise ValueError
    return PartialDate.parse(found).first


day = _dated(_day, "a day such as `2026-11-22`")
when = _dated(PartialDate.parse, "a date such as `2026`, `2026-11` or `2026-11-22`")
due = _dated(PartialDate.parse, "a date such as `2026`, `2026-11` or `2026-11-22`", future=True)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Reads one word of an enumeration."""

    choices: type[StrEnum]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that may stand here."""
        return tuple(choice.value for choice in self.choices)

    def __call__(self, node: Node, desk: Desk) -> StrEnum | None:
        """Give back the choice, or None after reporting."""
        found = text(node, desk)
        if found is None:
            return None
        if found not in self.words:
            hint = nearest(found, self.words)
            desk.report(node, f"`{found}` is not one of {', '.join(self.words)}{hint}")
            return None
        return self.choices(found)


one_of = OneOf


def _known(what: str, known: Callable[[Desk], frozenset[str]]) -> Read:
    def read(node: Node, desk: Desk) -> str | None:
        found = text(node, desk)
        if found is None or found in known(desk):
            return found
        desk.report(node, f"unknown {what} `{found}`{nearest(found, known(desk))}")
        return None

    return read


topic = _known("problem or duty id", lambda desk: desk.topics)
term = _known("glossary term", lambda desk: desk.terms)
slug = _known("page", lambda desk: desk.slugs)


def place_of_text(node: Node, desk: Desk) -> str | None:
    """A ``slug#anchor`` whose page exists; the anchor is checked with the links."""
    found = text(node, desk)
    if found is None:
        return None
    page, _, _ = found.partition("#")
    if page not in desk.slugs:
        desk.report(node, f"unknown page `{page}`{nearest(page, desk.slugs)}")
        return None
    return found


# Lists and records -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Many:
    """Reads a list, each item by `read`; items that are wrong are reported and left out."""

    read: Read
    most: int = 60

    def __call__(self, node: Node, desk: Desk) -> tuple[Any, ...]:
        """Give back the values that could be read."""
        if node.text == "":
            return ()
        if not isinstance(node.value, tuple):
            desk.report(node, "a list is expected here: `[a, b]` or lines that begin with `- `")
            return ()
        if len(node.items) > self.most:
            desk.report(node, f"more than {self.most} items")
        values = (self.read(item, desk) for item in node.items)
        return tuple(value for value in values if value is not None)


many = Many


def record(make: type, fields: Mapping[str, Field]) -> Read:
    """Read a mapping into a value of class `make`."""

    def read(node: Node, desk: Desk) -> Any:
        if not isinstance(node.value, Mapping):
            desk.report(node, f"fields are expected here: {', '.join(fields)}")
            return None
        values, complete = read_fields(node, fields, desk, demand=True)
        return make(**values) if complete else None

    return read


def read_fields(
    node: Node, fields: Mapping[str, Field], desk: Desk, *, demand: bool
) -> tuple[dict[str, Any], bool]:
    """Read the fields of a mapping; the second value is False where a needed one is missing.

    `demand` reports what is missing: a published page needs its fields, a draft does not.
    """
    for name, entry in node.entries.items():
        if name not in fields:
            desk.report(entry, f"unknown field `{name}`{nearest(name, fields)}")
    values: dict[str, Any] = {}
    complete = True
    for name, its in fields.items():
        found = _value(node.entries.get(name), its, desk)
        if found is not None:
            values[its.attribute or name] = found
        elif its.required:
            complete = False
            if demand:
                _report_missing(node, name, desk)
    return values, complete


def _value(entry: Node | None, its: Field, desk: Desk) -> Any:
    """The value of a field; None where it is missing, empty or wrong."""
    if entry is None or entry.text == "":
        return None
    found = its.read(entry, desk)
    return None if found == () else found


def _report_missing(node: Node, name: str, desk: Desk) -> None:
    """Say that a field is missing or empty; one that is wrong has been reported already."""
    entry = node.entries.get(name)
    if entry is None:
        desk.report(node, f"`{name}` is missing")
    elif entry.text == "" or entry.value == ():
        desk.report(entry, f"`{name}` is empty")


# The table ---------------------------------------------------------------------------------------


def _fact(read: Read, *, required: bool = False, attribute: str | None = None) -> Field:
    return Field(Sort.FACT, read, required, attribute=attribute)


def _text(read: Read = text, *, required: bool = False) -> Field:
    return Field(Sort.TEXT, read, required)


def _term(read: Read = term, *, required: bool = False) -> Field:
    return Field(Sort.TERM, read, required)


def _record(make: type, fields: Mapping[str, Field], *, required: bool = False) -> Field:
    return Field(Sort.TEXT, record(make, fields), required, fields)


def _records(make: type, fields: Mapping[str, Field], *, required: bool = False) -> Field:
    return Field(Sort.TEXT, many(record(make, fields)), required, fields)


_BASIS = _records(
    Rule,
    {
        "rule": _term(required=True),
        "article": _fact(article),
        "checked_on": _fact(day, required=True),
        "changed_on": _fact(day),
    },
)

_QUIZ = _records(
    QuizItem,
    {
        "stem": _text(required=True),
        "options": _text(many(text, most=8), required=True),
        "answer": _fact(whole, required=True),
        "explain": _text(required=True),
        "from": Field(Sort.FACT, place_of_text, required=True, attribute="source"),
    },
)

COMMON: Mapping[str, Field] = {
    "title": _text(required=True),
    "lesson": _text(),
    "problems": _fact(many(topic)),
    "aliases": _text(many(text)),
    "owner": _term(),
    "checked_on": _fact(day),
    "published_on": _fact(day),
    "review_every": _fact(months, attribute="review_months"),
    "status": _fact(one_of(Status)),
    "sources": _records(
        Source,
        {
            "title": _fact(text, required=True),
            "outlet": _fact(text, required=True),
            "grade": _fact(one_of(Grade), required=True),
            "date": _fact(when),
            "url": _fact(url),
        },
    ),
    "translation_of": _text(),
}

OWN: Mapping[Kind, Mapping[str, Field]] = {
    Kind.CASE: {
        "provenance": _fact(one_of(Provenance)),
        "place": _record(Place, {"city": _text(required=True), "district": _text()}),
        "happened": _record(
            Span,
            {
                "from": _fact(when, required=True, attribute="start"),
                "to": _fact(when, attribute="end"),
            },
        ),
        "place_kind": _term(),
        "parties": _term(many(term)),
        "basis": _BASIS,
        "outcome": _fact(one_of(Outcome), required=True),
        "measure": _record(
            Measure,
            {
                "what": _text(required=True),
                "before": _fact(number),
                "after": _fact(number),
                "before_on": _fact(when),
                "after_on": _fact(when),
                "method": _text(),
            },
        ),
        "rechecks": _records(
            Recheck,
            {
                "on": _fact(when, required=True),
                "value": _fact(number),
                "held": _fact(flag, required=True),
            },
        ),
        "reused_from": _fact(many(slug)),
        "decision_points": _records(
            DecisionPoint,
            {
                "at": _fact(anchor, required=True),
                "ask": _text(required=True),
                "options": _text(many(text, most=8), required=True),
                "done": _text(required=True),
                "why": _text(required=True),
            },
        ),
        "not_do": _text(many(text)),
        "quiz": _QUIZ,
    },
    Kind.PROBLEM: {
        "card": _record(
            Card,
            {
                "look": _text(required=True),
                "do": _text(many(text), required=True),
                "who": _text(required=True),
                "basis": _text(required=True),
                "dont": _text(required=True),
            },
            required=True,
        ),
        "season": _fact(many(month)),
        "basis": _BASIS,
        "quiz": _QUIZ,
    },
    Kind.GUIDE: {
        "role": _term(required=True),
        "shares": _records(
            Share,
            {
                "duty": _text(required=True),
                "lead": _term(required=True),
                "support": _term(many(term)),
                "not_ours": _text(),
            },
        ),
        "routine": _record(
            Routine,
            {
                "daily": _text(many(text)),
                "weekly": _text(many(text)),
                "monthly": _text(many(text)),
            },
        ),
        "basis": _BASIS,
        "steps": _text(many(text)),
        "read_aloud": _fact(flag),
        "version": _fact(version, required=True),
        "quiz": _QUIZ,
    },
    Kind.SESSION: {
        "audience": _text(required=True),
        "minutes": _fact(whole, required=True),
        "objectives": _records(
            Objective,
            {"text": _text(required=True), "quiz": _fact(whole, required=True)},
            required=True,
        ),
        "agenda": _records(
            AgendaItem,
            {
                "minutes": _fact(whole, required=True),
                "kind": _fact(one_of(AgendaKind), required=True),
                "ref": _fact(slug),
                "prompt": _text(),
            },
            required=True,
        ),
        "quiz": _QUIZ,
        "board": _text(many(text)),
        "handouts": _fact(many(slug)),
    },
    Kind.PLAN: {
        "year": _fact(whole, required=True),
        "tasks": _records(
            Task,
            {
                "task": _text(required=True),
                "owner_role": _term(required=True),
                "support": _term(many(term)),
                "from": _fact(due, required=True, attribute="start"),
                "to": _fact(due, required=True, attribute="end"),
                "measure": _text(required=True),
            },
            required=True,
        ),
    },
    Kind.ABOUT: {},
    Kind.PAGE: {},
}

MAKES: Mapping[Kind, type] = {
    Kind.CASE: Case,
    Kind.PROBLEM: ProblemType,
    Kind.GUIDE: Guide,
    Kind.SESSION: Session,
    Kind.PLAN: Plan,
}


def fields_of(kind: Kind) -> Mapping[str, Field]:
    """Every front-matter field that a page of this kind may have."""
    return {**COMMON, **OWN[kind]}
