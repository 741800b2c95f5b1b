"""What all pages share that the service makes for somebody, and that nobody else is to be shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kb_app import parameters


def pages_for_people(name: str, module: str, path: str) -> Blueprint:
    """A blueprint below ``/zh`` and ``/en``, none of whose pages is kept by a browser.

    The language is not handed to its views; it is read from the address wherever it is needed.
    """
    blueprint = Blueprint(name, module, url_prefix=f"/<any(zh, en):lang>{path}")
    blueprint.before_request(parameters.check_encoding)
    blueprint.url_value_preprocessor(_take_language)
    blueprint.after_request(_keep_nothing)
    return blueprint


def _take_language(_: str | None, values: dict[str, Any] | None) -> None:
    if values is not None:
        values.pop("lang", None)


def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
