"""What readers send: questions and what becomes of them, feedback, pages opened, answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, request, url_for

from kb_app import parameters
from kb_app.blank import MOST_CONTACT, MOST_TEXT
from kb_app.feedback import MOST_NOTE, Said, Verdict
from kb_app.personal import findings
from kb_app.questions import (
    Asked,
    Receipt,
    Record,
    Settled,
    Step,
    Told,
    UnknownPageError,
    UnknownQuestionError,
)
from kb_app.questions import by_whom as who_took
from kb_app.questions.clocks import china_day
from kb_app.room import Asking
from kb_app.searches import normalised
from kb_app.translations import mark, say
from kb_app.visitor import (
    BadRequestError,
    generation,
    json_response,
    language,
    running,
    visit,
    visitor,
    writer,
)
from kb_app.weekly import After, KeptChoice
from search_index import MAX_LENGTH, Alarm, Lang, PageHit, Suggestion

MOST_ID = 200
SIMILAR = 5
# An answer that names one of so many pages found first is thought to be near.
CLOSE = 2
# What only the desk needs to know.
INTERNAL = frozenset({Step.CLASSIFIED})
_TOLD = ("links", "into", "to", "reason", "link", "years_unknown")

asking = Blueprint("asking", __name__)
asking.before_request(parameters.check_encoding)


@dataclass(frozen=True, slots=True)
class Near:
    """What there is to look at before a question is sent; none of it keeps anybody from sending."""

    similar: tuple[PageHit, ...] = ()
    answered: tuple[Published, ...] = ()
    personal: tuple[str, ...] = ()
    emergency: Alarm | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What the office answered to a question like this: pages that are published, and its words."""

    pages: tuple[Suggestion, ...]
    text: str | None
    day: date


@asking.post("/api/v1/questions")
def ask() -> Response:
    """Take in a question, give it a number and a check code, and show what comes near to it."""
    sent, key = parameters.body(), parameters.key()
    lang = parameters.one_of(sent, "lang", Lang)
    words = parameters.needed(parameters.text(sent, "text", most=MOST_TEXT), "text")
    contact = parameters.text(sent, "contact", most=MOST_CONTACT)
    query = parameters.text(sent, "query", most=MAX_LENGTH)
    receipt = take_in(words, lang, key, contact=contact, query=query)
    found = generation().answers.search(words[:MAX_LENGTH], lang=lang, limit=SIMILAR)
    answer = {
        "number": receipt.number,
        "code": receipt.code,
        "status_url": url_for(
            "asker.question", number=receipt.number, code=receipt.code, lang=lang
        ),
        "similar": found.hits,
        "emergency": generation().answers.alarm(words, lang),
    }
    return json_response(answer, 201)


def take_in(
    words: str, lang: Lang, key: str, *, contact: str | None = None, query: str | None = None
) -> Receipt:
    """Give a question its number. Raises TooManyError, KeyReusedError."""
    danger = generation().answers.alarm(words, lang) is not None
    count_writing()
    asked = Asked(words, lang.value, contact=contact, query=query, danger=danger)
    return running().kept.questions.ask(asked, key)


def register_raised(asking: Asking, words: str) -> Receipt:
    """Give a question that was noted down in a training room its number.

    The same question again gets the same number. Raises TooManyError, KeyReusedError.
    """
    receipt = take_in(words, Lang(asking.lang), f"raised {asking.key}")
    running().kept.raised.numbered(asking.room, asking.id, receipt.number)
    return receipt


@asking.post("/api/v1/similar")
def similar() -> Response:
    """What comes near to a question that is being written: nothing of it is kept."""
    sent = parameters.body()
    lang = parameters.one_of(sent, "lang", Lang)
    words = parameters.text(sent, "text", most=MOST_TEXT)
    found = near(words or "", lang)
    told = [say(lang, each) for each in found.personal]
    return json_response(replace(found, personal=tuple(told)))


def near(words: str, lang: Lang) -> Near:
    """Pages and answered questions like some words, and what to heed before sending them."""
    if not words.strip():
        return Near()
    answers = generation().answers
    found = answers.search(words[:MAX_LENGTH], lang=lang, limit=SIMILAR)
    close = {hit.id for hit in found.hits[:CLOSE]} if found.answered else frozenset[str]()
    like = running().kept.questions.answered_like(words, lang=lang, near=close)
    published = (as_published(each, lang) for each in like)
    return Near(
        similar=found.hits,
        answered=tuple(each for each in published if each.pages),
        personal=findings(words),
        emergency=answers.alarm(words, lang),
    )


def as_published(answer: Settled, lang: Lang) -> Published:
    """An answer with those of its pages that are published."""
    found = (generation().answers.page(page, lang=lang) for page in answer.links)
    return Published(
        tuple(page for page in found if page is not None),
        answer.text,
        china_day(answer.answered_at),
    )


@asking.get("/api/v1/questions/<int(max=999999999):number>")
def status(number: int) -> Response:
    """What has become of a question, for whoever has its check code."""
    return json_response(_shown(let_in(number, request.args.get("code", ""))))


def let_in(number: int, code: str) -> Record:
    """A question, for whoever has its check code; raises UnknownQuestionError, TooManyError."""
    running().wrong_codes.check(writer())
    visitor()
    try:
        return running().kept.questions.status(number, code)
    except UnknownQuestionError:
        running().wrong_codes.take(writer())
        raise


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
    count_writing()
    kept = running().kept
    kept.feedback.take(said, key, china_day(kept.questions.now()))
    return json_response({"received": True}, 201)


@asking.post("/api/v1/weekly")
def weekly() -> Response:
    """Count an answer to one of the week's questions; nothing is kept of whoever gave it."""
    sent, key = parameters.body(), parameters.key()
    named = parameters.needed(parameters.text(sent, "item", most=MOST_ID), "item")
    item = generation().item(named)
    if item is None:
        raise BadRequestError(mark("There is no such question; perhaps it has changed."))
    choice = parameters.whole(sent, "choice", least=1, most=len(item.options))
    said = KeptChoice(item.id, choice, parameters.one_of(sent, "after", After))
    count_writing()
    kept = running().kept
    kept.totals.take(said, key, china_day(kept.questions.now()))
    return json_response({"received": True}, 201)


@asking.post("/api/v1/opened")
def opened() -> Response:
    """Take note that a page was opened from the results of a search."""
    sent = parameters.body()
    page = parameters.needed(parameters.text(sent, "page", most=MOST_ID), "page")
    _need_page(page)
    words = parameters.needed(parameters.text(sent, "query", most=MAX_LENGTH), "query")
    count_writing()
    kept = running().kept
    kept.searches.note_opened(
        visit(),
        normalised(words),
        china_day(kept.questions.now()),
        problem=next(iter(generation().answers.problems(page)), None),
    )
    return Response(status=204)


def count_writing() -> None:
    """Count that somebody writes. Raises TooManyError."""
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
        "events": [_event(told) for told in record.story if told.event.kind not in INTERNAL],
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
