"""A question at the desk: what is known of it, and the steps that may be taken now."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from kb_app import trail
from kb_app.desk.common import (
    MOST_LINE,
    MOST_WORDS,
    account_names,
    desk,
    number,
    page_id,
    said,
    show,
    to,
)
from kb_app.door import account
from kb_app.questions import (
    Answering,
    IllegalMoveError,
    QuestionError,
    Questions,
    Record,
    StaleMoveError,
    Step,
    Who,
    allowed,
    by_whom,
)
from kb_app.translations import mark, say
from kb_app.visitor import generation, language, running
from search_index import MAX_LENGTH, Lang, PageHit

FOUND = 6
_Typed = Mapping[str, str]


@desk.get("/questions/<int(max=999999999):number>")
def question(number: int) -> Response:
    """Everything about a question."""
    return _page(number)


@desk.post("/questions/<int(max=999999999):at>/<any(opened, classified, assigned, note, answered,"
           " merged, referred, reopened, redacted):step>")  # fmt: skip
def move(at: int, step: str) -> AnyResponse:
    """Take a step; where it cannot be taken, what was typed is shown again, with the reason."""
    if "look" in request.form:
        return _page(at, step=step)
    try:
        _MOVES[Step(step)](running().kept.questions, at, account().id, number("seen"))
    except QuestionError as error:
        stale = isinstance(error, StaleMoveError)
        hint = mark("What you typed is still in its field.") if stale else ""
        refused = " ".join(filter(None, [error.said(language()), say(language(), hint)]))
        return _page(at, step=step, refused=refused if hint else error.said(language()))
    return to("question", number=at)


@desk.post("/questions/<int(max=999999999):number>/contact")
def contact(number: int) -> Response:
    """How to reach the asker, while the question is open; every look is kept in the trail."""
    kept = running().kept
    record = kept.questions.record(number)
    if record.life.is_settled or not record.has_contact:
        refused = mark("There is no contact to show: it can be seen only while a question is open.")
        return _page(number, refused=say(language(), refused))
    with kept.database.writing() as session:
        trail.note(
            session, kept.questions.now(), account().id, "contact-seen", f"question:{number}"
        )
    return _page(number, contact=kept.questions.contact(number) or "")


def _page(at: int, *, step: str = "", refused: str = "", contact: str | None = None) -> Response:
    questions = running().kept.questions
    record = questions.record(at)
    typed: MultiDict[str, str] = request.form if step else MultiDict()
    return show(
        say(language(), mark("Question {number}"), number=at),
        "question",
        409 if refused else 200,
        record=record,
        life=record.life,
        words=record.story[0].text,
        steps={each.value for each in allowed(record.life, Who.ACCOUNT)},
        waiting=next((w for w in questions.inbox() if w.life.number == at), None),
        who=account_names(),
        by_whom=by_whom,
        accounts=[each for each in running().kept.accounts.list() if each.disabled_at is None],
        topics=_topics(),
        pages=_pages(record, typed if step == Step.ANSWERED else MultiDict()),
        alike=_alike(record, typed.get("find_question", "")),
        drafts=running().kept.drafts.for_question(at),
        titles=_titles(record),
        typed=lambda its, name: typed.get(name, "") if its == step else "",
        step=step,
        refused=refused,
        contact=contact,
    )


def _topics() -> list[tuple[str, str]]:
    names = generation().names
    return sorted(((topic, name[language()]) for topic, name in names.items()), key=lambda t: t[1])


def _titles(record: Record) -> dict[str, tuple[str, str]]:
    """Title and address of the pages that the answers name, so far as they are published."""
    found = {}
    for page in record.life.links:
        known = generation().answers.page(page, lang=language())
        found[page] = (known.text, known.url) if known else (page, "")
    return found


def _pages(record: Record, typed: MultiDict[str, str]) -> list[tuple[str, str, str, bool]]:
    """Pages to answer with: those chosen, those found by the words typed or by the question."""
    chosen = typed.getlist("links")
    words = typed.get("find_page", "").strip() or (record.story[0].text or "")
    hits: tuple[PageHit, ...] = ()
    if words.strip():
        lang = Lang(record.life.lang)
        hits = generation().answers.search(words[:MAX_LENGTH], lang=lang, limit=FOUND).hits
    rows = {hit.id: (hit.id, hit.title, hit.url, hit.id in chosen) for hit in hits}
    for page in chosen:
        known = generation().answers.page(page, lang=language())
        rows.setdefault(
            page, (page, known.text if known else page, known.url if known else "", True)
        )
    return sorted(rows.values(), key=lambda row: not row[3])


def _alike(record: Record, words: str) -> tuple[tuple[int, str], ...]:
    found = words.strip() or (record.story[0].text or "")
    return running().kept.questions.alike(found, but=record.life.number) if found else ()


def _open(questions: Questions, at: int, actor: int, seen: int) -> None:
    questions.open(at, actor=actor, seen=seen)


def _classify(questions: Questions, at: int, actor: int, seen: int) -> None:
    topic = said("problem")
    if topic and topic not in generation().names:
        raise IllegalMoveError(mark("There is no such problem type."))
    questions.classify(at, topic or None, actor=actor, seen=seen)


def _assign(questions: Questions, at: int, actor: int, seen: int) -> None:
    given = number("account")
    if given not in account_names():
        raise IllegalMoveError(mark("Say who takes it."))
    questions.assign(at, given, actor=actor, seen=seen)


def _note(questions: Questions, at: int, actor: int, seen: int) -> None:
    questions.note(at, said("text", MOST_WORDS), actor=actor, seen=seen)


def _answer(questions: Questions, at: int, actor: int, seen: int) -> None:
    links = [page_id(each) for each in request.form.getlist("links")]
    links += [page_id(each) for each in said("more").split()]
    answering = Answering(links[:20], said("text", MOST_WORDS))
    questions.answer(at, answering, actor=actor, seen=seen, has_page=_has_page)


def _has_page(page: str) -> bool:
    return generation().answers.page(page, lang=language()) is not None


def _merge(questions: Questions, at: int, actor: int, seen: int) -> None:
    into = number("into_other") or number("into")
    if not into:
        raise IllegalMoveError(mark("Say which question it is merged into."))
    questions.merge(at, into, actor=actor, seen=seen, text=said("text", MOST_WORDS))


def _refer(questions: Questions, at: int, actor: int, seen: int) -> None:
    questions.refer(at, said("to", MOST_LINE), said("text", MOST_WORDS), actor=actor, seen=seen)


def _reopen(questions: Questions, at: int, actor: int, seen: int) -> None:
    questions.reopen(at, said("text", MOST_WORDS), actor=actor, seen=seen)


def _redact(questions: Questions, at: int, actor: int, seen: int) -> None:
    place = number("position") or 1
    questions.redact(at, said("reason", MOST_LINE), actor=actor, seen=seen, position=place)


_MOVES: Mapping[Step, Callable[[Questions, int, int, int], None]] = {
    Step.OPENED: _open,
    Step.CLASSIFIED: _classify,
    Step.ASSIGNED: _assign,
    Step.NOTE: _note,
    Step.ANSWERED: _answer,
    Step.MERGED: _merge,
    Step.REFERRED: _refer,
    Step.REOPENED: _reopen,
    Step.REDACTED: _redact,
}
