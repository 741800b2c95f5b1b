"""From a folder of Markdown to a library, and to every mistake in it as a line of a file.

Reading never raises on what people wrote: a page that cannot be used is left out of the library and
its mistakes are among the findings. Whether findings stop a build is the caller's choice.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from search_index import checks, tables
from search_index.analysis import language_of
from search_index.content import Finding, Kind, Lang, Library, Page, Section, Status
from search_index.draft import Draft
from search_index.fields import MAKES, Desk, Field, Sort, fields_of, nearest, read_fields
from search_index.headings import anchors_by_heading
from search_index.markdown import blocks, links, sections
from search_index.memo import Memo
from search_index.yamltext import Node, parse_yaml

MAX_BYTES = 1_000_000
_KINDS = {kind.folder: kind for kind in Kind if kind.folder}


# The files of one page, with their bytes.
_Files = list[tuple[Draft, bytes]]


class Reading(NamedTuple):
    """A library as far as it could be read, and everything to mend in it, by path and line."""

    library: Library
    findings: tuple[Finding, ...]


def read_library(content: Path, *, today: date | None = None, memo: Memo | None = None) -> Reading:
    """Read every page and table below `content`.

    `today` is the day beyond which dates are in the future; the present day if left out. Pages that
    `memo` knows from the last time are taken from there; what comes back is the same without it,
    but that its sections know their words already. It is the caller's to save.
    """
    beside = _Tables(content)
    files = [_open_file(content, path) for path in _markdown_files(content)]
    drafts = [draft for draft, _ in files]
    facts = _facts(beside, drafts, today)
    known = _Known(memo, facts)
    fresh = [group for group in _grouped(files) if not known.recall(group)]
    for draft, data in (file for group in fresh for file in group):
        _parse(draft, data)
    _refuse_shared_slugs(drafts)
    for source, twin in _pairs([draft for group in fresh for draft, _ in group]):
        _read_pair(source, twin, facts)
    for group in fresh:
        known.remember(group)
    checks.check_links(drafts, content)
    found = [finding for draft in drafts for finding in draft.findings] + beside.findings
    return Reading(
        _library(drafts, beside),
        tuple(sorted(set(found), key=lambda f: (str(f.path), f.line, f.message))),
    )


def read_drafts(
    content: Path, texts: Mapping[PurePosixPath, str], *, today: date | None = None
) -> Reading:
    """Read texts as if each stood at its path below `content`, by the rules for every page.

    Only what they need is read besides: their other languages, and the pages that they link to.
    The library has these pages; the findings are those of the texts.
    """
    beside = _Tables(content)
    mine = [_given(path, text) for path, text in texts.items()]
    twins = {PurePosixPath(draft.lang.other, *draft.path.parts[1:]) for draft in mine}
    wanted = twins.union(*(checks.linked(draft) for draft in mine))
    named = {word for draft in mine if draft.front for word in _words(draft.front)}
    drafts = list(mine)
    for each in _markdown_files(content):
        place = PurePosixPath(each.relative_to(content).as_posix())
        if place not in texts:
            needed = place in wanted or place.stem in named
            drafts.append(_read_file(content, each) if needed else _placed(place))
    _refuse_shared_slugs([*drafts[len(mine) :], *mine])
    known = _facts(beside, drafts, today)
    for source, twin in _pairs(draft for draft in drafts if draft.text):
        _read_pair(source, twin, known)
    checks.check_links(drafts, content)
    found = {finding for draft in mine for finding in draft.findings}
    order = list(texts)
    return Reading(
        _library([draft for draft in drafts if draft.page is not None], beside),
        tuple(sorted(found, key=lambda f: (order.index(f.path), f.line, f.message))),
    )


def _words(node: Node) -> Iterator[str]:
    """Every single value below a node; among them are the names of other pages."""
    for inner in (*node.entries.values(), *node.items):
        yield from _words(inner)
    if node.text is not None:
        yield node.text.partition("#")[0]


def _given(path: PurePosixPath, text: str) -> Draft:
    draft = _placed(path)
    _parse(draft, text.encode(errors="replace"))
    return draft


def _facts(beside: _Tables, drafts: Iterable[Draft], today: date | None) -> _Facts:
    return _Facts(
        topics=frozenset(topic.id for group in beside.groups for topic in group.topics),
        terms=frozenset(name for term in beside.glossary for name in (term.zh, term.en)),
        slugs=frozenset(draft.slug for draft in drafts),
        # Somewhere it is tomorrow already; an editor's date is never wrong by its time zone.
        today=today or datetime.now(UTC).date() + timedelta(days=1),
    )


def _library(drafts: Iterable[Draft], beside: _Tables) -> Library:
    return Library(
        pages={(d.lang, d.slug): d.page for d in drafts if d.page is not None},
        groups=beside.groups,
        glossary=beside.glossary,
        emergencies=beside.emergencies,
        days_off=beside.days_off,
        days_on=beside.days_on,
    )


class _Facts(NamedTuple):
    """What is known before any front matter is read."""

    topics: frozenset[str]
    terms: frozenset[str]
    slugs: frozenset[str]
    today: date

    def desk(self, wrong: Callable[[int, str], None]) -> Desk:
        return Desk(self.topics, self.terms, self.slugs, self.today, wrong)

    def cover(self, before: _Facts) -> bool:
        """Whether what was right by those facts must still be right."""
        return (
            self.topics >= before.topics
            and self.terms >= before.terms
            and self.slugs >= before.slugs
            and self.today >= before.today
        )


class _Known:
    """The pages without mistakes that a memo remembers.

    A page in both languages is remembered as one, by a print of its files. What is right stays
    right while nothing is taken from the facts; when something is, everything is read again.
    """

    def __init__(self, memo: Memo | None, facts: _Facts) -> None:
        before = memo.get("facts") if memo is not None else None
        self._memo = memo
        self._hold = before is not None and facts.cover(before)
        if memo is not None and before != facts:
            memo.put("facts", facts)

    def recall(self, group: _Files) -> bool:
        """Fill the drafts of a page from the memo; False if it does not know them."""
        found = self._memo.get(_print_of(group)) if self._memo is not None and self._hold else None
        if found is None:
            return False
        for (draft, _), (page, leads, names) in zip(group, found, strict=True):
            draft.lang, draft.page, draft.sections = page.lang, page, page.sections
            draft.links, draft.places = leads, names
        return True

    def remember(self, group: _Files) -> None:
        """Keep what the files of a page came to, if there is nothing to mend in them."""
        if self._memo is None or any(draft.findings for draft, _ in group):
            return
        for draft, _ in group:
            draft.page = _with_words(draft.page) if draft.page is not None else None
        kept = tuple((draft.page, draft.links, draft.places) for draft, _ in group)
        self._memo.put(_print_of(group), kept)


def _with_words(page: Page) -> Page:
    """A page whose sections know their words."""
    return replace(page, sections=tuple(replace(s, blocks=blocks(s.text)) for s in page.sections))


def _print_of(group: _Files) -> str:
    found = hashlib.sha256()
    for draft, data in group:
        found.update(f"{draft.path}\n{len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


class _Tables:
    """The tables beside the pages, with what is wrong in them; a missing file is an empty one."""

    def __init__(self, content: Path) -> None:
        self.findings: list[Finding] = []
        self._content = content
        self.groups = self._read("taxonomy.yml", tables.read_groups)
        self.glossary = self._read("glossary.tsv", tables.read_glossary)
        self.emergencies = self._read("emergencies.yml", tables.read_emergencies)
        self.days_off, self.days_on = self._read("holidays.yml", tables.read_holidays)

    def _read(self, name: str, read: Callable[[str, tables.Report], Any]) -> Any:
        path = PurePosixPath(name)

        def report(line: int, message: str) -> None:
            self.findings.append(Finding(path, line, message))

        try:
            data = (self._content / name).read_bytes()
        except OSError:
            data = b""
        return read(_decode(data, report) or "", report)


def _markdown_files(content: Path) -> Iterator[Path]:
    """Every Markdown file below a folder, by path; links to elsewhere are not followed."""
    for folder, names, files in os.walk(content):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".md") and not name.startswith("."):
                yield Path(folder, name)


def _open_file(content: Path, path: Path) -> tuple[Draft, bytes]:
    """The draft of a file not looked into yet, and its bytes; none if it cannot be read."""
    draft = _placed(PurePosixPath(path.relative_to(content).as_posix()))
    try:
        data = path.read_bytes()
    except OSError as error:
        draft.fail(1, f"cannot be read: {error.strerror}")
        return draft, b""
    if len(data) > MAX_BYTES:
        draft.fail(1, f"larger than {MAX_BYTES:,} bytes")
        return draft, b""
    return draft, data


def _parse(draft: Draft, data: bytes) -> None:
    """Take a file apart, if it can be read at all."""
    text = _decode(data, draft.fail) if draft.sound else None
    if text is not None:
        draft.text = text
        _split(draft)


def _read_file(content: Path, path: Path) -> Draft:
    draft, data = _open_file(content, path)
    _parse(draft, data)
    return draft


def _grouped(files: Iterable[tuple[Draft, bytes]]) -> list[_Files]:
    """The files that make up one page, whatever language they are in."""
    found: dict[tuple[Kind, str], _Files] = {}
    for draft, data in files:
        found.setdefault((draft.kind, draft.slug), []).append((draft, data))
    return list(found.values())


def _placed(path: PurePosixPath) -> Draft:
    """Kind, language and id of a file, from where it lies."""
    lang = next((lang for lang in Lang if path.parts[0] == lang and len(path.parts) > 1), None)
    inner = path.parts[1:] if lang else path.parts
    kind = _KINDS.get(inner[0], Kind.PAGE) if lang and len(inner) == 2 else Kind.PAGE  # noqa: PLR2004
    slug = path.stem if kind is not Kind.PAGE else PurePosixPath(*inner).with_suffix("").as_posix()
    return Draft(path, lang or Lang.EN, kind, slug)


def _decode(data: bytes, wrong: Callable[[int, str], None]) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong(line, "not UTF-8; save the file as UTF-8 (GBK and others are not read)")
        return None
    if "\0" in text:
        wrong(text.count("\n", 0, text.index("\0")) + 1, "a NUL character")
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _split(draft: Draft) -> None:
    """Part front matter from body; a file without any is a plain page, if its folder allows."""
    lines = draft.text.split("\n")
    draft.body = draft.text
    if lines[0].rstrip() == "---":
        end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
        if end is None:
            draft.fail(1, "the front matter has no end: a line `---` is missing")
            return
        draft.front, wrong = parse_yaml("\n".join(lines[1:end]), first_line=2)
        for line, message in wrong:
            draft.wrong(line, message)
        draft.body, draft.body_line = "\n".join(lines[end + 1 :]), end + 2
        if draft.front is None:
            draft.sound = False
        elif not isinstance(draft.front.value, Mapping):
            draft.fail(draft.front.line, "the front matter must be fields: `title: …`")
    elif draft.kind is not Kind.PAGE:
        draft.fail(1, "the front matter is missing: the first line must be `---`")
        return
    elif draft.path.parts[0] not in set(Lang):
        draft.lang = language_of(draft.text) or Lang.EN
    draft.sections = _anchored(draft)
    if draft.front is not None:
        draft.links = tuple(
            link._replace(line=draft.body_line + link.line - 1) for link in links(draft.body)
        )
        draft.places = tuple(_quiz_places(draft.front))


def _quiz_places(front: Node) -> Iterator[tuple[str, int]]:
    quiz = front.entries.get("quiz")
    for item in quiz.items if quiz else ():
        place = item.entries.get("from")
        if place is not None and place.text:
            yield place.text, place.line


def _anchored(draft: Draft) -> tuple[Section, ...]:
    """The sections, with the fixed anchors where the kind fixes its headings."""
    fixed = anchors_by_heading(draft.kind, draft.lang)
    found = sections(draft.body, first_line=draft.body_line)
    return tuple(
        Section(fixed.get(s.heading, s.anchor), s.heading, s.level, s.text, s.line) for s in found
    )


def _refuse_shared_slugs(drafts: Iterable[Draft]) -> None:
    first: dict[str, Draft] = {}
    for draft in drafts:
        other = first.setdefault(draft.slug, draft)
        if other.kind is not draft.kind or (other.lang is draft.lang and other is not draft):
            draft.wrong(1, f"the name `{draft.slug}` is taken by {other.path}")


def _pairs(drafts: Iterable[Draft]) -> Iterator[tuple[Draft, Draft | None]]:
    """The file that holds a page's facts (Chinese if there is one) and its translation."""
    files: dict[tuple[Kind, str], list[Draft]] = {}
    for draft in drafts:
        files.setdefault((draft.kind, draft.slug), []).append(draft)
    for found in files.values():
        if not all(draft.sound for draft in found):
            continue
        found.sort(key=lambda draft: draft.lang is Lang.EN)
        source, *rest = found
        twin = rest[0] if rest and source.front is not None and rest[0].front is not None else None
        yield source, twin
        for lone in rest[1:] if twin else rest:
            yield lone, None


def _read_pair(source: Draft, twin: Draft | None, facts: _Facts) -> None:
    _read_page(source, source.front, facts)
    if source.front is not None and source.front.entries.get("translation_of") and not twin:
        source.wrong(source.front.entries["translation_of"].line, "there is no page to translate")
    if twin is None or source.front is None or twin.front is None:
        return
    front = _Inheritance(twin.wrong).merge(source.front, twin.front, fields_of(twin.kind))
    _read_page(twin, front, facts)
    if twin.page is not None and twin.page.status is Status.PUBLISHED:
        checks.check_translation(twin, text_hash(source))


def _read_page(draft: Draft, front: Node | None, facts: _Facts) -> None:
    if front is None:
        draft.page = _plain_page(draft)
        if draft.path.parts[0] in set(Lang):
            checks.check_body(draft)
            if draft.path.parts[1] in _KINDS:
                draft.wrong(1, f"a page lies directly in `{draft.path.parts[1]}/`, not deeper")
        return
    desk = facts.desk(draft.wrong)
    published = "status" not in front.entries or front.entries["status"].text == "published"
    fields = fields_of(draft.kind)
    values, _ = read_fields(front, fields, desk, demand=published)
    values.pop("translation_of", None)
    values.setdefault("status", Status.PUBLISHED if published else Status.DRAFT)
    common = {name: values[name] for name in _PAGE_FIELDS if name in values}
    own = {name: value for name, value in values.items() if name not in common}
    if "title" not in common:
        return
    if draft.kind is Kind.PROBLEM:
        common["problems"] = _own_topic(draft, common.get("problems", ()), facts.topics)
    make = MAKES.get(draft.kind)
    draft.page = Page(
        id=draft.slug,
        kind=draft.kind,
        lang=draft.lang,
        path=draft.path,
        sections=draft.sections,
        details=make(**own) if make else None,
        digest=hashlib.sha256(repr((draft.text, values)).encode()).hexdigest()[:16],
        **common,
    )
    checks.check_page(draft, front)


_PAGE_FIELDS = (
    "title", "lesson", "problems", "aliases", "owner", "checked_on", "published_on",
    "review_months", "status", "sources",
)  # fmt: skip


def _own_topic(draft: Draft, named: tuple[str, ...], topics: frozenset[str]) -> tuple[str, ...]:
    """A problem page is about the type whose id is its name, and about those it names."""
    if draft.slug not in topics:
        draft.wrong(1, f"`{draft.slug}` is not in taxonomy.yml{nearest(draft.slug, topics)}")
    return (draft.slug, *(name for name in named if name != draft.slug))


def _plain_page(draft: Draft) -> Page:
    titled = next((section for section in draft.sections if section.heading), None)
    first = next((words for s in draft.sections for words in blocks(s.text)), "")
    return Page(
        id=draft.slug,
        kind=Kind.PAGE,
        lang=draft.lang,
        path=draft.path,
        title=titled.heading if titled else draft.path.stem,
        lesson=first[:120],
        sections=draft.sections,
        digest=hashlib.sha256(draft.text.encode()).hexdigest()[:16],
    )


class _Inheritance:
    """Fills a translation's front matter with the facts of its source.

    Reports a fact that the translation repeats, and a text that it lacks.
    """

    def __init__(self, wrong: Callable[[int, str], None]) -> None:
        self._wrong = wrong

    def merge(self, source: Node, twin: Node, fields: Mapping[str, Field]) -> Node:
        """The mapping `twin` with what it inherits from the mapping `source`."""
        entries = dict(twin.entries)
        for name, its in fields.items():
            merged = self._field(name, its, source.entries.get(name), twin)
            if merged is None:
                entries.pop(name, None)
            else:
                entries[name] = merged
        return Node(entries, twin.line)

    def _field(self, name: str, its: Field, theirs: Node | None, twin: Node) -> Node | None:
        mine = twin.entries.get(name)
        if its.sort is Sort.TEXT and not its.fields:
            if theirs is not None and mine is None and name != "translation_of":
                self._wrong(twin.line, f"`{name}` is not translated")
            return mine
        if not its.fields or not _has_text(its.fields):
            if mine is not None:
                self._wrong(mine.line, _repeated(name, mine, theirs))
            return theirs.inherit() if theirs is not None else None
        if theirs is None or not theirs.value:
            if mine is not None and mine.value:
                self._wrong(mine.line, f"`{name}` does not stand in the source file")
            return None
        if mine is None:
            self._wrong(twin.line, f"`{name}` is not translated")
            return theirs.inherit()
        return self._records(name, its.fields, theirs, mine)

    def _records(self, name: str, fields: Mapping[str, Field], theirs: Node, mine: Node) -> Node:
        """One record, or records that pair by their place in the list."""
        if isinstance(theirs.value, Mapping):
            return self.merge(theirs, mine, fields) if isinstance(mine.value, Mapping) else mine
        if len(theirs.items) != len(mine.items):
            counts = f"{len(mine.items)} items, the source {len(theirs.items)}"
            self._wrong(mine.line, f"`{name}` has {counts}")
            return theirs.inherit()
        pairs = zip(theirs.items, mine.items, strict=True)
        return Node(tuple(self.merge(a, b, fields) for a, b in pairs), mine.line)


def _repeated(name: str, mine: Node, theirs: Node | None) -> str:
    if theirs is not None and _bare(mine) != _bare(theirs):
        return (
            f"`{name}` is a fact and contradicts the source (its line {theirs.line}); leave it out"
        )
    return f"`{name}` is a fact and stands in the source file; leave it out here"


def _bare(node: Node) -> object:
    if isinstance(node.value, Mapping):
        return {key: _bare(entry) for key, entry in node.entries.items()}
    return [_bare(item) for item in node.items] if node.text is None else node.text


def _has_text(fields: Mapping[str, Field]) -> bool:
    return any(
        _has_text(its.fields) if its.fields else its.sort is Sort.TEXT for its in fields.values()
    )


def text_hash(draft: Draft) -> str:
    """A short print of everything a translator has to read: the texts and the body.

    It stays the same when only facts change, for those are not translated.
    """
    texts = _texts(draft.front, fields_of(draft.kind)) if draft.front is not None else []
    words = "\n".join([*texts, *(line.rstrip() for line in draft.body.strip().split("\n"))])
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _texts(node: Node, fields: Mapping[str, Field]) -> list[str]:
    found = []
    for name, its in fields.items():
        entry = node.entries.get(name)
        if entry is None or name == "translation_of":
            continue
        if its.fields:
            records = entry.items or (entry,)
            found += [words for item in records for words in _texts(item, its.fields)]
        elif its.sort is Sort.TEXT:
            found.append(f"{name}={_bare(entry)}")
    return found


def read_pair(content: Path, path: Path) -> tuple[Draft, Draft] | None:
    """The source and the translation of a file in either language; None where one is missing."""
    relative = PurePosixPath(path.resolve().relative_to(content.resolve()).as_posix())
    zh = content / "zh" / PurePosixPath(*relative.parts[1:])
    en = content / "en" / PurePosixPath(*relative.parts[1:])
    if not (zh.is_file() and en.is_file()):
        return None
    return _read_file(content, zh), _read_file(content, en)


def mark_translated(path: Path, content: Path) -> None:
    """Write into a translation that it matches the source text as it is now.

    Raises ValueError with a message for the editor where there is no such pair.
    """
    pair = read_pair(content, path) if path.is_file() else None
    if pair is None or pair[1].front is None or pair[0].front is None:
        msg = f"{path}: a translation and its source are needed, both with front matter"
        raise ValueError(msg)
    source, twin = pair
    target = content / str(twin.path)
    target.write_text(_marked(twin, text_hash(source)), encoding="utf-8", newline="\n")


def marked_translated(
    content: Path, path: PurePosixPath, text: str, source: str | None = None
) -> str:
    """The text of a translation with the line that says which source text it renders.

    The source is read from `content` where it is not given. A text that has no source, or no front
    matter to stand in, is given back as it is.
    """
    place = PurePosixPath(Lang.ZH, *path.parts[1:])
    twin = _given(path, text)
    if source is None and (content / place).is_file():
        source = (content / place).read_text(encoding="utf-8", errors="replace")
    if twin.lang is not Lang.EN or twin.front is None or source is None:
        return text
    given = _given(place, source)
    return text if given.front is None else _marked(twin, text_hash(given))


def _marked(twin: Draft, source_hash: str) -> str:
    line = f"translation_of: {source_hash}"
    lines = twin.text.split("\n")
    old = twin.front.entries.get("translation_of") if twin.front else None
    if old is not None:
        lines[old.line - 1] = line
    else:
        lines.insert(twin.body_line - 2, line)
    return "\n".join(lines)
