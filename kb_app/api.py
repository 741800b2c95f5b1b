"""The programming interface: unpack what was asked, call, pack the answer as JSON."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, json

from kb_app import parameters, service
from kb_app.visitor import generation, leased, running
from search_index import Lang

api = Blueprint("api", __name__)
api.before_request(parameters.check_encoding)


@api.get("/api/v1/search")
def search() -> Response:
    """Pages that fit the words, best first."""
    return _json(generation().answers.search(parameters.query(), **asdict(parameters.filters())))


@api.get("/api/v1/answer")
def answer() -> Response:
    """Passages that answer the question, verbatim; or the reason why there are none."""
    lang = parameters.choice("lang", Lang)
    return _json(generation().answers.answer(parameters.query(), lang=lang))


@api.get("/api/v1/suggest")
def suggest() -> Response:
    """What the words typed so far may become."""
    text = parameters.query(required=False)
    lang = parameters.choice("lang", Lang)
    limit = parameters.number("limit", default=8, least=1, most=parameters.MAX_LIMIT)
    found = generation().answers.suggest(text, lang=lang, limit=limit) if text.strip() else ()
    return _json({"suggestions": found})


@api.get("/healthz")
def health() -> Response:
    """Whether the service can do its work, for whoever watches over it."""
    found = leased()
    database = service.data_state(running().settings)
    fine = found is not None and database == "ok"
    body = {
        "status": "ok" if fine else "unavailable",
        "version": service.version(),
        "index": service.index_facts(found) if found else None,
        "database": database,
    }
    response = _json(body, status=200 if fine else 503)
    if not fine:
        response.headers["Retry-After"] = "30"
    return response


@api.get("/metrics")
def metrics() -> Response:
    """Counts for Prometheus."""
    found = leased()
    gauges = {"lanewise_passages": float(found.answers.passages if found else 0)}
    text = running().metrics.render(gauges)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


@api.get("/openapi.json")
def openapi() -> Response:
    """This interface, described."""
    return Response(_description(), mimetype="application/json")


@cache
def _description() -> str:
    text = Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")
    return text.replace('"version": "0"', f'"version": "{service.version()}"')


def _json(value: Any, status: int = 200) -> Response:
    text = json.dumps(service.plain(value), ensure_ascii=False, sort_keys=False)
    response = Response(text + "\n", status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
