"""What all pages on phones share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from kb_app import parameters

phone = Blueprint("phone", __name__, url_prefix="/<any(zh, en):lang>/room")
phone.before_request(parameters.check_encoding)


@phone.url_value_preprocessor
def _take_language(_: str | None, values: dict[str, Any] | None) -> None:
    """The language is read from the address wherever it is needed."""
    if values is not None:
        values.pop("lang", None)
