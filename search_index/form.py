"""A page as a form: its fields and the parts of its body, and back to the text of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import yaml

from search_index.content import Kind, Lang
from search_index.fields import Field, Sort, fields_of
from search_index.headings import FIXED, anchors_by_heading, heading
from search_index.markdown import headings
from search_index.yamltext import Node, parse_yaml

Value = str | list[Any] | dict[str, Any]
_PART = 2  # the depth of the headings that are fixed
_BODY = "body"  # the one part of a page whose headings are free
_FREE = frozenset({Kind.SESSION})


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the fields of a page, and in its parts by their anchors; empty ones left out.

    A value is a text, a list, or a mapping of further values, just as in the file.
    """

    fields: Mapping[str, Value] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)


class _Plain(yaml.SafeDumper):
    """Every value is a text, quoted only where it must be."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]

    def ignore_aliases(self, data: object) -> bool:
        """Write equal values out each time."""
        del data
        return True


def parts_of(kind: Kind) -> tuple[str, ...]:
    """The anchors of the parts that a form of this kind has; none where it has no form.

    >>> parts_of(Kind.SESSION), parts_of(Kind.GUIDE)
    (('body',), ())
    """
    return (_BODY,) if kind in _FREE else tuple(FIXED.get(kind, ()))


def text_of(form: Form, kind: Kind, lang: Lang) -> str:
    """The file that says what a form says.

    >>> print(text_of(Form({"title": "飞线"}, {"situation": "三号楼"}), Kind.CASE, Lang.ZH))
    ---
    title: 飞线
    ---
    ## 基本情况
    <BLANKLINE>
    三号楼
    <BLANKLINE>
    """
    known = fields_of(kind)
    lines = [_line(name, form.fields[name]) for name in known if form.fields.get(name)]
    parts = [
        f"{_headed(heading(kind, anchor, lang))}{words.strip()}\n"
        for anchor in parts_of(kind)
        if (words := form.parts.get(anchor, "")).strip()
    ]
    return f"---\n{''.join(lines)}---\n" + "\n".join(parts)


def _headed(words: str | None) -> str:
    return "" if words is None else f"## {words}\n\n"


def _line(name: str, value: Value) -> str:
    """A field as people write it: its records one a line, all else behind its name."""
    if isinstance(value, str):
        return _yaml({name: value}, flow=False)
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return f"{name}:\n" + "".join(f"  - {_yaml(item)}" for item in value)
    return f"{name}: {_yaml(value)}"


def _yaml(value: Value, *, flow: bool = True) -> str:
    found: str = yaml.dump(
        value, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100_000,
        default_flow_style=flow,
    )  # fmt: skip
    return found


def form_of(text: str, kind: Kind, lang: Lang) -> Form | None:
    """The form that says what a file says; None where no form can.

    That is where the front matter cannot be read, holds fields that are not known or of another
    shape, or the body does not consist of the fixed parts, each once. A session's body is one part.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    end = next((n for n, line in enumerate(lines) if n and line.rstrip() == "---"), None)
    if not parts_of(kind) or lines[0].rstrip() != "---" or end is None:
        return None
    front, wrong = parse_yaml("\n".join(lines[1:end]))
    parts = _parts("\n".join(lines[end + 1 :]), kind, lang)
    if wrong or front is None or parts is None or not _fits(front, fields_of(kind)):
        return None
    fields = {name: _value(entry) for name, entry in front.entries.items()}
    return Form({name: value for name, value in fields.items() if value}, parts)


def to_translate(form: Form, kind: Kind) -> Form:
    """What a translator has to render of a form: its texts, but not its facts and terms."""
    return Form(_texts(form.fields, fields_of(kind)), form.parts)


def _parts(body: str, kind: Kind, lang: Lang) -> dict[str, str] | None:
    if kind in _FREE:
        return {_BODY: body.strip()} if body.strip() else {}
    anchors = anchors_by_heading(kind, lang)
    lines = body.split("\n")
    tops = [each for each in headings(body) if each.level <= _PART]
    if "\n".join(lines[: tops[0].line - 1] if tops else lines).strip():
        return None
    ends = [*(each.line - 1 for each in tops[1:]), len(lines)]
    found: dict[str, str] = {}
    for top, end in zip(tops, ends, strict=False):
        anchor = anchors.get(top.text)
        if top.level != _PART or anchor is None or anchor in found or top.anchor:
            return None
        found[anchor] = "\n".join(lines[top.line : end]).strip()
    return {anchor: words for anchor, words in found.items() if words}


def _fits(node: Node, fields: Mapping[str, Field]) -> bool:
    """Whether the values of a mapping have the shapes of its fields."""
    if not isinstance(node.value, Mapping):
        return False
    return all(
        name in fields and (entry.text == "" or _has_shape(entry, fields[name]))
        for name, entry in node.entries.items()
    )


def _has_shape(entry: Node, its: Field) -> bool:
    items = entry.items if its.is_list else (entry,)
    if its.is_list and not isinstance(entry.value, tuple):
        return False
    if its.fields:
        return all(_fits(item, its.fields) for item in items)
    return all(item.text is not None for item in items)


def _value(node: Node) -> Value:
    if isinstance(node.value, tuple):
        return [_value(item) for item in node.items]
    if isinstance(node.value, Mapping):
        found = {name: _value(entry) for name, entry in node.entries.items()}
        return {name: value for name, value in found.items() if value}
    return " ".join(node.value.split())


def _texts(values: Mapping[str, Value], fields: Mapping[str, Field]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in values.items():
        its = fields[name]
        if its.fields and isinstance(value, dict):
            found[name] = _texts(value, its.fields)
        elif its.fields and isinstance(value, list):
            found[name] = [_texts(item, its.fields) for item in value]
        elif its.sort is Sort.TEXT and name != "translation_of":
            found[name] = value
    empty: tuple[Value, ...] = ("", [], {})
    return {
        name: value
        for name, value in found.items()
        if value not in empty and not (isinstance(value, list) and not any(value))
    }
