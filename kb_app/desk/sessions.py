"""Building a session at the desk: chosen, looked at, and kept as drafts in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, abort, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from kb_app import service
from kb_app.desk.common import account_names, desk, number, said, show, tell, to
from kb_app.desk.drafts import check_name
from kb_app.desk.sheet import CHOICES, Sheet
from kb_app.door import account
from kb_app.drafts import DraftError, New, TakenError
from kb_app.session import (
    AUDIENCES,
    Built,
    UnknownSessionError,
    Wish,
    WishError,
    build,
    level,
    offered,
    points,
    write_pack,
    zipped,
)
from kb_app.translations import mark, say
from kb_app.visitor import language, running
from search_index import Kind, Lang, Library, Page, evidence

MOST_CHOSEN = 30
MOST_ID = 80
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A page that can be chosen, with what speaks for it."""

    id: str
    title: str
    evidence: str
    points: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown below the form: the session as it would be, or why there can be none."""

    built: Built | None = None
    refused: tuple[str, ...] = ()
    taken: int = 0


@desk.route("/sessions/new", methods=["GET", "POST"])
def build_session() -> AnyResponse:
    """Choose problems, cases and guides; see the agenda; keep it as drafts."""
    library = service.check(running().settings).library
    wish = _wish()
    act = said("act") if request.method == "POST" else ""
    if act not in {"preview", "save"}:
        return _page(library, wish, _Shown())
    try:
        built = build(library, wish, datetime.now(UTC).date())
    except WishError as error:
        reasons = tuple(fault.said(language()) for fault in error.faults)
        return _page(library, wish, _Shown(refused=reasons))
    if act == "preview":
        return _page(library, wish, _Shown(built))
    return _kept(library, wish, built)


@desk.get("/sessions/<slug>/pack.zip")
def pack(slug: str) -> AnyResponse:
    """Slides and sheets of a session as one file for a memory stick; takes some seconds."""
    lang = language()
    name = f"{slug}-{lang}"
    library = service.check(running().settings).library
    with TemporaryDirectory() as aside:
        try:
            written = write_pack(library, slug, lang, Path(aside, "pack"))
        except UnknownSessionError:
            abort(404)
        made = BytesIO(zipped(written, Path(aside, f"{name}.zip")).read_bytes())
    return send_file(made, "application/zip", as_attachment=True, download_name=f"{name}.zip")


def _wish() -> Wish:
    """What was chosen and typed; a link may name pages to begin with."""
    return Wish(
        problems=_ids("problem"),
        cases=_ids("case"),
        guides=_ids("guide"),
        minutes=number("minutes") if request.method == "POST" else MINUTES,
        audience=" ".join(said("audience").split()),
        lang=language(),
        title=" ".join(said("title").split()),
    )


def _ids(name: str) -> tuple[str, ...]:
    """Ids as they were sent; one that is none is named in the refusal."""
    form = request.form if request.method == "POST" else request.args
    sent = (value.strip()[:MOST_ID] for value in form.getlist(name)[:MOST_CHOSEN])
    return tuple(dict.fromkeys(value for value in sent if value and "\0" not in value))


def _kept(library: Library, wish: Wish, built: Built) -> AnyResponse:
    """Keep both drafts, or say why not with everything that was chosen."""
    slug = said("slug").strip() or _name(wish)
    try:
        check_name(Sheet(Kind.SESSION, Lang.ZH, slug, ""))
        both = (New(slug, Kind.SESSION, lang, built.texts[lang]) for lang in Lang)
        written = running().kept.drafts.begin_all(both, author=account().id)
    except TakenError as error:
        why = _Shown(built, (error.said(language()),), error.draft)
        return _page(library, wish, why)
    except DraftError as error:
        return _page(library, wish, _Shown(built, (error.said(language()),)))
    tell(mark("Kept as drafts in both languages. Put what is said in your own words now."))
    return to("draft", at=next(each.id for each in written if each.lang is language()))


def _name(wish: Wish) -> str:
    """A name for the address that is not taken."""
    first = next(iter((*wish.problems, *wish.cases, *wish.guides)), "new")
    names = [f"session-{first}", *(f"session-{first}-{n}" for n in range(2, 100))]
    return next((name for name in names if _is_free(name)), names[-1])


def _is_free(name: str) -> bool:
    there = running().settings.content_dir.glob(f"*/**/{name}.md")
    drafts = running().kept.drafts
    return not any(there) and not any(drafts.find(name, lang) for lang in Lang)


# The page ----------------------------------------------------------------------------------------


def _page(library: Library, wish: Wish, shown: _Shown) -> Response:
    topics = set(wish.problems)
    cases = _offers(library, topics, Kind.CASE, wish.cases)
    guides = _offers(library, topics, Kind.GUIDE, wish.guides)
    drafts = [each for each in running().kept.drafts.waiting() if each.kind is Kind.SESSION]
    return show(
        say(language(), mark("Build a session")),
        "session-new",
        409 if shown.refused else 200,
        wish=wish,
        groups=[(group.name(language()), group.topics) for group in library.groups],
        cases=cases,
        guides=guides,
        built=shown.built,
        refused=shown.refused,
        taken=shown.taken,
        audiences=[pair[0 if language() is Lang.ZH else 1] for pair in AUDIENCES],
        slug=said("slug").strip() or (_name(wish) if shown.built else ""),
        choice_names=CHOICES,
        title_of=lambda slug: _title(library, slug),
        drafts=drafts,
        who=account_names(),
    )


def _offers(
    library: Library, topics: set[str], kind: Kind, chosen: Iterable[str]
) -> tuple[Offer, ...]:
    """The pages about the chosen problems, and those chosen already whatever they are about."""
    pages = {page.id: page for page in offered(library, topics, kind)}
    for slug in chosen:
        page = library.page(slug, Lang.ZH)
        if page and page.kind is kind:
            pages.setdefault(slug, page)
    return tuple(_offer(library, page) for page in pages.values())


def _offer(library: Library, page: Page) -> Offer:
    proof = evidence(page, library)
    words = level(language(), proof.level) if proof else ""
    return Offer(page.id, _title(library, page.id), words, points(page))


def _title(library: Library, slug: str) -> str:
    page = library.page(slug, language())
    return page.title if page else slug
