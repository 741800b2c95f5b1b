"""From a ledger or a Word file to drafts of cases; every row is checked before any is kept.

A row becomes the same form that the desk shows, so that it is checked by the rules of every page.
Nothing is kept where one row is refused.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile

import docx
import openpyxl
from docx.opc.exceptions import PackageNotFoundError
from openpyxl.utils.exceptions import InvalidFileException

from kb_app import personal
from kb_app.drafts import DraftError, New
from kb_app.findings import in_words
from kb_app.naming import name_of
from kb_app.settings import Settings
from kb_app.translations import listed, mark, say
from search_index import (
    FIXED,
    Form,
    Kind,
    Lang,
    heading,
    is_slug,
    read_drafts,
    text_of,
)

MOST_BYTES = 20_000_000
MOST_ROWS = 2000
MOST_CELL = 20_000
_SPLIT = re.compile(r"[;；、,，\n]+")
# Whatever a damaged office file makes its readers raise.
_DAMAGED = (
    BadZipFile, InvalidFileException, PackageNotFoundError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, OSError, EOFError, NotImplementedError, SyntaxError,
)  # fmt: skip

# What a column may be called, for each field of a case; the first Chinese and English name are
# those of the template. A field with a dot lies inside another one.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("标题", "Title", "案例名称", "事件", "事项", "问题标题", "subject"),
    "slug": ("网址名", "Name in the address", "slug", "id"),
    "lesson": ("一句话经验", "Lesson", "经验"),
    "problems": ("问题类型", "Problem type", "类型", "类别", "problem", "problems", "type"),
    "aliases": ("俗称", "Also called", "别名", "aliases"),
    "owner": ("负责岗位", "Role in charge", "责任单位", "owner"),
    "happened.from": ("开始日期", "From", "发生时间", "时间", "日期", "date"),
    "happened.to": ("结束日期", "To", "办结时间", "办结日期"),
    "place.city": ("城市", "City"),
    "place.district": ("区", "District", "区县"),
    "place_kind": ("场所类型", "Sort of place", "场所"),
    "parties": ("参与方", "Parties", "涉及单位"),
    "outcome": ("结局", "Outcome", "处理结果", "办理结果"),
    "measure.what": ("数的是什么", "What was counted"),
    "measure.before": ("之前", "Before", "整治前"),
    "measure.after": ("之后", "After", "整治后"),
    "measure.method": ("怎么数的", "How it was counted"),
    "not_do": ("别这样做", "What not to do"),
    "sources.title": ("来源", "Source", "来源标题", "资料来源名称"),
    "sources.outlet": ("出处", "Published by", "发布单位"),
    "sources.grade": ("来源等级", "Grade"),
    "sources.date": ("来源日期", "Date of the source"),
    "sources.url": ("来源网址", "Address of the source", "链接"),
    "situation": ("基本情况", "Situation", "情况", "问题描述", "事件描述", "内容"),
    "timeline": ("经过", "Timeline"),
    "analysis": ("原因分析", "Analysis", "原因"),
    "options": ("备选对策", "Options"),
    "decision": ("决策与行动", "Decision and action", "处理措施", "处置措施", "做法", "措施"),
    "result": ("结果", "Result", "效果", "办理情况"),
    "pitfalls": ("教训", "Pitfalls"),
    "escalation": ("升级路径", "Escalation"),
    "transfer": ("适用条件", "Transfer"),
    "discussion": ("讨论题", "Discussion"),
}
_LISTS = frozenset({"problems", "aliases", "parties", "not_do"})
_PARTS = frozenset(FIXED[Kind.CASE])
_OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "worked": ("worked", "见效", "有效", "已解决", "成功"),
    "partly": ("partly", "部分见效", "部分解决", "基本解决"),
    "failed": ("failed", "没见效", "无效", "失败", "未解决", "反弹"),
    "unknown": ("unknown", "不清楚", "未知", "办理中"),
}


class ImportRefusedError(DraftError):
    """A file cannot be imported as a whole."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is refused; `sorts` are sorts of personal data, `slug` its name."""

    message: str
    slug: str = ""
    sorts: tuple[str, ...] = ()

    def said(self, lang: Lang) -> str:
        """The reason, in a language."""
        if self.slug:
            return say(lang, self.message, slug=self.slug)
        if self.sorts:
            return say(lang, self.message, sorts=listed(lang, self.sorts))
        return in_words(say(lang, self.message), lang)


@dataclass(frozen=True, slots=True)
class Row:
    """One case to be: where it stood, what it is called, its text, and why it is refused."""

    number: int
    slug: str
    title: str
    text: str
    refused: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds: its rows, and the columns of it that nobody knows."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every row can be kept."""
        return bool(self.rows) and not any(row.refused for row in self.rows)

    def drafts(self, lang: Lang) -> list[New]:
        """The drafts that the rows become."""
        return [New(row.slug, Kind.CASE, lang, row.text) for row in self.rows]


def read_file(
    settings: Settings,
    path: Path,
    *,
    lang: Lang,
    mapping: Mapping[str, str],
    taken: Callable[[str], str | None],
) -> Imported:
    """Read a ledger (.xlsx, .csv) or a Word file (.docx) and check every row of it.

    `mapping` says which column is which field, where its name does not tell; `taken` gives the text
    of the draft that has a name. Raises ImportRefusedError where a file cannot be read as a whole.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ImportRefusedError(mark("The file is larger than {most} bytes."), most=MOST_BYTES)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ImportRefusedError(mark("Only .xlsx, .csv and .docx files can be imported."))
    try:
        header, rows = reader(path)
    except _DAMAGED as error:
        damaged = mark("The file cannot be read; it seems to be damaged.")
        raise ImportRefusedError(damaged) from error
    if not rows:
        raise ImportRefusedError(mark("The file holds nothing to import."))
    if len(rows) > MOST_ROWS:
        raise ImportRefusedError(mark("The file has more than {most} rows."), most=MOST_ROWS)
    fields = fields_by_column(header, mapping)
    if "title" not in fields.values():
        raise ImportRefusedError(
            mark("No column is the title; name one 标题 or Title, or use a mapping file.")
        )
    found = _checked(settings, lang, rows, fields, taken)
    unknown = tuple(name for name in header if name.strip() and name not in fields)
    return Imported(tuple(found), unknown)


def read_mapping(text: str) -> dict[str, str]:
    r"""Which column is which field: a line for each, `column = field`.

    Raises ImportRefusedError on a line that says nothing, or names no field.

    >>> read_mapping("# ledger of 2026\n工单内容 = situation\n")
    {'工单内容': 'situation'}
    """
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        column, _, field = (each.strip() for each in line.rpartition("="))
        if not column or field not in COLUMNS:
            raise ImportRefusedError(
                mark("Line {line} of the mapping must be: column = field, with one of {fields}."),
                line=number,
                fields=", ".join(COLUMNS),
            )
        found[column] = field
    return found


def fields_by_column(header: Iterable[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The field of each column that is known, by the mapping or else by its name.

    >>> fields_by_column(["事项", "描述", "效果"], {"描述": "situation"})
    {'事项': 'title', '描述': 'situation', '效果': 'result'}
    """
    by_name = {_plain(name): field for field, names in COLUMNS.items() for name in names}
    by_name |= {_plain(field): field for field in COLUMNS}
    by_name |= {_plain(column): field for column, field in mapping.items()}
    found: dict[str, str] = {}
    for column in header:
        field = by_name.get(_plain(column))
        if field is not None and field not in found.values():
            found[column] = field
    return found


def template(lang: Lang) -> Any:
    """A Word document to fill in: a table of facts, then the parts of a case."""
    document = docx.Document()
    title = mark("A case for the library")
    document.add_heading(say(lang, title), level=1)
    hint = mark(
        "Fill in what you know and leave the rest empty. No names of people, no telephone numbers,"
        " no number plates. Do not change the headings."
    )
    document.add_paragraph(say(lang, hint))
    facts = [field for field in COLUMNS if field not in _PARTS]
    table = document.add_table(rows=len(facts), cols=2, style="Table Grid")
    for row, field in zip(table.rows, facts, strict=True):
        row.cells[0].text = COLUMNS[field][0 if lang is Lang.ZH else 1]
    for anchor in FIXED[Kind.CASE]:
        if anchor in COLUMNS:
            document.add_heading(heading(Kind.CASE, anchor, lang) or anchor, level=2)
            document.add_paragraph("")
    return document


# Reading -----------------------------------------------------------------------------------------

_Table = tuple[list[str], list[tuple[int, dict[str, str]]]]


def _read_xlsx(path: Path) -> _Table:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        lines = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            lines.append((number, [_cell(value) for value in cells]))
            if number > MOST_ROWS + 100:
                break
    finally:
        book.close()
    return _tabled(lines)


def _read_csv(path: Path) -> _Table:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")  # as office programs in China save it
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        return _tabled([(reader.line_num, [_cell(value) for value in line]) for line in reader])
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _tabled(lines: Sequence[tuple[int, list[str]]]) -> _Table:
    """The first line that is not empty is the header; empty lines say nothing."""
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        return [], []
    header = filled[0][1]
    return header, [
        (number, {name: value for name, value in zip(header, cells, strict=False) if name})
        for number, cells in filled[1:]
    ]


def _read_docx(path: Path) -> _Table:
    document = docx.Document(str(path))
    values: dict[str, str] = {}
    for table in document.tables:
        for row in table.rows:
            cells = [_cell(cell.text) for cell in row.cells]
            if len(cells) > 1 and cells[0] and cells[1]:
                values.setdefault(cells[0], cells[1])
    values |= _parts_of(document)
    return list(values), [(1, values)] if values else []


def _parts_of(document: Any) -> dict[str, str]:
    """The text below each heading that is a part of a case."""
    known = {_plain(name) for field in _PARTS & COLUMNS.keys() for name in COLUMNS[field][:2]}
    found: dict[str, list[str]] = {}
    part = ""
    for paragraph in document.paragraphs:
        words = _cell(paragraph.text)
        if _plain(words) in known:
            part = words
        elif part and words:
            found.setdefault(part, []).append(words)
    return {name: "\n\n".join(lines) for name, lines in found.items()}


_READERS: Mapping[str, Callable[[Path], _Table]] = {
    ".xlsx": _read_xlsx,
    ".csv": _read_csv,
    ".docx": _read_docx,
}


def _cell(value: object) -> str:
    """A cell as text: a day without its hour, a whole number without its point.

    >>> _cell(datetime(2026, 11, 2)), _cell(41.0), _cell(None)
    ('2026-11-02', '41', '')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    words = "".join(c for c in str(value) if c in "\n\t" or unicodedata.category(c)[0] != "C")
    return words.strip()[:MOST_CELL]


def _plain(name: str) -> str:
    """A name as it is compared: without spaces, marks and capitals."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if c.isalnum() or c == "_")


# Checking ----------------------------------------------------------------------------------------


def _checked(
    settings: Settings,
    lang: Lang,
    rows: Iterable[tuple[int, Mapping[str, str]]],
    fields: Mapping[str, str],
    taken: Callable[[str], str | None],
) -> Iterator[Row]:
    reading = read_drafts(settings.content_dir, {})
    topics = {
        _plain(name): topic.id
        for group in reading.library.groups
        for topic in group.topics
        for name in (topic.id, topic.zh, topic.en)
    }
    pages = {path.stem for path in settings.content_dir.glob("*/*/*.md")}
    given: set[str] = set()
    made: list[Row] = []
    for number, cells in rows:
        values = {fields[name]: cell for name, cell in cells.items() if name in fields and cell}
        text = text_of(_form(values, topics), Kind.CASE, lang)
        slug = values.get("slug") or _free(values.get("title", ""), text, {*pages, *given}, taken)
        row = Row(number, slug, values.get("title", ""), text)
        made.append(_with_reasons(row, values, {*pages, *given}, taken))
        given.add(slug)
    yield from _by_the_rules(settings, lang, made)


def _with_reasons(
    row: Row, values: Mapping[str, str], used: set[str], taken: Callable[[str], str | None]
) -> Row:
    reasons: list[Reason] = []
    if not row.title:
        reasons.append(Reason(mark("It has no title.")))
    if not values.get("situation"):
        reasons.append(Reason(mark("It does not say what the situation was.")))
    if not is_slug(row.slug):
        reasons.append(Reason(mark("`{slug}` cannot be a name in the address."), row.slug))
    elif taken(row.slug) == row.text:
        reasons.append(Reason(mark("It was imported before, as {slug}."), row.slug))
    elif row.slug in used or taken(row.slug) is not None:
        reasons.append(Reason(mark("The name {slug} is taken."), row.slug))
    private = personal.findings(f"{row.title}\n{row.text}")
    if private:
        message = mark("It holds personal data ({sorts}); take it out of the file.")
        reasons.append(Reason(message, sorts=private))
    return replace(row, refused=tuple(reasons))


def _by_the_rules(settings: Settings, lang: Lang, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with what the rules for every page say of their drafts."""
    texts: dict[PurePosixPath, str] = {}
    for row in rows:
        if is_slug(row.slug):
            texts.setdefault(_path(row, lang), row.text)
    found: dict[PurePosixPath, list[Reason]] = {}
    for finding in read_drafts(settings.content_dir, texts).findings:
        if not _is_said_already(finding.message):
            found.setdefault(finding.path, []).append(Reason(finding.message))
    for row in rows:
        mine = found.get(_path(row, lang), []) if texts.get(_path(row, lang)) == row.text else []
        yield replace(row, refused=(*row.refused, *mine))


def _path(row: Row, lang: Lang) -> PurePosixPath:
    return PurePosixPath(lang, Kind.CASE.folder, f"{row.slug}.md")


def _is_said_already(message: str) -> bool:
    """What is said of a row in its own words."""
    return "personal data" in message or "is taken by" in message or "`title`" in message


def _form(values: Mapping[str, str], topics: Mapping[str, str]) -> Form:
    fields: dict[str, Any] = {"status": "draft"}
    for field, words in values.items():
        if field in _PARTS or field == "slug":
            continue
        name, _, inner = field.partition(".")
        value = _value(field, words, topics)
        if inner:
            fields.setdefault(name, {})[inner] = value
        else:
            fields[name] = value
    if "sources" in fields:
        fields["sources"] = [fields["sources"]]
    return Form(fields, {name: _prose(values[name]) for name in _PARTS & values.keys()})


def _value(field: str, words: str, topics: Mapping[str, str]) -> str | list[str]:
    if field == "problems":
        return [topics.get(_plain(each), each.strip()) for each in _split(words)]
    if field in _LISTS:
        return _split(words)
    if field == "outcome":
        known = {name: outcome for outcome, names in _OUTCOMES.items() for name in names}
        return known.get(words.strip().casefold(), words.strip())
    if field.endswith((".from", ".to", ".date")):
        return _day(words)
    return " ".join(words.split())


def _split(words: str) -> list[str]:
    return [each.strip() for each in _SPLIT.split(words) if each.strip()]


def _day(words: str) -> str:
    """A date as the library writes it, from the ways in which ledgers write it.

    >>> _day("2026年3月5日"), _day("2026/3"), _day("2026-03-05 14:20:00"), _day("soon")
    ('2026-03-05', '2026-03', '2026-03-05', 'soon')
    """
    found = re.match(r"\s*(\d{4})\s*[年/.-]?\s*(?:(\d{1,2})\s*[月/.-]?\s*(?:(\d{1,2}))?)?", words)
    if not found:
        return words.strip()
    year, month, day = found.groups()
    return "-".join([year, *(f"{int(each):02}" for each in (month, day) if each)])


def _prose(words: str) -> str:
    """Words that are no Markdown, so that they stand on the page as they stood in the cell."""
    plain = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = re.sub(r"([\\`*_{}\[\]|~])", r"\\\1", plain)
    lines = (re.sub(r"^(\s*)([#+=-])", r"\1\\\2", line) for line in shown.split("\n"))
    return "\n".join(re.sub(r"^(\s*\d+)\.", r"\1\\.", line) for line in lines)


def _free(title: str, text: str, used: set[str], taken: Callable[[str], str | None]) -> str:
    """A name in the address that nobody has but a draft of the same text, after the title."""
    base = name_of(title) or "case"
    numbered = (base if n == 1 else f"{base}-{n}" for n in range(1, MOST_ROWS * 2))
    return next(
        name
        for name in numbered
        if is_slug(name) and name not in used and taken(name) in {None, text}
    )
