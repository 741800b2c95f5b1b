"""The form for level four: counts from lanes with and without a session, or nothing at all."""

from __future__ import annotations

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app.desk.common import desk, number, show, tell, to
from kb_app.desk.levels import lanes
from kb_app.door import account
from kb_app.phone.common import day_typed, typed
from kb_app.plots import drawn, key
from kb_app.plots import rows as drawn_in_rows
from kb_app.room import Compared, Effect, RoomError, Side, Span, UnfitError
from kb_app.room.comparisons import MOST_WORDS
from kb_app.room.evaluation import comparison_sentences
from kb_app.translations import mark, say
from kb_app.visitor import generation, language, running


@desk.route("/sessions/<slug>/results", methods=["GET", "POST"])
def results(slug: str) -> AnyResponse:
    """What was counted where; what was refused is shown again, with the reason."""
    refused = ""
    if request.method == "POST":
        try:
            running().kept.comparisons.add(slug, _filled(), actor=account().id)
            tell(mark("Kept."))
            return to("results", slug=slug)
        except RoomError as error:
            refused = error.said(language())
    return _page(slug, refused)


@desk.post("/sessions/<slug>/results/<int(max=999999999):comparison>/remove")
def remove_result(slug: str, comparison: int) -> AnyResponse:
    """Take away what was entered by mistake."""
    running().kept.comparisons.remove(slug, comparison, actor=account().id)
    return to("results", slug=slug)


def _page(slug: str, refused: str) -> Response:
    lang, comparisons = language(), running().kept.comparisons
    title = generation().answers.page(slug, lang=lang)
    if title is None:
        abort(404)
    found = comparisons.of_page(slug)
    return show(
        say(lang, mark("Results: {title}"), title=title.text),
        "results",
        409 if refused else 200,
        slug=slug,
        held=comparisons.held(slug),
        found=[(each, tuple(comparison_sentences(each, lang)), lanes(each, lang))
               for each in found],
        typed=typed,
        draw={"drawn": drawn, "rows": drawn_in_rows},
        key=key,
        refused=refused,
        most_words=MOST_WORDS,
    )  # fmt: skip


def _filled() -> Compared:
    """The form; a number that is none never fits. Raises UnfitError."""
    trained, other = (
        Side(number(f"{side}lanes"), _count(f"{side}before"), _count(f"{side}after"))
        for side in ("", "other_")
    )
    effect = Effect(_span("before"), _span("after"), trained, other)
    return Compared(typed("what"), typed("method"), effect)


def _span(part: str) -> Span:
    start, end = day_typed(f"{part}_from"), day_typed(f"{part}_to")
    if start is None or end is None:
        raise UnfitError(mark("Please choose all four days."))
    return Span(start, end)


def _count(name: str) -> int:
    """A whole number; -1, which is refused, where none was typed."""
    said = typed(name)
    return number(name) if said.isascii() and said.isdigit() else -1
