"""The pages of figures: plots of the last weeks, and the summary of a month with its lists."""

from __future__ import annotations

from io import BytesIO

from flask import Response, abort, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from kb_app.desk.common import desk, show
from kb_app.listings import Names, rows
from kb_app.monthly import Summary, summary
from kb_app.paper import NAMES, Listing, paper, title_of
from kb_app.periods import Period, month, month_name, month_of, months_before
from kb_app.plots import drawn, key
from kb_app.plots import rows as drawn_in_rows
from kb_app.questions.clocks import china_day
from kb_app.translations import mark, say
from kb_app.trends import MONTHS, confirmed, gaps_by_group, questions_by_week, rising, trends
from kb_app.visitor import generation, language, running

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_LISTINGS = ", ".join(f'"{each}"' for each in Listing)


@desk.get("/figures")
def overview() -> Response:
    """Plots of the last weeks and months, each with its numbers in a table."""
    lang = language()
    found = trends(running().kept)
    shown = (
        questions_by_week(found, lang),
        rising(found, _topic, lang),
        gaps_by_group(found, generation().catalogue, lang),
        confirmed(found, lang),
    )
    months = (month_of(found.today), *months_before(month_of(found.today), MONTHS - 1))
    return show(
        say(lang, mark("Figures")),
        "figures",
        shown=shown,
        draw={"drawn": drawn, "rows": drawn_in_rows},
        key=key,
        months=[(month_name(each), title_of(each, lang)) for each in months],
    )


@desk.get("/reports/<name>")
def report(name: str) -> Response:
    """The summary of a month."""
    found = _summary(name)
    made = paper(found, language(), _topic)
    return show(made.title, "report", paper=made, name=name, base="")


@desk.get("/reports/<name>/summary.docx")
def document(name: str) -> AnyResponse:
    """The same for Word, with links to the lists here."""
    from kb_app.office import write_docx  # slow to import

    made = paper(_summary(name), language(), _topic)
    file = BytesIO()
    write_docx(made, running().settings.address, file)
    file.seek(0)
    return send_file(file, DOCX, as_attachment=True, download_name=f"lanewise-{name}.docx")


@desk.get(f"/reports/<name>/<any({_LISTINGS}):listing>")
def listing(name: str, listing: str) -> Response:
    """What exactly a number of the summary counts."""
    lang, wanted = language(), Listing(listing)
    found = _summary(name)
    names = Names(_topic, _page)
    listed = rows(found, wanted, request.args.get("only", ""), lang, names)
    return show(
        say(lang, NAMES[wanted]),
        "listing",
        rows=listed,
        total=sum(row.count for row in listed),
        of=title_of(found.period, lang),
        name=name,
    )


def _summary(name: str) -> Summary:
    return summary(running().kept, generation().catalogue, _month(name))


def _month(name: str) -> Period:
    """A month that has begun; there is nothing at the address of any other."""
    try:
        found = month(name)
    except ValueError:
        abort(404)
    if found.start > china_day(running().kept.questions.now()):
        abort(404)
    return found


def _topic(topic: str) -> str:
    return generation().name(topic, language())


def _page(page_id: str) -> tuple[str, str] | None:
    found = generation().answers.page(page_id, lang=language())
    return (found.text, found.url) if found else None
