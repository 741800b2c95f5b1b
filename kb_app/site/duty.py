"""The pages about the work: duty guides, training sessions, work plans, and plain ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb_app.site import checks, pieces
from kb_app.site.dates import from_to
from kb_app.site.edition import Edition, href
from kb_app.site.html import Html, tag
from kb_app.site.staged import Part, of_sections, placed
from search_index import AgendaKind, Guide, Kind, Page, PartialDate, Plan, Session


def guide_parts(edition: Edition, page: Page, guide: Guide) -> tuple[Part, ...]:
    """Everything on the page of a duty guide."""
    issue = edition.word("guide_version", version=guide.version) if guide.version else None
    return _assembled(
        edition,
        replace(page, sections=checks.asked(page.sections)),
        about=(edition.term(guide.role) if guide.role else None, issue),
        aloud=guide.read_aloud,
        first=(
            _shares(edition, guide),
            checks.routine(edition, page, guide),
            _steps(edition, guide),
        ),
        last=(pieces.laws(edition, guide.basis), pieces.quiz(edition, page.url, guide.quiz)),
    )


def session_parts(edition: Edition, page: Page, session: Session) -> tuple[Part, ...]:
    """Everything on the page of a trainer's session."""
    length = edition.counted("n_minutes", session.minutes) if session.minutes else None
    return _assembled(
        edition,
        page,
        about=(length, session.audience),
        first=(
            Part(pieces.room_link(edition, page, "hold_session")),
            _objectives(edition, session),
            _agenda(edition, page, session),
        ),
        last=(
            pieces.quiz(edition, page.url, session.quiz),
            _board(edition, session),
            _handouts(edition, page, session),
        ),
    )


def plan_parts(edition: Edition, page: Page, plan: Plan) -> tuple[Part, ...]:
    """Everything on the page of a work plan."""
    return _assembled(edition, page, first=(_tasks(edition, plan),))


def plain_parts(edition: Edition, page: Page) -> tuple[Part, ...]:
    """Everything on a page that is only text."""
    return _assembled(edition, page)


def _assembled(  # noqa: PLR0913 - named values, most of them left out
    edition: Edition,
    page: Page,
    *,
    about: Iterable[str | None] = (),
    aloud: bool = False,
    first: Iterable[Part | None] = (),
    last: Iterable[Part | None] = (),
) -> tuple[Part, ...]:
    """Head, what the build makes of the fields, what the author wrote, and what it rests on."""
    parts = _sections(page)
    lead = next((part.anchor for part in parts if part.heading), "")
    for made in first:
        if made is not None:
            parts = placed(parts, made, before=(lead,))
    for made in (*last, pieces.sources(edition, page.sources)):
        if made is not None:
            parts = placed(parts, made)
    crumbs = [] if page.kind is Kind.PAGE else [pieces.crumb(edition, page.kind)]
    meta = [fact for fact in about if fact]
    top = (
        pieces.head(edition, page, crumbs, lesson=page.kind is not Kind.PAGE),
        pieces.dotted(*meta, class_="kb-meta") if meta else None,
        pieces.checked(edition, page),
        _aloud(edition) if aloud else None,
        pieces.jumps(edition, parts),
    )
    return (*(Part(piece) for piece in top if piece), *parts)


def _aloud(edition: Edition) -> Html:
    """The way to the large view, which a script opens; without one the page itself is read."""
    button = tag("button", edition.word("aloud"), type="button", class_="kb-button")
    return tag("p", button, class_="kb-aloud kb-needs-script")


def _sections(page: Page) -> list[Part]:
    """What the author wrote; the first heading of a plain page is its title already."""
    parts = of_sections(page.sections)
    if page.kind is Kind.PAGE and page.sections and page.sections[0].heading == page.title:
        parts[0] = Part(parts[0].markdown)
    return parts


def _shares(edition: Edition, guide: Guide) -> Part | None:
    rows = (
        (
            share.duty,
            edition.term(share.lead),
            edition.listed(share.support),
            share.not_ours or "",
        )
        for share in guide.shares
    )
    made = table(edition, ("duty", "lead", "support", "not_ours"), rows)
    return Part(made, "shares", edition.word("shares")) if guide.shares else None


def table(
    edition: Edition, names: Sequence[str], rows: Iterable[Sequence[str]], class_: str = ""
) -> Html:
    """A table that becomes cards on a phone."""
    heads = [edition.word(name) for name in names]
    body = (
        tag(
            "tr",
            *(tag("td", cell, data_label=name) for name, cell in zip(heads, row, strict=True)),
        )
        for row in rows
    )
    columns = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in heads)))
    return tag(
        "div",
        tag("table", columns, tag("tbody", *body)),
        class_=f"kb-table kb-table--cards {class_}".rstrip(),
    )


def _steps(edition: Edition, guide: Guide) -> Part | None:
    if not guide.steps:
        return None
    steps = tag("ol", *(tag("li", step) for step in guide.steps), class_="kb-steps")
    return Part(steps, "steps", edition.word("steps"))


def _objectives(edition: Edition, session: Session) -> Part | None:
    if not session.objectives:
        return None
    aims = (
        tag(
            "li",
            aim.text,
            " ",
            tag(
                "a",
                edition.word("objective_shown", n=aim.quiz),
                href=f"#quiz-{aim.quiz}",
                class_="kb-shown",
            ),
        )
        for aim in session.objectives
    )
    return Part(tag("ul", *aims, class_="kb-aims"), "objectives", edition.word("objectives"))


def _agenda(edition: Edition, page: Page, session: Session) -> Part | None:
    rows, minute = [], 0
    for item in session.agenda:
        until = minute + item.minutes
        kind = edition.word(f"agenda_{AgendaKind(item.kind)}")
        rows.append(
            (
                tag("span", f"{minute}–{until}", class_="kb-minutes"),
                tag("span", kind, class_=f"kb-part kb-part--{item.kind}"),
                _material(edition, page, item.ref),
                item.prompt or "",
            )
        )
        minute = until
    made = table(edition, ("at_minute", "part", "material", "prompt"), rows, "kb-table--agenda")
    return Part(made, "agenda", edition.word("agenda")) if rows else None


def _material(edition: Edition, page: Page, ref: str | None) -> str:
    there = edition.built.get(ref or "")
    return tag("a", there.title, href=href(page.url, there.url)) if there else ""


def _board(edition: Edition, session: Session) -> Part | None:
    if not session.board:
        return None
    return Part(pieces.bullets(session.board, "kb-board"), "board", edition.word("board"))


def _handouts(edition: Edition, page: Page, session: Session) -> Part | None:
    found = edition.known(session.handouts)
    if not found:
        return None
    text = pieces.rows(edition, page.url, found, kinds=True)
    return Part(text, "handouts", edition.word("handouts"))


def _tasks(edition: Edition, plan: Plan) -> Part | None:
    """The tasks in the order in which they begin, a table a quarter."""
    quarters = sorted({_quarter(task.start) for task in plan.tasks})
    if not quarters:
        return None
    text = "\n\n".join(_in_quarter(edition, plan, quarter) for quarter in quarters)
    return Part(text, "tasks", edition.word("tasks"))


def _quarter(when: PartialDate) -> tuple[int, int]:
    return when.year, ((when.month or 1) + 2) // 3


def _in_quarter(edition: Edition, plan: Plan, quarter: tuple[int, int]) -> str:
    year, n = quarter
    mine = (task for task in plan.tasks if _quarter(task.start) == quarter)
    rows = (
        (
            task.task,
            edition.listed((task.owner_role, *task.support)),
            from_to(task.start, task.end, edition.lang),
            task.measure,
        )
        for task in sorted(mine, key=lambda task: (task.start, task.end))
    )
    title = edition.word("quarter", year=year, n=n)
    made = table(edition, ("task", "owner_role", "due", "task_measure"), rows, "kb-table--plan")
    return Part(made, f"q{n}-{year}", title, 3).text()
