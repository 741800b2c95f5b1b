"""The sheet on which a page is written: as text or in fields, the rules being the same for both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from kb_app.desk.rows import ROWS, Move
from kb_app.drafts import Written
from kb_app.translations import mark, say
from kb_app.visitor import language
from search_index import (
    Field,
    Form,
    Kind,
    Lang,
    Sort,
    fields_of,
    form_of,
    heading,
    is_slug,
    new_page,
    parts_of,
    text_of,
    to_translate,
)

MOST_TITLE = 40
SPARE = 1  # empty rows below those of a list of records
MOST_ROWS = 60
KINDS = (Kind.CASE, Kind.PROBLEM, Kind.SESSION)
_HIDDEN = frozenset({"translation_of", "status"})
_LONG = frozenset({"prompt", "text", "stem", "explain"})  # of a session: texts of some lines

NAMES: Mapping[str, str] = {
    "title": mark("Title"),
    "lesson": mark("Lesson in one sentence"),
    "problems": mark("Problem types"),
    "aliases": mark("What people call it"),
    "owner": mark("Role in charge"),
    "checked_on": mark("Checked on"),
    "published_on": mark("Published on (if left empty, the day of publishing)"),
    "review_every": mark("Review every (such as 6m)"),
    "sources": mark("Sources"),
    "sources.title": mark("Title of the source"),
    "outlet": mark("Published by"),
    "grade": mark("Grade"),
    "date": mark("Date"),
    "url": mark("Address"),
    "provenance": mark("Provenance"),
    "place": mark("Place"),
    "city": mark("City"),
    "district": mark("District"),
    "happened": mark("When it happened"),
    "from": mark("From"),
    "to": mark("To"),
    "place_kind": mark("Sort of place"),
    "parties": mark("Parties"),
    "basis": mark("Legal basis"),
    "card.basis": mark("Basis"),
    "rule": mark("Rule"),
    "article": mark("Article"),
    "changed_on": mark("In other words since (empty if it has not changed)"),
    "outcome": mark("Outcome"),
    "measure": mark("How it was measured"),
    "what": mark("What was counted"),
    "before": mark("Before"),
    "after": mark("After"),
    "before_on": mark("Counted before on"),
    "after_on": mark("Counted after on"),
    "method": mark("How it was counted"),
    "rechecks": mark("Rechecks"),
    "on": mark("On"),
    "value": mark("Count"),
    "held": mark("Did it hold?"),
    "reused_from": mark("Method taken from (cases)"),
    "decision_points": mark("Dilemmas for training"),
    "at": mark("Before which part"),
    "ask": mark("What is asked"),
    "options": mark("Options"),
    "done": mark("What was done"),
    "why": mark("Why"),
    "not_do": mark("What not to do"),
    "quiz": mark("Quiz"),
    "stem": mark("What is asked"),
    "answer": mark("Right option (number)"),
    "explain": mark("Explanation"),
    "quiz.from": mark("Where it stands (page#part)"),
    "card": mark("Street card"),
    "look": mark("Look"),
    "do": mark("Do"),
    "who": mark("Who"),
    "dont": mark("Do not"),
    "season": mark("Season (months, 1 to 12)"),
    "audience": mark("For whom"),
    "minutes": mark("Minutes"),
    "objectives": mark("Objectives"),
    "text": mark("After this they can …"),
    "objectives.quiz": mark("Quiz item that shows it (number)"),
    "agenda": mark("Agenda"),
    "kind": mark("What is done"),
    "ref": mark("Page (its id)"),
    "prompt": mark("What the trainer says"),
    "board": mark("Board plan"),
    "handouts": mark("Handouts (ids of pages)"),
}
CHOICES: Mapping[str, str] = {
    "reported": mark("reported"),
    "composite": mark("composite, for teaching"),
    "worked": mark("worked"),
    "partly": mark("partly worked"),
    "failed": mark("did not work"),
    "unknown": mark("not known"),
    "A": mark("A: measured"),
    "B": mark("B: counted, or a regular outlet"),
    "C": mark("C: stated"),
    "read": mark("read"),
    "case": mark("case"),
    "quiz": mark("quiz"),
    "discuss": mark("discuss"),
    "true": mark("yes"),
    "false": mark("no"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is being written, kept or not; `draft` is None until it is kept for the first time.

    `subject` is what waits in the inbox and is closed by writing; `given` says that the page exists
    already, so that its name stays.
    """

    kind: Kind
    lang: Lang
    slug: str
    text: str
    draft: Written | None = None
    question: int | None = None
    subject: str = ""
    given: bool = False
    in_fields: bool = False

    @property
    def path(self) -> str:
        """Where it will stand below the content folder."""
        name = self.slug if is_slug(self.slug) else "unnamed"
        return f"{self.lang}/{self.kind.folder}/{name}.md"

    @property
    def form(self) -> Form | None:
        """Its fields; None where the text cannot be shown in fields."""
        return form_of(self.text, self.kind, self.lang)

    @property
    def texts_only(self) -> bool:
        """Whether it translates a session, whose facts and rows stand in the Chinese draft."""
        form = self.form
        if form is None or self.kind is not Kind.SESSION or self.lang is Lang.ZH or not self.given:
            return False
        shown = {name: value for name, value in form.fields.items() if name not in _HIDDEN}
        return to_translate(form, self.kind).fields == shown

    @property
    def rows(self) -> tuple[str, ...]:
        """The lists whose rows can be moved and taken out."""
        return ROWS if self.kind is Kind.SESSION and not self.texts_only else ()


@dataclass(frozen=True, slots=True)
class Input:
    """One field to fill in, or a group of fields with the rows that it has."""

    name: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    many: bool = False
    long: bool = False
    rows: tuple[tuple[Input, ...], ...] = ()

    @property
    def lines(self) -> list[str]:
        """The values of a list."""
        return self.value.split("\n") if self.value else []

    @property
    def is_group(self) -> bool:
        """Whether it consists of other fields."""
        return bool(self.rows)


def prefilled(kind: Kind, lang: Lang, *, title: str, words: str, facts: Mapping[str, str]) -> str:
    """The empty form of a page, with what is known already: its words and some facts.

    >>> known = {"aliases": "[线]"}
    >>> text = prefilled(Kind.CASE, Lang.ZH, title="飞线", words="三号楼", facts=known)
    >>> "title: 飞线" in text, "aliases: [线]" in text, "三号楼" in text
    (True, True, True)
    """
    text = new_page(kind, "unnamed", lang)
    front, line, body = text.partition("\n---\n")
    known = {"title": yaml_of("title", short(title), lang), **facts}
    lines = [_filled(each, known) for each in front.split("\n")]
    if words:
        body = _opening(body, words)
    return "\n".join(lines) + line + body


def short(words: str) -> str:
    """The first sentence, or as much of it as a title may have."""
    first = re.split(r"[。！？!?\n]", words.strip(), maxsplit=1)[0]
    return " ".join(first.split())[:MOST_TITLE]


def _filled(line: str, known: Mapping[str, str]) -> str:
    name = line.removeprefix("# ").partition(":")[0]
    return f"{name}: {known[name]}" if known.get(name) else line


def _opening(body: str, words: str) -> str:
    """The body with somebody's words, which are no Markdown, where the first part begins."""
    blocks = body.strip("\n").split("\n\n")
    at = 1 if blocks[0].startswith("#") else 0
    blocks[at] = "\n".join(_escaped(line.strip()) for line in words.split("\n"))
    return "\n\n".join(blocks) + "\n"


def _escaped(line: str) -> str:
    plain = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|!+~])", r"\\\1", plain)


def yaml_of(name: str, value: Any, lang: Lang) -> str:
    """A value as it stands behind the name of its field.

    >>> yaml_of("aliases", ["飞线", "a, b"], Lang.ZH)
    "[飞线, 'a, b']"
    """
    front = text_of(Form({name: value}), Kind.CASE, lang)
    return front.removeprefix(f"---\n{name}: ").removesuffix("\n---\n") if value else ""


# In fields ---------------------------------------------------------------------------------------


def inputs(sheet: Sheet, topics: tuple[tuple[str, str], ...]) -> list[Input]:
    """The fields of a sheet, in the order of the documentation, with what stands in them.

    `topics` are the problem types that can be chosen, each with its name.
    """
    form = sheet.form or Form()
    return [
        replace(_input(name, name, its, form.fields.get(name)), choices=topics)
        if name == "problems"
        else _input(name, name, its, form.fields.get(name))
        for name, its in _shown(sheet).items()
    ]


def _shown(sheet: Sheet) -> Mapping[str, Field]:
    """The fields that are filled in; of a translation only those that are translated."""
    known = {name: its for name, its in fields_of(sheet.kind).items() if name not in _HIDDEN}
    return _texts_of(known) if sheet.texts_only else known


def _texts_of(fields: Mapping[str, Field]) -> dict[str, Field]:
    inner = {name: replace(its, fields=_texts_of(its.fields)) for name, its in fields.items()}
    return {
        name: its
        for name, its in inner.items()
        if its.sort is Sort.TEXT and (its.fields or not fields[name].fields)
    }


def parts(sheet: Sheet) -> list[tuple[str, str, str]]:
    """The parts of the body: anchor, heading, text."""
    form = sheet.form or Form()
    return [
        (anchor, _part(sheet, anchor), form.parts.get(anchor, ""))
        for anchor in parts_of(sheet.kind)
    ]


def _part(sheet: Sheet, anchor: str) -> str:
    named = heading(sheet.kind, anchor, sheet.lang)
    return named or say(language(), mark("Notes for the trainer, in Markdown"))


def in_text(sent: MultiDict[str, str], sheet: Sheet) -> str:
    """The text that says what was filled into the fields."""
    fields = {
        name: value for name, its in _shown(sheet).items() if (value := _sent(sent, name, its))
    }
    before = sheet.form or Form()
    kept = {name: value for name, value in before.fields.items() if name in _HIDDEN}
    if sheet.lang is Lang.ZH or "status" in kept:
        kept.setdefault("status", "draft")
    written = {name: sent.get(f"part.{name}", "") for name in parts_of(sheet.kind)}
    folded = {name: words.replace("\r\n", "\n") for name, words in written.items()}
    return text_of(Form({**fields, **kept}, folded), sheet.kind, sheet.lang)


def shown_in_fields(sheet: Sheet) -> Sheet:
    """The same sheet in fields, where its text allows it."""
    return replace(sheet, in_fields=sheet.form is not None)


def _input(name: str, path: str, its: Field, value: Any) -> Input:
    label = say(language(), NAMES.get(_known(path), path))
    if its.fields:
        given = value if its.is_list else [value or {}]
        records = [*(given or []), *([{}] * SPARE if its.is_list else [])]
        rows = tuple(
            tuple(
                _input(f"{name}.{n}.{each}", f"{path}.{each}", sub, record.get(each))
                for each, sub in its.fields.items()
            )
            for n, record in enumerate(records)
        )
        return Input(name, label, many=its.is_list, rows=rows)
    if its.is_list:
        return Input(name, label, "\n".join(value or []), many=True)
    choices = tuple((word, say(language(), CHOICES.get(word, word))) for word in its.choices)
    return Input(name, label, value or "", choices, long=path.rpartition(".")[2] in _LONG)


def _known(path: str) -> str:
    """The longest end of a path that has a name of its own."""
    steps = path.split(".")
    ends = (".".join(steps[at:]) for at in range(len(steps)))
    return next((end for end in ends if end in NAMES), path)


def _sent(sent: MultiDict[str, str], name: str, its: Field) -> Any:
    if its.fields:
        rows = [_record(sent, f"{name}.{n}", its.fields) for n in range(_rows(sent, name))]
        found = [row for row in rows if row]
        return found if its.is_list else (found[0] if found else "")
    words = "\n".join(sent.getlist(name))
    if its.is_list:
        return [" ".join(line.split()) for line in words.splitlines() if line.strip()]
    return " ".join(words.split())


def _record(sent: MultiDict[str, str], name: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    found = {each: _sent(sent, f"{name}.{each}", its) for each, its in fields.items()}
    return {each: value for each, value in found.items() if value}


def place_of(sent: MultiDict[str, str], move: Move, sheet: Sheet) -> Move:
    """A move of a row as it was shown, in terms of the rows that have something in them."""
    fields = _shown(sheet)[move.name].fields
    full = [bool(_record(sent, f"{move.name}.{n}", fields)) for n in range(_rows(sent, move.name))]
    if move.row >= len(full) or not full[move.row]:
        return replace(move, row=len(full), length=sum(full))
    return replace(move, row=sum(full[: move.row]), length=sum(full))


def _rows(sent: MultiDict[str, str], name: str) -> int:
    """How many rows of a group were sent."""
    numbers = (_row(key, name) for key in sent)
    return min(max(numbers, default=-1) + 1, MOST_ROWS)


def _row(key: str, name: str) -> int:
    found = re.match(re.escape(name) + r"\.(\d{1,3})\.", key)
    return int(found[1]) if found else -1
