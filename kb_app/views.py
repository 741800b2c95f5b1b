"""The pages that are made per request, in the shell of the built site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, render_template, request
from markupsafe import escape
from werkzeug.wrappers import Response as AnyResponse

from kb_app import parameters
from kb_app.generation import BARE_SHELL, CONTENT_MARK, TITLE_MARK
from kb_app.translations import mark, say
from kb_app.visitor import generation, language, leased, note_search, preferred_language, wants_part
from search_index import Answer, Evidence, Found, Kind, Lang

KINDS: Mapping[str, str] = {
    Kind.PROBLEM: mark("Problem"),
    Kind.CASE: mark("Case"),
    Kind.GUIDE: mark("Duty guide"),
    Kind.SESSION: mark("Training session"),
    Kind.PLAN: mark("Work plan"),
    Kind.ABOUT: mark("About"),
    Kind.PAGE: mark("Page"),
}
EVIDENCE: Mapping[str, str] = {
    Evidence.SEVERAL: mark("worked in several places"),
    Evidence.MEASURED: mark("worked, measured"),
    Evidence.ONCE: mark("worked once"),
    Evidence.UNTESTED: mark("untested"),
    Evidence.FAILED: mark("did not work"),
}
ROLES: Mapping[str, str] = {
    "look": mark("Look"),
    "do": mark("Do"),
    "who": mark("Who"),
    "basis": mark("Basis"),
    "dont": mark("Do not"),
    "lesson": mark("Lesson"),
}

views = Blueprint("views", __name__, template_folder="templates")


@views.get("/")
def root() -> AnyResponse:
    """To the reader's language."""
    response = redirect(f"/{preferred_language()}/")
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Cache-Control"] = "no-cache"
    return response


@views.get("/r/<code>", defaults={"part": ""})
@views.get("/r/<code>/<any(here):part>")
def short(code: str, part: str) -> AnyResponse:
    """The short address of a training room, or of signing in to it, to be typed from the screen."""
    asked = request.query_string.decode("ascii")
    there = f"/{preferred_language()}/room/{quote(code, safe='')}"
    response = redirect(there + (part and f"/{part}") + (asked and f"?{asked}"))
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Cache-Control"] = "no-cache"
    return response


@views.get("/<any(zh, en):lang>/search", strict_slashes=False)
def search(lang: str) -> Response:
    """The page of results; it needs no script."""
    parameters.check_encoding()
    text, wanted = parameters.query(required=False), parameters.filters()
    found: Found | None = None
    answer: Answer | None = None
    if text.strip():
        answers = generation().answers
        found = answers.search(text, **asdict(replace(wanted, lang=Lang(lang))))
        if wanted.offset == 0:
            note_search(found)
            answer = answers.answer(text, lang=Lang(lang), literal=wanted.literal)
    title = say(Lang(lang), "Search: {words}", words=text) if found else say(Lang(lang), "Search")
    body = render("search.html", text=text, found=found, answer=answer, wanted=wanted, again=_again)
    return page(title, body)


def _again(**changes: object) -> str:
    """The address of this search with something changed, from the first result on."""
    kept = {name: value for name, value in request.args.items() if name != "offset"}
    asked = {name: value for name, value in {**kept, **changes}.items() if value is not None}
    return f"{request.path}?{urlencode(asked)}"


def trouble(message: str, status: int) -> Response:
    """The page that says what went wrong, with a way on."""
    return page(message, render("trouble.html", message=message, status=status), status=status)


def render(template: str, **values: object) -> str:
    """A part of a page, in the reader's language."""
    lang = language()
    found = leased()
    return render_template(
        template,
        _=lambda message, **named: say(lang, message, **named),
        lang=lang,
        topic_name=lambda topic: found.name(topic, lang) if found else topic,
        kinds=KINDS,
        evidence=EVIDENCE,
        roles=ROLES,
        **values,
    )


def page(title: str, body: str, status: int = 200, *, part: str = "") -> Response:
    """A whole page: the shell of the site, with this title and body.

    A page of the desk, of asking or of the weekly questions says so by its `part`, and gets that
    part's style and program.
    """
    found = leased()
    lang = language()
    shell = found.shells[f"{lang}-{part}" if part else lang] if found else BARE_SHELL
    if status < 400:  # noqa: PLR2004 - what went wrong has no twin
        shell = _linked_to_twin(shell, lang)
    named = say(lang, "{title} · Lanewise", title=title)
    # The body is put in last, so that what it quotes is never taken for a place in the shell.
    head, _, rest = shell.replace(TITLE_MARK, str(escape(named))).partition(CONTENT_MARK)
    response = Response(head + body + rest, status, mimetype="text/html")
    response.headers["Content-Language"] = lang
    response.headers["Cache-Control"] = "no-cache"
    return response


def page_or_middle(title: str, body: str, status: int = 200) -> Response:
    """A page of a training room, or only its middle where its own program asks for that."""
    if wants_part():
        return Response(body, status, mimetype="text/html")
    return page(title, body, status, part="room")


def _linked_to_twin(shell: str, lang: Lang) -> str:
    """The shell with its link to the other language leading to this page in that language."""
    asked = request.query_string.decode("ascii")
    there = request.path.replace(f"/{lang}/", f"/{lang.other}/", 1) + (asked and f"?{asked}")
    link = 'href="{}" hreflang'
    return shell.replace(link.format(f"/{lang.other}/"), link.format(escape(there)), 1)
