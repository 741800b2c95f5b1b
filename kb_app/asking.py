"""What readers send: questions and what becomes of them, feedback, pages opened."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for

from kb_app import parameters
from kb_app.feedback import MOST_NOTE, Said, Verdict
from kb_app.questions import Asked, Record, Step, Told, UnknownPageError, UnknownQuestionError
from kb_app.questions import by_whom as who_took
from kb_app.questions.clocks import china_day
from kb_app.searches import normalised
from kb_app.visitor import generation, json_response, language, running, visit, visitor, writer
from search_index import MAX_LENGTH, Lang

MOST_TEXT = 2000
MOST_CONTACT = 100
MOST_ID = 200
SIMILAR = 5
# What only the desk needs to know.
_INTERNAL = frozenset({Step.CLASSIFIED})
_TOLD = ("links", "into", "to", "reason", "link", "years_unknown")

asking = Blueprint("asking", __name__)
asking.before_request(parameters.check_encoding)


@asking.post("/api/v1/questions")
def ask() -> Response:
    """Take in a question, give it a number and a check code, and show what comes near to it."""
    sent, key = parameters.body(), parameters.key()
    lang = parameters.one_of(sent, "lang", Lang)
    words = parameters.needed(parameters.text(sent, "text", most=MOST_TEXT), "text")
    alarm = generation().answers.alarm(words, lang)
    asked = Asked(
        text=words,
        lang=lang.value,
        contact=parameters.text(sent, "contact", most=MOST_CONTACT),
        query=parameters.text(sent, "query", most=MAX_LENGTH),
        danger=alarm is not None,
    )
    _count_writing()
    receipt = running().kept.questions.ask(asked, key)
    found = generation().answers.search(words[:MAX_LENGTH], lang=lang, limit=SIMILAR)
    answer = {
        "number": receipt.number,
        "code": receipt.code,
        "status_url": url_for("asking.status", number=receipt.number, code=receipt.code, lang=lang),
        "similar": found.hits,
        "emergency": alarm,
    }
    return json_response(answer, 201)


@asking.get("/api/v1/questions/<int(max=999999999):number>")
def status(number: int) -> Response:
    """What has become of a question, for whoever has its check code."""
    running().wrong_codes.check(writer())
    visitor()
    try:
        record = running().kept.questions.status(number, request.args.get("code", ""))
    except UnknownQuestionError:
        running().wrong_codes.take(writer())
        raise
    return json_response(_shown(record))


@asking.post("/api/v1/feedback")
def feedback() -> Response:
    """Take in what a reader says of a page."""
    sent, key = parameters.body(), parameters.key()
    said = Said(
        page=parameters.needed(parameters.text(sent, "page", most=MOST_ID), "page"),
        lang=parameters.one_of(sent, "lang", Lang).value,
        verdict=parameters.one_of(sent, "verdict", Verdict),
        query=parameters.text(sent, "query", most=MAX_LENGTH),
        note=parameters.text(sent, "note", most=MOST_NOTE),
    )
    _need_page(said.page)
    _count_writing()
    kept = running().kept
    kept.feedback.take(said, key, china_day(kept.questions.now()))
    return json_response({"received": True}, 201)


@asking.post("/api/v1/opened")
def opened() -> Response:
    """Take note that a page was opened from the results of a search."""
    sent = parameters.body()
    page = parameters.needed(parameters.text(sent, "page", most=MOST_ID), "page")
    _need_page(page)
    words = parameters.needed(parameters.text(sent, "query", most=MAX_LENGTH), "query")
    _count_writing()
    kept = running().kept
    kept.searches.note_opened(
        visit(),
        normalised(words),
        china_day(kept.questions.now()),
        problem=next(iter(generation().answers.problems(page)), None),
    )
    return Response(status=204)


def _count_writing() -> None:
    running().writes.take(writer())
    visitor()


def _need_page(page: str) -> None:
    if generation().answers.page(page, lang=language()) is None:
        raise UnknownPageError(page)


def _shown(record: Record) -> dict[str, Any]:
    """A question as its asker may see it: nothing of who works on it."""
    life = record.life
    return {
        "number": life.number,
        "state": life.state,
        "settled": life.is_settled,
        "danger": life.danger,
        "lang": life.lang,
        "position": life.position,
        "received_at": life.received_at,
        "echo_due": life.echo_due,
        "settled_due": life.settled_due,
        "echoed_at": life.echoed_at,
        "settled_at": life.settled_at,
        "confirmed_by": life.confirmed_by,
        "confirms_at": life.confirms_at,
        "merged_into": life.merged_into,
        "referred_to": life.referred_to,
        "links": [_page(page, Lang(life.lang)) for page in life.links],
        "events": [_event(told) for told in record.story if told.event.kind not in _INTERNAL],
    }


def _page(page: str, lang: Lang) -> dict[str, Any]:
    found = generation().answers.page(page, lang=lang)
    return {"id": page, "title": found.text if found else None, "url": found.url if found else None}


def _event(told: Told) -> dict[str, Any]:
    event = told.event
    return {
        "position": event.position,
        "kind": event.kind,
        "at": event.at,
        "by": who_took(event),
        "text": told.text,
        "redacted_at": told.redacted_at,
        **{name: event.data[name] for name in _TOLD if event.data.get(name)},
    }
