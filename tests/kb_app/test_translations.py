import string
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from kb_app import cli
from kb_app.translations import CATALOG, preferred, say
from search_index import Lang

HERE = Path(cli.__file__).parent
KEYWORDS = {"say": (2,), "mark": None, "tell": None, "_": None, "SettingsError": None}


def spoken() -> set[str]:
    """Every message in the code, the templates and the help of the commands."""
    found = {message for message in help_of(cli.kb) if message}
    for pattern, method in (
        ("**/*.py", "python"),
        ("templates/**/*.html", "jinja2.ext:babel_extract"),
    ):
        for path in HERE.glob(pattern):
            with path.open("rb") as file:
                found |= {str(row[1]) for row in extract(method, file, keywords=KEYWORDS)}
    return found


def help_of(command: click.Command) -> Iterator[str | None]:
    yield command.help
    yield from (p.help for p in command.params if isinstance(p, click.Option))
    for each in getattr(command, "commands", {}).values():
        yield from help_of(each)


def catalog() -> dict[str, str]:
    with CATALOG.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="zh") if m.id}


def places(message: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(message)} - {None}


def test_every_message_is_translated_and_no_other_stands_in_the_catalog():
    assert set(catalog()) == spoken()


def test_a_translation_has_the_places_of_its_message():
    assert [m for m, words in catalog().items() if places(m) != places(words)] == []


def test_no_translation_is_empty_and_none_is_in_english():
    english = [m for m, words in catalog().items() if not any("一" <= c <= "鿿" for c in words)]
    assert english == ["{error}"]


def test_a_message_without_translation_stands_for_itself():
    assert say(Lang.ZH, "Nobody says {this}", this="that") == "Nobody says that"


def test_braces_in_what_is_quoted_stay_as_they_are():
    assert say(Lang.EN, "{error}", error="{x}") == "{x}"
    assert say(Lang.EN, "50 {x}") == "50 {x}"


def test_chinese_is_for_chinese_locales_and_english_for_all_others():
    assert [preferred(locale) for locale in ("zh_CN.UTF-8", "zh", "ZH-hans")] == [Lang.ZH] * 3
    assert [preferred(locale) for locale in ("C", "", "de_DE.UTF-8", "en_GB")] == [Lang.EN] * 4
