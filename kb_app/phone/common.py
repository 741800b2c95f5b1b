"""What all pages on phones share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, get_flashed_messages, request

from kb_app import parameters
from kb_app.views import page, render

phone = Blueprint("phone", __name__, url_prefix="/<any(zh, en):lang>/room")
phone.before_request(parameters.check_encoding)


@phone.url_value_preprocessor
def _take_language(_: str | None, values: dict[str, Any] | None) -> None:
    """The language is read from the address wherever it is needed."""
    if values is not None:
        values.pop("lang", None)


def show(title: str, template: str, status: int = 200, **values: Any) -> Response:
    """A page for a phone; `title` is shown as it is. Nobody keeps it for the next reader."""
    messages = get_flashed_messages()
    body = render(f"phone/{template}.html", title=title, messages=messages, **values)
    response = page(title, body, status=status, part="asking")
    response.headers["Cache-Control"] = "no-store"
    return response


def typed(name: str) -> str:
    """What was typed into a field, as one line; empty if nothing was."""
    return " ".join(request.form.get(name, "").split())


def day_typed(name: str) -> date | None:
    """The day that was chosen; None for anything else."""
    try:
        return date.fromisoformat(typed(name))
    except ValueError:
        return None
