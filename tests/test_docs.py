"""The documentation names everything there is: settings, commands, front-matter fields."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kb_app.cli import kb
from kb_app.settings import Settings
from search_index import Kind, Lang, fields_of

ABOUT = Path(__file__).parents[1] / "content"


def named(lang: Lang, page: str) -> set[str]:
    """What stands in backquotes on a page."""
    text = (ABOUT / lang / "about" / f"{page}.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("lang", list(Lang))
def test_every_setting_is_documented_and_no_other(lang: Lang) -> None:
    settings = {f"KB_{field.name.upper()}" for field in fields(Settings)}
    said = {word for word in named(lang, "running-the-service") if re.fullmatch(r"KB_\w+", word)}
    assert said == settings


@pytest.mark.parametrize("lang", list(Lang))
def test_every_command_is_documented_and_helps(lang: Lang) -> None:
    said = named(lang, "running-the-service")
    assert {f"kb {name}" for name in kb.commands} <= said
    assert all(command.help for command in kb.commands.values())


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_is_documented(lang: Lang, kind: Kind) -> None:
    said = named(lang, "front-matter-fields")
    for name, its in fields_of(kind).items():
        assert {name, *its.fields} <= said
