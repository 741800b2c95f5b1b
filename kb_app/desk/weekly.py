"""What the week's questions came to, for trainers: sums by question, never by person."""

from __future__ import annotations

from flask import Response, url_for

from kb_app.asking_pages import code_picture
from kb_app.desk.common import desk, show
from kb_app.periods import week_of
from kb_app.questions.clocks import china_day
from kb_app.translations import mark, say
from kb_app.visitor import generation, language, running
from kb_app.weekly.tally import FEW, tallies


@desk.get("/weekly")
def weekly() -> Response:
    """How often each option was chosen, and the address to hand out."""
    kept, items = running().kept, generation().banks[language()].items
    choices = kept.totals.by_item()
    week = week_of(china_day(kept.questions.now())).start
    path = url_for("weekly.five", lang=language())
    address = f"{running().settings.address.rstrip('/')}{path}"
    return show(
        say(language(), mark("Five questions a week: totals")),
        "weekly",
        tallies=tallies(items, choices, week),
        gone=len(choices.keys() - items.keys()),
        few=FEW,
        address=address,
        picture=code_picture(address),
    )
