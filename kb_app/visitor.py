"""Who asks, and of what: the language of a request, and the generation that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, json, request

from kb_app.generation import Generation, Generations
from kb_app.metrics import Metrics
from kb_app.settings import Settings
from kb_app.translations import mark, say
from search_index import IndexMissingError, Lang

LEASED = "lanewise.generation"  # where the front puts it in the WSGI environment
ROUTE = "lanewise.route"
LANGUAGE_COOKIE = "lang"


@dataclass(frozen=True, slots=True)
class Running:
    """What a running application is made of."""

    settings: Settings
    generations: Generations
    metrics: Metrics


class BadRequestError(Exception):
    """The request cannot be answered as it is; the message is fit to show, once translated."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


def running() -> Running:
    """The parts of the application that handles this request."""
    found: Running = current_app.extensions["lanewise"]
    return found


def leased() -> Generation | None:
    """The generation that was lent to this request; None before the first build."""
    found: Generation | None = request.environ.get(LEASED)
    return found


def generation() -> Generation:
    """The generation that answers this request, the same one until its end.

    Raises IndexMissingError before the first build.
    """
    found = leased()
    if found is None:
        raise IndexMissingError(mark("There is nothing to search yet: run `kb build`."))
    return found


def language() -> Lang:
    """The asker's language: by the address, else as the request says, the cookie, the browser."""
    for said in (request.path.split("/")[1], request.args.get("lang")):
        if said in set(Lang):
            return Lang(said)
    return preferred_language()


def preferred_language() -> Lang:
    """The language kept in the cookie, else the one that the browser asks for, else Chinese."""
    kept = request.cookies.get(LANGUAGE_COOKIE)
    if kept in set(Lang):
        return Lang(kept)
    accepted = (tag.split("-")[0].lower() for tag, q in request.accept_languages if q > 0)
    return next((Lang(tag) for tag in accepted if tag in set(Lang)), Lang.ZH)


_MESSAGES = {
    400: mark("This request cannot be understood."),
    404: mark("There is nothing at this address."),
    405: mark("This address cannot be used in this way."),
    413: mark("This is too much at once."),
    429: mark("Too many at once; please try again in a moment."),
    500: mark("Something went wrong here. It was not your fault, and it has been noted down."),
    503: mark("The library is being prepared. Please try again in half a minute."),
}


def message_for(status: int) -> str:
    """What to say about a status to whoever asked, in their language."""
    return say(language(), _MESSAGES.get(status, _MESSAGES[500 if status >= 500 else 400]))  # noqa: PLR2004


def problem(status: int, detail: str) -> Response:
    """An error as RFC 9457 has it; `detail` is fit to show and in the asker's language."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    response.headers["Content-Language"] = language()
    response.headers["Cache-Control"] = "no-store"
    return response
