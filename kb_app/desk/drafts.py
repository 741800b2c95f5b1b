"""Writing a page at the desk: prefilled, checked as one types, looked at by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app import personal, service
from kb_app.accounts import Role
from kb_app.desk import sheet as sheets
from kb_app.desk.common import (
    MOST_PAGE,
    MOST_WORDS,
    account_names,
    address,
    comma,
    desk,
    number,
    page_id,
    said,
    show,
    tell,
    to,
)
from kb_app.desk.inbox import find_item
from kb_app.desk.rows import Move, moved, read_move
from kb_app.desk.sheet import KINDS, Sheet
from kb_app.door import account
from kb_app.drafts import DraftError, New, TakenError, Written
from kb_app.findings import in_words
from kb_app.inbox import How
from kb_app.naming import name_of
from kb_app.publisher import RefusedDraftError, checked, final
from kb_app.questions import Answering, QuestionError, Step, Who, allowed
from kb_app.translations import mark, say
from kb_app.visitor import BadRequestError, generation, json_response, language, running
from search_index import (
    Finding,
    Form,
    Kind,
    Lang,
    Reading,
    form_of,
    is_slug,
    marked_translated,
    text_of,
    to_translate,
)

# No number of a question or a draft is longer.
MOST_DIGITS = 9
_TITLES: Mapping[Kind, str] = {
    Kind.CASE: mark("Write a case"),
    Kind.PROBLEM: mark("Write a problem page"),
    Kind.SESSION: mark("Write a session"),
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of a sheet: what the rules find, how it will look, why it was refused."""

    findings: tuple[Finding, ...] | None = None
    preview: str = ""
    refused: str = ""


@desk.route("/drafts/new", methods=["GET", "POST"])
def begin() -> AnyResponse:
    """Begin a page: from a question, a gap, an existing page, or from nothing."""
    sent = request.form if request.method == "POST" else request.args
    _refuse_trainer(sent.get("question") or sent.get("subject"))
    if request.method == "GET":
        return _show(_own_kind(_begun()))
    return _act(_own_kind(_posted(None)))


@desk.route("/drafts/<int(max=999999999):at>", methods=["GET", "POST"])
def draft(at: int) -> AnyResponse:
    """Go on with a page."""
    written = running().kept.drafts.get(at)
    if written is None:
        abort(404)
    _own_kind(_sheet(written))
    if request.method == "GET":
        return _show(_shown(written))
    return _act(_posted(written))


@desk.post("/drafts/<int(max=999999999):at>/review")
def review(at: int) -> AnyResponse:
    """Publish a draft, or give it back with a reason."""
    written = running().kept.drafts.get(at)
    if written is None:
        abort(404)
    try:
        if said("act") == "return":
            _give_back(written)
        else:
            _publish(written)
    except RefusedDraftError as error:
        return _show(_sheet(written), _Said(error.findings, refused=error.said(language())))
    except DraftError as error:
        return _show(_sheet(written), _Said(refused=error.said(language())))
    return to("draft", at=at)


@desk.post("/check")
def check() -> Response:
    """What the rules say of a text, for the script that checks while somebody types."""
    sheet = _own_kind(_posted(None))
    found = _findings(sheet)
    rows = [{"line": f.line, "message": in_words(f.message, language())} for f in found]
    return json_response({"findings": rows, "private": _private(sheet.text)})


# Who may write what ------------------------------------------------------------------------------


def _is_editor() -> bool:
    return account().role.includes(Role.EDITOR)


def _refuse_trainer(what: object) -> None:
    """Trainers write sessions and nothing else."""
    if what and not _is_editor():
        abort(403)


def _own_kind(sheet: Sheet) -> Sheet:
    _refuse_trainer(sheet.kind is not Kind.SESSION)
    return sheet


# Beginning ---------------------------------------------------------------------------------------


def _begun() -> Sheet:
    asked = request.args
    if asked.get("page"):
        return _of_page(page_id(asked["page"]), _lang(asked.get("lang")), asked.get("alias", ""))
    if asked.get("of"):
        return _translation(asked["of"])
    kind = _kind(asked.get("kind"))
    at = asked.get("question", "")
    if _is_number(at):
        return _of_question(kind, int(at))
    subject = asked.get("subject", "")
    return _of_gap(kind, subject) if subject else _empty(kind, _lang(asked.get("lang")))


def _is_number(text: str) -> bool:
    """Whether it can be a number of ours."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _kind(word: str | None) -> Kind:
    if word in set(KINDS):
        return Kind(word)
    return Kind.CASE if _is_editor() else Kind.SESSION


def _lang(word: str | None) -> Lang:
    return Lang(word) if word in set(Lang) else Lang.ZH


def _empty(kind: Kind, lang: Lang) -> Sheet:
    """Nothing is filled in, so that no example is ever published."""
    blank = text_of(Form({"status": "draft"}), kind, lang)
    return Sheet(kind, lang, "", blank, in_fields=True)


def _of_question(kind: Kind, at: int) -> Sheet:
    """What was asked, never how to reach whoever asked it."""
    record = running().kept.questions.record(at)
    first = record.story[0]
    lang = Lang(record.life.lang)
    topics = [record.life.problem] if record.life.problem else []
    facts = {
        "problems": sheets.yaml_of("problems", topics, lang),
        "aliases": sheets.yaml_of("aliases", [first.query] if first.query else [], lang),
    }
    words = first.text or ""
    text = sheets.prefilled(kind, lang, title=words, words=words, facts=facts)
    slug = (record.life.problem or "") if kind is Kind.PROBLEM else name_of(sheets.short(words))
    return Sheet(kind, lang, slug, text, question=at)


def _of_gap(kind: Kind, subject: str) -> Sheet:
    item = find_item(subject)
    if item is None:
        abort(404)
    lang = Lang(item.lang)
    names = sheets.yaml_of("aliases", [item.title, *item.also][:6], lang)
    text = sheets.prefilled(kind, lang, title=item.title, words="", facts={"aliases": names})
    return Sheet(kind, lang, name_of(item.title), text, subject=subject)


def _of_page(page: str, lang: Lang, alias: str) -> Sheet:
    """A page of the library as it stands in its file."""
    found = generation().answers.page(page, lang=lang)
    if found is None or found.kind not in KINDS or not is_slug(page):
        raise BadRequestError(
            mark("Only cases, problem pages and sessions are written at the desk.")
        )
    path = running().settings.content_dir / lang / found.kind.folder / f"{page}.md"
    if not path.is_file():
        abort(404)
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    subject = request.args.get("subject", "")
    sheet = Sheet(found.kind, lang, page, text, given=True, subject=subject)
    return _named(sheet, alias) if alias else sheet


def _named(sheet: Sheet, alias: str) -> Sheet:
    """The sheet with one more name of what it is about."""
    form = sheet.form
    if form is None:
        return sheet
    names = form.fields.get("aliases")
    aliases = [*(names if isinstance(names, list) else []), alias]
    more = Form({**form.fields, "aliases": aliases}, form.parts)
    return replace(sheet, text=text_of(more, sheet.kind, sheet.lang))


def _translation(of: str) -> Sheet:
    """An English draft with what there is to translate, from a Chinese draft."""
    written = running().kept.drafts.get(int(of)) if _is_number(of) else None
    if written is None or written.lang is not Lang.ZH:
        abort(404)
    form = form_of(written.text, written.kind, written.lang)
    text = "---\ntitle:\n---\n"
    if form is not None:
        text = text_of(to_translate(form, written.kind), written.kind, Lang.EN)
    return Sheet(written.kind, Lang.EN, written.slug, text, given=True)


def _sheet(written: Written) -> Sheet:
    return Sheet(
        written.kind,
        written.lang,
        written.slug,
        written.text,
        draft=written,
        question=written.question,
        given=True,
    )


def _shown(written: Written) -> Sheet:
    """A draft as it is opened: a session in fields, where its rows can be moved."""
    sheet = _sheet(written)
    return sheets.shown_in_fields(sheet) if sheet.kind is Kind.SESSION else sheet


# Writing -----------------------------------------------------------------------------------------


def _posted(written: Written | None) -> Sheet:
    """What was typed; a draft that is kept keeps its name and kind."""
    if written is None:
        lang, kind = _lang(said("lang")), _kind(said("kind"))
        sheet = Sheet(
            kind,
            lang,
            said("slug"),
            _text(),
            question=number("question") or None,
            subject=said("subject"),
            given=bool(said("given")),
        )
    else:
        sheet = replace(_sheet(written), text=_text())
    if said("view") == "fields":
        sheet = replace(sheet, in_fields=True, text=sheets.in_text(request.form, sheet))
    return sheet


def _text() -> str:
    """The text of the page, which ends with its last line as files do."""
    words = said("text", MOST_PAGE)
    return f"{words}\n" if words else ""


def _act(sheet: Sheet) -> AnyResponse:
    act = said("act")
    if act in {"save", "ready"}:
        return _kept(sheet, ready=act == "ready")
    if act == "fields":
        shown = sheets.shown_in_fields(sheet)
        refused = mark("This text cannot be shown in fields yet; mend it here first.")
        return _show(shown, _Said(refused="" if shown.in_fields else say(language(), refused)))
    if act == "text":
        return _show(replace(sheet, in_fields=False))
    move = read_move(act)
    if move is not None and sheet.in_fields and move.name in sheet.rows:
        return _moved(sheet, sheets.place_of(request.form, move, sheet))
    return _show(sheet, _looked_at(sheet, preview=act == "preview"))


def _moved(sheet: Sheet, move: Move) -> AnyResponse:
    """Move a row; where the session is kept, in its translation too, for rows pair by place."""
    form = sheet.form
    after = sheet
    if form is not None:
        after = replace(sheet, text=text_of(moved(form, move), sheet.kind, sheet.lang))
    if sheet.draft is None:
        return _show(after)
    changes = [(sheet.draft.id, after.text, number("seen"))]
    twin = _twin_draft(sheet)
    # A translation that is published is changed where it stands; the check asks for it.
    goes_along = twin and sheet.lang is Lang.ZH and twin.published_at is None
    there = form_of(twin.text, twin.kind, twin.lang) if twin and goes_along else None
    if twin and there and twin.kind is sheet.kind:
        text = text_of(moved(there, move), twin.kind, twin.lang)
        changes += [(twin.id, text, twin.version)] if text != twin.text else []
    try:
        running().kept.drafts.save_all(changes, author=account().id)
    except DraftError as error:
        return _show(sheet, _Said(refused=error.said(language())))
    return redirect(f"{address('draft', at=sheet.draft.id)}#kb-{move.name}", 303)


def _looked_at(sheet: Sheet, *, preview: bool) -> _Said:
    reading = _checked(sheet)
    if not preview:
        return _Said(reading.findings)
    page = reading.library.pages.get((sheet.lang, sheet.slug or "unnamed"))
    harmful = any("not allowed" in finding.message for finding in reading.findings)
    if page is None or harmful:
        refused = mark("It cannot be shown before this is mended.")
        return _Said(reading.findings, refused=say(language(), refused))
    return _Said(reading.findings, preview=service.preview(reading.library, page))


def _checked(sheet: Sheet) -> Reading:
    """What the rules say of a sheet, beside the draft of its other language if there is one."""
    settings, twin = running().settings, _twin_draft(sheet)
    if twin is None or twin.kind is not sheet.kind or twin.published_at is not None:
        return checked(settings, sheet.path, sheet.text)
    if sheet.lang is Lang.EN:
        found = checked(settings, sheet.path, sheet.text, source=twin.text)
        own = PurePosixPath(sheet.path)
        return found._replace(findings=tuple(f for f in found.findings if f.path == own))
    if sheet.kind is not Kind.SESSION:
        return checked(settings, sheet.path, sheet.text)
    place, source = PurePosixPath(twin.path), final(settings, sheet.path, sheet.text)
    english = marked_translated(settings.content_dir, place, twin.text, source)
    return checked(settings, sheet.path, sheet.text, translation=english)


def _findings(sheet: Sheet) -> tuple[Finding, ...]:
    return _checked(sheet).findings


def _private(text: str) -> list[str]:
    return [say(language(), each) for each in personal.findings(text)]


def _kept(sheet: Sheet, *, ready: bool) -> AnyResponse:
    """Keep a version; hand it in where its author says that it is ready and the rules agree."""
    try:
        written = _saved(sheet)
        findings = _findings(_sheet(written)) if ready else ()
        if ready and not _own(findings, written):
            running().kept.drafts.hand_in(written.id, account=account().id, seen=written.version)
    except TakenError as error:
        return _show(sheet, _Said(refused=error.said(language())), taken=error.draft)
    except DraftError as error:
        return _show(sheet, _Said(refused=error.said(language())))
    if ready and _own(findings, written):
        refused = mark("It is kept, but cannot be handed in before this is mended.")
        return _show(_sheet(written), _Said(findings, refused=say(language(), refused)))
    tell(mark("Handed in.") if ready else mark("Kept as a draft."))
    return to("draft", at=written.id)


def _own(findings: tuple[Finding, ...], written: Written) -> list[Finding]:
    """The findings of the page itself, not of its other language."""
    return [each for each in findings if each.path == PurePosixPath(written.path)]


def _saved(sheet: Sheet) -> Written:
    kept = running().kept
    me = account().id
    if sheet.draft is not None:
        return kept.drafts.save(sheet.draft.id, sheet.text, author=me, seen=number("seen"))
    check_name(sheet)
    if sheet.question:
        kept.questions.record(sheet.question)
    new = New(sheet.slug, sheet.kind, sheet.lang, sheet.text, sheet.question)
    written = kept.drafts.begin(new, author=me)
    item = find_item(sheet.subject) if sheet.subject else None
    if item is not None:
        kept.inbox.close(item, How.WRITE, me, page=sheet.slug)
    return written


def check_name(sheet: Sheet) -> None:
    """Raise DraftError unless a new page can have that name."""
    if not is_slug(sheet.slug):
        raise DraftError(
            mark("A name in the address is small Latin letters, digits and hyphens: shed-first.")
        )
    taken = sorted(running().settings.content_dir.glob(f"*/**/{sheet.slug}.md"))
    own = [path for path in taken if path.parent.name == sheet.kind.folder]
    if len(own) < len(taken) or (own and not sheet.given):
        raise DraftError(mark("There is a page {slug} already."), slug=sheet.slug)


# Publishing --------------------------------------------------------------------------------------


def _give_back(written: Written) -> None:
    running().kept.drafts.give_back(
        written.id, said("remark", MOST_WORDS), account=account().id, seen=number("seen")
    )
    tell(mark("Given back to its author."))


def _publish(written: Written) -> None:
    if number("seen") != written.version:
        raise DraftError(mark("Somebody else has changed this draft; please look at it again."))
    author = account_names().get(written.author, "desk")
    done = running().publisher.publish(
        written, account=account().id, author=author, still_says=bool(said("still_says"))
    )
    tell(mark("Published. Site and search take it up as soon as they are built."))
    if done.question and said("answer"):
        _answer(done)


def _answer(written: Written) -> None:
    """Answer the question with the page that was written for it."""
    questions = running().kept.questions
    at = written.question or 0
    try:
        life = questions.record(at).life
        if Step.ANSWERED in allowed(life, Who.ACCOUNT) and written.slug not in life.links:
            text = say(Lang(life.lang), mark("We have written a page about this."))
            answering = Answering([written.slug], text)
            actor = account().id
            questions.answer(at, answering, actor=actor, seen=life.position, has_page=bool)
            tell(mark("Question {number} is answered with it."), number=at)
    except QuestionError as error:
        tell(error.said(language()))


def _show(sheet: Sheet, said_of_it: _Said | None = None, *, taken: int = 0) -> Response:
    found = said_of_it or _Said()
    in_fields = sheet.in_fields and sheet.form is not None
    return show(
        say(language(), _TITLES[sheet.kind]),
        "draft",
        409 if found.refused else 200,
        sheet=sheet,
        draft=sheet.draft,
        in_fields=in_fields,
        inputs=sheets.inputs(sheet, _topics()) if in_fields else [],
        parts=sheets.parts(sheet) if in_fields else [],
        findings=found.findings,
        preview=found.preview,
        in_words=lambda message: in_words(message, language()),
        refused=found.refused,
        private=_private(sheet.text),
        comma=comma(language()),
        taken=taken,
        who=account_names(),
        second_look=running().settings.second_look,
        has_twin=_has_twin(sheet),
        twin_draft=_twin_draft(sheet),
        topics=generation().names,
    )


def _has_twin(sheet: Sheet) -> bool:
    """Whether a page in English stands beside the one that is being written."""
    folder = running().settings.content_dir / Lang.EN / sheet.kind.folder
    return sheet.lang is Lang.ZH and sheet.given and (folder / f"{sheet.slug}.md").is_file()


def _twin_draft(sheet: Sheet) -> Written | None:
    if not sheet.given or not sheet.slug:
        return None
    return running().kept.drafts.find(sheet.slug, sheet.lang.other)


def _topics() -> tuple[tuple[str, str], ...]:
    """The ids of the problem types with their names."""
    names = generation().names
    return tuple((topic, name[language()]) for topic, name in names.items())
