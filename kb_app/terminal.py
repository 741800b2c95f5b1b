"""How the commands speak: in the language of the terminal, with data on the standard output."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from kb_app.translations import mark, preferred, say
from search_index import Lang

FINDINGS, USAGE, ENVIRONMENT = 1, 2, 3

as_json = click.option("--json", "as_json", is_flag=True, help=mark("Print JSON."))

in_lang = click.option(
    "--lang", type=click.Choice([lang.value for lang in Lang]), help=mark("Language of the pages.")
)


def terminal_language() -> Lang:
    """The language that the locale asks for."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return preferred(next((os.environ[name] for name in names if os.environ.get(name)), ""))


def tell(message: str, **values: object) -> None:
    """Say something about the work to whoever started it; data goes to the standard output."""
    click.echo(say(terminal_language(), message, **values), err=True)


def print_json(value: Any) -> None:
    """Print data for another program."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
