"""The tables beside the pages: taxonomy, glossary, emergencies, holidays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from search_index.content import Emergency, Group, Lang, PartialDate, Term, Topic
from search_index.yamltext import Node, parse_yaml

Report = Callable[[int, str], None]


def read_groups(text: str, report: Report) -> tuple[Group, ...]:
    """``taxonomy.yml``: groups of problem types and duty topics, each with both names."""
    groups = []
    seen: set[str] = set()
    for node in _listed(text, "groups", report):
        topics = [
            Topic(_word(item, "id", report), _word(node, "id", report), *_names(item, report))
            for item in _entry(node, "topics").items
        ]
        for item, topic in zip(_entry(node, "topics").items, topics, strict=True):
            if topic.id in seen:
                report(item.line, f"`{topic.id}` is written twice")
            seen.add(topic.id)
        groups.append(Group(_word(node, "id", report), *_names(node, report), tuple(topics)))
    return tuple(groups)


def read_glossary(text: str, report: Report) -> tuple[Term, ...]:
    """``glossary.tsv``: official term in Chinese and English, aliases, note; no header line."""
    terms: list[Term] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if not line.strip() or cells[:2] == ["zh", "en"]:
            continue
        if len(cells) > 5 or len(cells) < 2 or not all(cells[:2]):  # noqa: PLR2004 - columns
            report(number, "want zh, en, aliases_zh, aliases_en, note, parted by tabs")
            continue
        for word in dict.fromkeys(cells[:2]):
            if word in seen:
                report(number, f"`{word}` is written twice")
            seen.add(word)
        zh, en, aliases_zh, aliases_en, note = (cells + [""] * 5)[:5]
        terms.append(Term(zh, en, _split(aliases_zh), _split(aliases_en), note))
    return tuple(terms)


def read_emergencies(text: str, report: Report) -> tuple[Emergency, ...]:
    """``emergencies.yml``: classes of signs of danger to life."""
    return tuple(
        Emergency(
            id=_word(node, "id", report),
            call=_words(node, "call", report),
            message={lang: _word(_entry(node, "message"), lang.value, report) for lang in Lang},
            signs=_words(node, "signs", report),
            harmless=_words(node, "harmless", report, required=False),
        )
        for node in _listed(text, "emergencies", report)
    )


def read_holidays(text: str, report: Report) -> tuple[frozenset[date], frozenset[date]]:
    """``holidays.yml``: days off, and weekend days that are worked."""
    root = _parsed(text, report)
    off: set[date] = set()
    work: set[date] = set()
    for year in _entry(root, "years").entries.values():
        off |= _days(_entry(year, "off"), report)
        work |= _days(_entry(year, "work"), report)
    return frozenset(off), frozenset(work)


def _days(node: Node, report: Report) -> set[date]:
    found = set()
    for item in node.items:
        try:
            found.add(PartialDate.parse(item.text or "").first)
        except ValueError:
            report(item.line, f"`{item.text}` is not a day such as `2026-10-01`")
    return found


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _parsed(text: str, report: Report) -> Node:
    root, wrong = parse_yaml(text)
    for found in wrong:
        report(*found)
    return root or Node({}, 1)


def _listed(text: str, name: str, report: Report) -> tuple[Node, ...]:
    root = _parsed(text, report)
    if text.strip() and name not in root.entries:
        report(root.line, f"`{name}:` is missing")
    return _entry(root, name).items


def _entry(node: Node, name: str) -> Node:
    return node.entries.get(name, Node("", node.line))


def _word(node: Node, name: str, report: Report) -> str:
    found = _entry(node, name).text
    if not found:
        report(_entry(node, name).line, f"`{name}` is missing")
    return found or ""


def _names(node: Node, report: Report) -> tuple[str, str]:
    return _word(node, "zh", report), _word(node, "en", report)


def _words(node: Node, name: str, report: Report, *, required: bool = True) -> tuple[str, ...]:
    found = tuple(item.text for item in _entry(node, name).items if item.text)
    if required and not found:
        report(node.line, f"`{name}` is missing")
    return found
