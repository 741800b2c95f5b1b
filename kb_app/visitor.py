"""Who asks, and of what: the language of a request, and the generation that answers it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hmac import compare_digest
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, json, request

from kb_app import service
from kb_app.generation import Generation, Generations
from kb_app.keeping import Kept
from kb_app.limits import Limit, Writer
from kb_app.metrics import Metrics
from kb_app.publisher import Publisher
from kb_app.questions.clocks import china_day
from kb_app.searches import Sought, normalised
from kb_app.settings import Settings
from kb_app.translations import mark, say
from search_index import Found, IndexMissingError, Lang

LEASED = "lanewise.generation"  # where the front puts it in the WSGI environment
ROUTE = "lanewise.route"
LANGUAGE_COOKIE = "lang"
VISITOR_COOKIE = "visitor"
VISITOR_DAYS = 180


@dataclass(frozen=True, slots=True)
class Running:
    """What a running application is made of."""

    settings: Settings
    generations: Generations
    metrics: Metrics
    kept: Kept
    writes: Limit
    wrong_codes: Limit
    publisher: Publisher


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


def writer() -> Writer:
    """Who writes, for the limits: the visitor, or the address of one who keeps no cookie."""
    known = _known_visitor()
    if known is not None:
        return Writer(f"visitor {known}", is_office=False)
    return Writer(f"address {request.remote_addr}", is_office=True)


def visitor() -> str:
    """A random name for this browser, kept in a cookie; the first time it is made up here."""
    if "visitor" not in g:
        g.visitor = _known_visitor() or secrets.token_urlsafe(12)
    found: str = g.visitor
    return found


def remember_visitor(response: Response) -> Response:
    """Give the browser its name, if it was asked for in this request and was not known."""
    if "visitor" in g and _known_visitor() is None:
        response.set_cookie(
            VISITOR_COOKIE,
            f"{g.visitor}.{_signature(g.visitor)}",
            max_age=VISITOR_DAYS * 86400,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response


def visit() -> str:
    """A print of this browser that is another one tomorrow."""
    kept = running().kept
    return kept.keys.visit_of(visitor(), china_day(kept.questions.now()))


def note_search(found: Found) -> None:
    """Count a search for the list of gaps."""
    kept = running().kept
    kept.searches.note(
        Sought(
            words=normalised(found.query),
            lang=found.lang.value,
            day=china_day(kept.questions.now()),
            answered=found.answered,
            hits=found.total,
            visit=visit(),
            problem=_first_problem(found),
        )
    )


def _first_problem(found: Found) -> str | None:
    """What the best page speaks of first."""
    return next(iter(found.hits[0].problems), None) if found.hits else None


def _known_visitor() -> str | None:
    name, _, signature = request.cookies.get(VISITOR_COOKIE, "").partition(".")
    right = compare_digest(signature.encode(errors="replace"), _signature(name).encode())
    return name if right else None


def _signature(name: str) -> str:
    return running().kept.keys.print_of("visitor", name)[:32]


def wants_part() -> bool:
    """Whether the program of a page asks for its middle only, to put it in place of the old one."""
    return request.headers.get("X-Part") == "middle"


def json_response(value: Any, status: int = 200) -> Response:
    """A value of the library as JSON, its fields in their order."""
    text = json.dumps(service.plain(value), ensure_ascii=False, sort_keys=False)
    response = Response(text + "\n", status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


_MESSAGES = {
    400: mark("This request cannot be understood."),
    403: mark("Your account may not do this."),
    404: mark("There is nothing at this address."),
    405: mark("This address cannot be used in this way."),
    409: mark("This does not fit what was there before."),
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
