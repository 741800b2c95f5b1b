"""YAML as text with line numbers: every value stays a string, every value knows its line.

Only plain YAML is read: no tags, no anchors, nothing that could run or grow. What is wrong comes
back as `Wrong` values, never as an exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import yaml

MAX_DEPTH = 12

_FAST = getattr(yaml, "CBaseLoader", None)
# Where the two parsers were seen to part in millions of random texts.
_READ_DIFFERENTLY = re.compile(
    r"""
      [\t\r\x85\u2028\u2029\ufeff]       # blanks, line ends and marks of other sorts
    | (?:^|[\s\[{,]) [?!&]              # a key, a tag or an anchor that is marked as one
    | [|>] [-+\d]* \#                  # a comment right behind the mark of a block
    | ^(?:---|\.\.\.|%)                # several documents, and directives
    | [\[{] [^\n]* \? | \? [^\n]* [\]}]  # a question mark inside brackets,
    | [\[{] [^\]}\n]* \n | [\[{,] [ ]* \n | ^[ ]* [\]},]  # or brackets over several lines
    """,
    re.MULTILINE | re.VERBOSE,
)


class Wrong(NamedTuple):
    """A mistake on a line of a text, counted from 1."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line it stands on; `inherited` says that another file holds it."""

    value: str | tuple[Node, ...] | Mapping[str, Node]
    line: int
    inherited: bool = False

    @property
    def entries(self) -> Mapping[str, Node]:
        """The entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        """The items of a list; none for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def text(self) -> str | None:
        """The text of a scalar, stripped; None for anything else."""
        return self.value.strip() if isinstance(self.value, str) else None

    def inherit(self) -> Node:
        """The same value, marked as held by another file, all the way down."""
        if isinstance(self.value, Mapping):
            entries = {key: node.inherit() for key, node in self.value.items()}
            return replace(self, value=entries, inherited=True)
        if isinstance(self.value, tuple):
            return replace(self, value=tuple(n.inherit() for n in self.value), inherited=True)
        return replace(self, inherited=True)


def parse_yaml(text: str, *, first_line: int = 1) -> tuple[Node | None, list[Wrong]]:
    r"""Read a YAML mapping or list; the first line of `text` is line `first_line` of its file.

    The node is None where the text is no YAML at all.

    >>> node, wrong = parse_yaml("title: a\ntitle: b")
    >>> node.entries["title"].text, wrong
    ('a', [Wrong(line=2, message='`title` is written twice')])
    """
    wrong: list[Wrong] = []
    try:
        alias = _first_alias(text)
        if alias is not None:
            return None, [Wrong(alias + first_line, "YAML aliases (`*name`) are not allowed")]
        root = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line if mark is None else mark.line + first_line
        return None, [Wrong(line, f"broken YAML: {error.problem}{_hint(error.problem)}")]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + first_line
        message = f"a character that YAML does not allow (U+{_code(error.character):04X})"
        return None, [Wrong(line, message)]
    except (RecursionError, ValueError) as error:
        return None, [Wrong(first_line, f"broken YAML: {error}")]
    if root is None:
        return Node({}, first_line), []
    return _node(root, root.start_mark.line + first_line, first_line, wrong), wrong


def _first_alias(text: str) -> int | None:
    """The line of the first alias, from 0; None without any, which is nearly always."""
    if "*" not in text:
        return None
    events = list(yaml.parse(text, yaml.BaseLoader))
    alias = next((event for event in events if isinstance(event, yaml.AliasEvent)), None)
    return None if alias is None else alias.start_mark.line if alias.start_mark else 0


def _composed(text: str) -> yaml.Node | None:
    """The tree of a text, from libyaml where it is there: that takes a tenth of the time.

    It is asked only for texts that it reads as the other one does. What it refuses the other one
    reads again, for they word their complaints differently.
    """
    if _FAST is not None and not _READ_DIFFERENTLY.search(text):
        with suppress(yaml.YAMLError, ValueError):
            return yaml.compose(text, _FAST)
    return yaml.compose(text, yaml.BaseLoader)


def _hint(problem: str | None) -> str:
    """The usual cause: a mark inside `{…}` or `[…]` that YAML takes for its own."""
    inside = problem is not None and problem.startswith("expected ',' or")
    return "; put quotes around text with `? : , { } [ ]` in it" if inside else ""


def _code(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


def _node(raw: yaml.Node, line: int, first_line: int, wrong: list[Wrong], depth: int = 0) -> Node:
    if depth > MAX_DEPTH:
        wrong.append(Wrong(line, "nested too deeply"))
        return Node("", line)
    if isinstance(raw, yaml.MappingNode):
        return Node(_entries(raw, first_line, wrong, depth), line)
    if isinstance(raw, yaml.SequenceNode):
        children: Sequence[yaml.Node] = raw.value
        items = (
            _node(item, item.start_mark.line + first_line, first_line, wrong, depth + 1)
            for item in children
        )
        return Node(tuple(items), line)
    return Node(str(raw.value), line)


def _entries(
    raw: yaml.MappingNode, first_line: int, wrong: list[Wrong], depth: int
) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    for key, value in raw.value:
        line = key.start_mark.line + first_line
        if not isinstance(key, yaml.ScalarNode):
            wrong.append(Wrong(line, "a field name must be plain text"))
        elif key.value in entries:
            wrong.append(Wrong(line, f"`{key.value}` is written twice"))
        else:
            entries[key.value] = _node(value, line, first_line, wrong, depth + 1)
    return entries
