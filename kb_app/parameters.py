"""What stands behind the question mark of an address, checked before it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from flask import request

from kb_app.translations import mark
from kb_app.visitor import BadRequestError, running
from search_index import MAX_LENGTH, Kind, Lang

MAX_LIMIT = 100
MAX_OFFSET = 10_000
_NUMBER = re.compile(r"[0-9]{1,6}")
_KEY = re.compile(r"[!-~]{1,200}")
_TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_Choice = TypeVar("_Choice", bound=StrEnum)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of the results are wanted."""

    lang: Lang | None
    kind: Kind | None
    problem: str | None
    limit: int
    offset: int
    literal: bool


def check_encoding() -> None:
    """Refuse what is not UTF-8: it would be searched as something that nobody typed."""
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError as error:
        raise BadRequestError(mark("The address is not UTF-8.")) from error


def query(*, required: bool = True) -> str:
    """The words to look for."""
    text = request.args.get("q", "")
    if len(text) > MAX_LENGTH:
        raise BadRequestError(mark("Please use at most {most} characters."), most=MAX_LENGTH)
    if required and not text.strip():
        raise BadRequestError(mark("Please say what you are looking for, in a few words."))
    return text


def filters() -> Filters:
    """Which results are wanted; what is left out or empty stands at its default."""
    return Filters(
        lang=choice("lang", Lang),
        kind=choice("kind", Kind),
        problem=_problem(),
        limit=number("limit", default=10, least=1, most=MAX_LIMIT),
        offset=number("offset", default=0, least=0, most=MAX_OFFSET),
        literal=bool(number("literal", default=0, least=0, most=1)),
    )


def choice(name: str, choices: type[_Choice]) -> _Choice | None:
    """One of a few words; None if left out."""
    said = request.args.get(name)
    if not said:
        return None
    if said not in set(choices):
        message = mark("`{name}` must be one of: {choices}.")
        raise BadRequestError(message, name=name, choices=", ".join(choices))
    return choices(said)


def number(name: str, *, default: int, least: int, most: int) -> int:
    """A whole number between two others."""
    said = request.args.get(name)
    if not said:
        return default
    if not _NUMBER.fullmatch(said) or not least <= int(said) <= most:
        message = mark("`{name}` must be a number from {least} to {most}.")
        raise BadRequestError(message, name=name, least=least, most=most)
    return int(said)


def _problem() -> str | None:
    said = request.args.get("problem")
    if said and not _TOPIC.fullmatch(said):
        raise BadRequestError(mark("`problem` must be the id of a problem, such as fire-lane."))
    return said or None


def body() -> Mapping[str, Any]:
    """What a program sent as JSON, from a page of ours or from no page at all."""
    if request.mimetype != "application/json" or not _is_from_here():
        raise BadRequestError(mark("Please send JSON, as application/json, from this site."))
    try:
        found = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequestError(mark("This is no JSON object."))
    return found


def text(sent: Mapping[str, Any], name: str, *, most: int) -> str | None:
    """A text of at most so many characters; None if it is left out or blank."""
    said = sent.get(name)
    if said is None:
        return None
    if not isinstance(said, str) or "\0" in said or not _can_be_written(said):
        raise BadRequestError(mark("`{name}` must be a text."), name=name)
    if len(said) > most:
        raise BadRequestError(
            mark("`{name}` is too long: at most {most} characters."), name=name, most=most
        )
    return said.strip() or None


def needed(value: _Value | None, name: str) -> _Value:
    """What must not be left out."""
    if value is None:
        raise BadRequestError(mark("`{name}` is missing."), name=name)
    return value


def whole(sent: Mapping[str, Any], name: str, *, least: int, most: int) -> int:
    """A whole number between two others that must not be left out."""
    said = needed(sent.get(name), name)
    if type(said) is not int or not least <= said <= most:
        message = mark("`{name}` must be a number from {least} to {most}.")
        raise BadRequestError(message, name=name, least=least, most=most)
    return said


def one_of(sent: Mapping[str, Any], name: str, choices: type[_Choice]) -> _Choice:
    """One of a few words that must not be left out."""
    said = needed(text(sent, name, most=40), name)
    if said not in set(choices):
        message = mark("`{name}` must be one of: {choices}.")
        raise BadRequestError(message, name=name, choices=", ".join(choices))
    return choices(said)


def key() -> str:
    """The key by which a request that is sent twice is known again."""
    said = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(said):
        raise BadRequestError(
            mark("The header Idempotency-Key is missing: 1 to 200 characters, new for each text.")
        )
    return said


def _is_from_here() -> bool:
    """No page of another site may write in the name of whoever looks at it."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    ours = {request.host, urlsplit(running().settings.address).netloc}
    return origin is None or urlsplit(origin).netloc in ours


def _can_be_written(said: str) -> bool:
    try:
        said.encode()
    except UnicodeEncodeError:
        return False
    return True
