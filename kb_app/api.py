"""The programming interface: unpack what was asked, call, pack the answer as JSON."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path

from flask import Blueprint, Response

from kb_app import parameters, service
from kb_app.database import DatabaseBusyError
from kb_app.visitor import generation, json_response, leased, note_search, running
from search_index import Lang

api = Blueprint("api", __name__)
api.before_request(parameters.check_encoding)


@api.get("/api/v1/search")
def search() -> Response:
    """Pages that fit the words, best first."""
    wanted = parameters.filters()
    found = generation().answers.search(parameters.query(), **asdict(wanted))
    if wanted.offset == 0:
        note_search(found)
    return json_response(service.plain(found) | {"names": generation().names_in(found)})


@api.get("/api/v1/answer")
def answer() -> Response:
    """Passages that answer the question, verbatim; or the reason why there are none."""
    lang = parameters.choice("lang", Lang)
    return json_response(generation().answers.answer(parameters.query(), lang=lang))


@api.get("/api/v1/suggest")
def suggest() -> Response:
    """What the words typed so far may become."""
    text = parameters.query(required=False)
    lang = parameters.choice("lang", Lang)
    limit = parameters.number("limit", default=8, least=1, most=parameters.MAX_LIMIT)
    found = generation().answers.suggest(text, lang=lang, limit=limit) if text.strip() else ()
    return json_response({"suggestions": found})


@api.get("/api/v1/rooms/<code>")
def room(code: str) -> Response:
    """How far a training room is, for its screens and phones."""
    return json_response(running().kept.rooms.state(code))


@api.get("/healthz")
def health() -> Response:
    """Whether the service can do its work, for whoever watches over it."""
    found = leased()
    database = running().kept.state()
    fine = found is not None and database == "ok"
    body = {
        "status": "ok" if fine else "unavailable",
        "version": service.version(),
        "index": service.index_facts(found) if found else None,
        "database": database,
    }
    response = json_response(body, status=200 if fine else 503)
    if not fine:
        response.headers["Retry-After"] = "30"
    return response


@api.get("/metrics")
def metrics() -> Response:
    """Counts for Prometheus."""
    found = leased()
    gauges = {"lanewise_passages": float(found.answers.passages if found else 0)}
    text = running().metrics.render(gauges | _questions_counted())
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _questions_counted() -> dict[str, float]:
    """Empty while the database is away: a monitor shall not take that for no questions."""
    questions = running().kept.questions
    try:
        counts, overdue = questions.counts(), len(questions.overdue())
    except DatabaseBusyError:
        return {}
    return {
        "lanewise_questions_received": counts.received,
        "lanewise_questions_open": counts.open,
        "lanewise_questions_settled": counts.settled,
        "lanewise_questions_overdue": overdue,
    }


@api.get("/openapi.json")
def openapi() -> Response:
    """This interface, described."""
    return Response(_description(), mimetype="application/json")


@cache
def _description() -> str:
    text = Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")
    return text.replace('"version": "0"', f'"version": "{service.version()}"')
