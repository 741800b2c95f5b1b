"""The chief's pages: raising a question, its number and code, and what has become of it."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import segno
from babel.dates import format_date
from flask import Response, flash, get_flashed_messages, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb_app.asking import (
    INTERNAL,
    Near,
    Published,
    as_published,
    count_writing,
    let_in,
    near,
    take_in,
)
from kb_app.blank import MOST_CONTACT, MOST_TEXT, TITLE, form_values
from kb_app.people_pages import pages_for_people
from kb_app.questions import (
    KeyReusedError,
    Life,
    QuestionError,
    Questions,
    Record,
    StaleMoveError,
    State,
    Step,
    UnknownPageError,
    UnknownQuestionError,
    Who,
    allowed,
    by_whom,
)
from kb_app.questions.clocks import CHINA, CONTACT_DAYS, REOPEN_DAYS, SILENT_DAYS
from kb_app.translations import listed, mark, say
from kb_app.views import page, render
from kb_app.visitor import generation, language, running
from search_index import MAX_LENGTH, Lang

# What a state means for whoever asked.
STATES: Mapping[State, str] = {
    State.RECEIVED: mark("The office has it; nobody has replied yet."),
    State.OPEN: mark("The office has it; there is no answer yet."),
    State.ASSIGNED: mark("Somebody in the office is working on it."),
    State.ANSWERED: mark("There is an answer. Did it help?"),
    State.REOPENED: mark("It is open again; there is no new answer yet."),
    State.CONFIRMED: mark("Settled: it has been answered."),
    State.SELF_RESOLVED: mark("Settled: you said that you no longer need an answer."),
    State.MERGED: mark("Settled: it asks the same as question {into}, and goes on there."),
    State.REFERRED: mark("Settled: {to} takes it over."),
}
# What happened, in the story of a question; what is not here is called by what the asker did.
STEPS: Mapping[Step, str] = {
    Step.RECEIVED: mark("You asked"),
    Step.OPENED: mark("The office has taken note"),
    Step.ASSIGNED: mark("Given to somebody in the office"),
    Step.NOTE: mark("The office wrote to you"),
    Step.ADDED: mark("You added"),
    Step.ANSWERED: mark("The office answered"),
    Step.CONFIRMED: mark("You said that it helped"),
    Step.CONFIRMED_BY_SILENCE: mark("Counted as settled, since nothing more was said"),
    Step.SELF_RESOLVED: mark("You no longer needed an answer"),
    Step.MERGED: mark("Joined to question {into}, which asks the same"),
    Step.REFERRED: mark("Referred to {to}"),
    Step.REOPENED: mark("Opened again"),
    Step.REDACTED: mark("Words were removed"),
    Step.CONTACT_PURGED: mark("The contact was deleted"),
}
DONE: Mapping[Step, str] = {
    Step.OPENED: mark("Noted: the office goes on with it."),
    Step.ADDED: mark("Your words have been added."),
    Step.CONFIRMED: mark("Thank you. It is settled."),
    Step.SELF_RESOLVED: mark("Good. It is settled."),
    Step.REOPENED: mark("It is open again, and the office has new dates."),
}
_MOST = {"text": MOST_TEXT, "contact": MOST_CONTACT}
_KEY = re.compile(r"[!-~]{1,200}")
_NUMBER = re.compile(r"[0-9]{1,9}")

asker = pages_for_people("asker", __name__, "")


# Asking ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as it stands in the form."""

    text: str = ""
    contact: str = ""
    query: str = ""
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def mistakes(self) -> dict[str, str]:
        """What keeps it from being sent, by the field that it is about.

        >>> Draft("飞线").mistakes, Draft(" ").mistakes
        ({}, {'text': 'Please say it in a few words.'})
        """
        found = {}
        if not self.text.strip():
            found["text"] = mark("Please say it in a few words.")
        elif len(self.text) > MOST_TEXT:
            found["text"] = mark("Please use at most {most} characters.")
        if len(self.contact) > MOST_CONTACT:
            found["contact"] = mark("Please use at most {most} characters.")
        return found


@asker.get("/ask", strict_slashes=False)
def ask() -> Response:
    """The form; words that were searched in vain come along."""
    words = request.args.get("q", "").replace("\0", "")[:MAX_LENGTH].strip()
    return _form(Draft(text=words, query=words), near(words, language()))


@asker.post("/ask", strict_slashes=False)
def send() -> AnyResponse:
    """Show at first what comes near to a question, and then take it in."""
    draft = Draft(
        _typed("text"), _typed("contact"), _typed("query")[:MAX_LENGTH], _key() or Draft().key
    )
    found = near(draft.text[:MOST_TEXT], language())
    if "send" not in request.form or draft.mistakes:
        return _form(draft, found, tried=True)
    contact, query = draft.contact or None, draft.query or None
    try:
        receipt = take_in(draft.text, language(), draft.key, contact=contact, query=query)
    except KeyReusedError:
        anew = mark("You sent a question from this form before. To ask this one too, send it now.")
        return _form(replace(draft, key=Draft().key), found, tried=True, refused=anew)
    return redirect(_address("received", receipt.number, receipt.code), 303)


def _typed(name: str) -> str:
    """What was typed into a field, its lines ended as everywhere."""
    said = request.form.get(name, "").replace("\0", "")
    return said.replace("\r\n", "\n").replace("\r", "\n").strip()


def _key() -> str | None:
    """The key by which a form that is sent twice counts once."""
    said = request.form.get("key", "")
    return said if _KEY.fullmatch(said) else None


def _form(draft: Draft, found: Near, *, tried: bool = False, refused: str = "") -> Response:
    mistakes = draft.mistakes if tried else {}
    status = 400 if mistakes else 409 if refused else 200
    return _show(
        say(language(), TITLE),
        "form",
        status,
        draft=draft,
        near=found,
        sorts=listed(language(), found.personal),
        mistakes={name: say(language(), why, most=_MOST[name]) for name, why in mistakes.items()},
        looked=tried and not mistakes,
        refused=refused,
        **form_values(language()),
    )


# Number and code ---------------------------------------------------------------------------------


@asker.get("/questions/<int(max=999999999):number>/received")
def received(number: int) -> AnyResponse:
    """Number and check code, to be kept, and what happens next."""
    code = request.args.get("code", "")
    try:
        record = let_in(number, code)
    except UnknownQuestionError as error:
        return _door(str(number), error.said(language()))
    words = record.story[0].text or ""
    return _show(
        say(language(), mark("Question {number} has been received"), number=number),
        "received",
        life=record.life,
        code=_spelled(code),
        words=words,
        address=_address("question", number, code),
        picture=picture_of(_address("question", number, code)),
        alarm=generation().answers.alarm(words, Lang(record.life.lang)),
        silent_days=SILENT_DAYS,
        reopen_days=REOPEN_DAYS,
        near=near(words, Lang(record.life.lang)),
    )


@asker.get("/questions")
def questions() -> Response:
    """Where a number and its code are typed in."""
    return _door()


@asker.post("/questions")
def find() -> AnyResponse:
    """To the question that a number and a code belong to."""
    number, code = _typed("number").lstrip("#＃"), _typed("code")
    try:
        if not _NUMBER.fullmatch(number):
            let_in(0, code)
        let_in(int(number), code)
    except UnknownQuestionError as error:
        return _door(number, error.said(language()))
    return redirect(_address("question", int(number), _spelled(code)), 303)


def _door(number: str = "", refused: str = "") -> Response:
    title = say(language(), mark("What has become of my question?"))
    return _show(title, "door", 404 if refused else 200, number=number[:9], refused=refused)


def _spelled(code: str) -> str:
    """A check code as it is given out."""
    return "".join(code.split()).replace("-", "").upper()


def _address(view: str, number: int, code: str) -> str:
    return url_for(f"asker.{view}", lang=language(), number=number, code=code)


def picture_of(path: str) -> str | None:
    """A QR code of an address of this service as a picture; None where no phone could follow it."""
    root = running().settings.site_url or request.url_root
    return code_picture(f"{root.rstrip('/')}{path}")


def code_picture(address: str) -> str | None:
    """A QR code as the address of a picture; None for an address that leads to its own machine.

    >>> code_picture("http://127.0.0.1/zh/"), code_picture("https://kb.example/zh/")[:19]
    (None, 'data:image/svg+xml;')
    """
    host = urlsplit(address).hostname or ""
    try:
        parsed = ipaddress.ip_address(host)
        here = parsed.is_loopback or parsed.is_unspecified
    except ValueError:
        here = host in {"", "localhost"}
    return None if here else segno.make_qr(address, error="m").svg_data_uri(light="#fff", scale=6)


# What has become of it ---------------------------------------------------------------------------


@asker.get("/questions/<int(max=999999999):number>")
def question(number: int) -> Response:
    """What has become of a question, for whoever has its check code."""
    code = request.args.get("code", "")
    if not code.strip():
        return _door(str(number))
    try:
        return _status(let_in(number, code), code)
    except UnknownQuestionError as error:
        return _door(str(number), error.said(language()))


@asker.post(
    "/questions/<int(max=999999999):number>"
    "/<any(opened, added, confirmed, 'self-resolved', reopened):step>"
)
def move(number: int, step: str) -> AnyResponse:
    """Take a step; where it cannot be taken, what was typed is shown again, with the reason."""
    code, taken = _typed("code"), Step(step)
    try:
        let_in(number, code)
    except UnknownQuestionError as error:
        return _door(str(number), error.said(language()))
    count_writing()
    try:
        _MOVES[taken](running().kept.questions, number, code, _seen())
    except QuestionError as error:
        return _status(let_in(number, code), code, step=step, refused=_why_not(error))
    flash(say(language(), DONE[taken]))
    return redirect(_address("question", number, _spelled(code)), 303)


def _seen() -> int:
    said = request.form.get("seen", "")
    return int(said) if _NUMBER.fullmatch(said) else 0


def _why_not(error: QuestionError) -> str:
    if isinstance(error, StaleMoveError):
        return say(
            language(),
            mark(
                "Something has happened to this question since you opened the page; please look"
                " below. What you typed is still there."
            ),
        )
    return error.said(language())


def _words() -> str:
    """What was typed, as far as there is room; the field itself takes no more."""
    return _typed("text")[:MOST_TEXT]


def _resolve(all_questions: Questions, number: int, code: str, seen: int) -> Life:
    link = _typed("link") or None
    if link and generation().answers.page(link, lang=language()) is None:
        raise UnknownPageError(link)
    return all_questions.resolve_myself(number, code, seen=seen, link=link)


_MOVES: Mapping[Step, Callable[[Questions, int, str, int], Life]] = {
    Step.OPENED: lambda q, number, code, seen: q.open_as_asker(number, code, seen=seen),
    Step.ADDED: lambda q, number, code, seen: q.add(number, code, _words(), seen=seen),
    Step.CONFIRMED: lambda q, number, code, seen: q.confirm(number, code, seen=seen),
    Step.SELF_RESOLVED: _resolve,
    Step.REOPENED: lambda q, number, code, seen: q.reopen_as_asker(
        number, code, _words(), seen=seen
    ),
}


def _status(record: Record, code: str, *, step: str = "", refused: str = "") -> Response:
    life = record.life
    words = record.story[0].text or ""
    received_only = life.state is State.RECEIVED
    return _show(
        say(language(), mark("Question {number}"), number=life.number),
        "question",
        409 if refused else 200,
        life=life,
        code=code,
        words=words,
        state=say(language(), STATES[life.state], into=life.merged_into, to=life.referred_to),
        story=[each for each in record.story[1:] if each.event.kind not in INTERNAL],
        steps={each.value for each in allowed(life, Who.ASKER)},
        alarm=generation().answers.alarm(words, Lang(life.lang)) if life.danger else None,
        near=near(words, Lang(life.lang)) if received_only else Near(),
        joined=_joined(life),
        helper=_helper(life),
        pages={each: generation().answers.page(each, lang=language()) for each in _pages(record)},
        unknown_years=_unknown_years(record),
        has_contact=record.has_contact,
        contact_days=CONTACT_DAYS,
        by_whom=by_whom,
        messages=get_flashed_messages(),
        typed=request.form.get("text", "") if step else "",
        step=step,
        refused=refused,
        most_text=MOST_TEXT,
        names=STEPS,
    )


def _pages(record: Record) -> set[str]:
    """Every page that the story names."""
    named = set(record.life.links)
    named.update(each.event.data["link"] for each in record.story if each.event.data.get("link"))
    return named


def _joined(life: Life) -> Published | None:
    """What was answered where the question goes on, if others may read it."""
    if life.merged_into is None:
        return None
    answer = running().kept.questions.published(life.merged_into)
    return as_published(answer, language()) if answer else None


def _helper(life: Life) -> str:
    """What whoever works on it is; never who."""
    if life.assigned_to is None or life.state is not State.ASSIGNED:
        return ""
    found = running().kept.accounts.get(life.assigned_to)
    return found.role.value if found else ""


def _unknown_years(record: Record) -> tuple[int, ...]:
    """Years of the promised days whose holidays were not known yet."""
    dues = [each.event.data for each in record.story if each.event.data.get("echo_due")]
    return tuple(dues[-1].get("years_unknown", ())) if dues else ()


def _show(title: str, template: str, status: int = 200, **values: Any) -> Response:
    body = render(
        f"asking/{template}.html",
        **{"title": title, "day": full_day, "clock": _clock, "comma": _comma()} | values,
    )
    return page(title, body, status=status, part="asking")


def _comma() -> str:
    return "、" if language() is Lang.ZH else ", "


def full_day(moment: date | datetime) -> str:
    """A day in the reader's language, as it is in China."""
    there = moment.astimezone(CHINA).date() if isinstance(moment, datetime) else moment
    return format_date(there, "full", locale="zh_CN" if language() is Lang.ZH else "en_GB")


def _clock(moment: datetime) -> str:
    """Day and time in China, where everybody is."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
