"""Who may use which address: the one table of routes, methods and roles."""

from __future__ import annotations

from collections.abc import Mapping

from kb_app.accounts import Role

ANYBODY = None
_READ = {"GET": ANYBODY}
_SEND = {"POST": ANYBODY}
_TRAINERS_READ = {"GET": Role.TRAINER}
_TRAINERS_SEND = {"POST": Role.TRAINER}
_EDITORS_READ = {"GET": Role.EDITOR}
_EDITORS_SEND = {"POST": Role.EDITOR}

# Every route of the service stands here, by the name of its view. What does not stand here is
# nobody's: a new route without a line is closed, and a test says that the line is missing.
PERMISSIONS: Mapping[str, Mapping[str, Role | None]] = {
    "views.root": _READ,
    "views.short": _READ,
    "views.search": _READ,
    "api.search": _READ,
    "api.answer": _READ,
    "api.suggest": _READ,
    "api.room": _READ,
    "api.health": _READ,
    "api.metrics": _READ,
    "api.openapi": _READ,
    "asking.ask": _SEND,
    "asking.status": _READ,
    "asking.similar": _SEND,
    "asking.feedback": _SEND,
    "asking.opened": _SEND,
    "asking.weekly": _SEND,
    "weekly.five": _READ,
    "weekly.send": _SEND,
    "asker.ask": _READ,
    "asker.send": _SEND,
    "asker.received": _READ,
    "asker.questions": _READ,
    "asker.find": _SEND,
    "asker.question": _READ,
    "asker.move": _SEND,
    "desk.sign_in": {"GET": ANYBODY, "POST": ANYBODY},
    "desk.sign_out": {"POST": Role.TRAINER},
    "desk.inbox": {"GET": Role.TRAINER},
    "desk.weekly": {"GET": Role.TRAINER},
    "desk.close": _EDITORS_SEND,
    "desk.question": _EDITORS_READ,
    "desk.move": _EDITORS_SEND,
    "desk.contact": _EDITORS_SEND,
    # Trainers write sessions; the views refuse them every other kind of page.
    "desk.build_session": {"GET": Role.TRAINER, "POST": Role.TRAINER},
    "desk.pack": _TRAINERS_READ,
    "desk.begin": {"GET": Role.TRAINER, "POST": Role.TRAINER},
    "desk.draft": {"GET": Role.TRAINER, "POST": Role.TRAINER},
    "desk.review": _EDITORS_SEND,
    "desk.check": {"POST": Role.TRAINER},
    "desk.building": _EDITORS_READ,
    "desk.build": _EDITORS_SEND,
    "desk.overview": _EDITORS_READ,
    "desk.report": _EDITORS_READ,
    "desk.document": _EDITORS_READ,
    "desk.listing": _EDITORS_READ,
    "phone.door": _READ,
    "phone.room": _READ,
    "phone.vote": _SEND,
    "phone.team": _SEND,
    "phone.here": _READ,
    "phone.sign": _SEND,
    "phone.ask": _READ,
    "phone.send": _SEND,
    "desk.rooms": _TRAINERS_READ,
    "desk.choose": _TRAINERS_READ,
    "desk.open_room": _TRAINERS_SEND,
    "desk.room": _TRAINERS_READ,
    "desk.screen": _TRAINERS_READ,
    "desk.move_room": _TRAINERS_SEND,
    "desk.door": _TRAINERS_READ,
    "desk.attendance": _TRAINERS_READ,
    "desk.tick": _TRAINERS_SEND,
    "desk.reading": _TRAINERS_READ,
    "desk.read": _TRAINERS_SEND,
    "desk.heard": _TRAINERS_READ,
    "desk.load_roster": _TRAINERS_SEND,
    "desk.heard_file": _TRAINERS_READ,
    "desk.raised": _TRAINERS_READ,
    "desk.note_question": _TRAINERS_SEND,
    "desk.register": _TRAINERS_SEND,
    "desk.record": _TRAINERS_READ,
    "desk.write_record": _TRAINERS_SEND,
    "desk.evaluation": {"GET": Role.TRAINER},
    "desk.before": {"POST": Role.TRAINER},
    "desk.cards": {"GET": Role.TRAINER, "POST": Role.TRAINER},
    "desk.card_made": {"GET": Role.TRAINER},
    "desk.results": {"GET": Role.TRAINER, "POST": Role.TRAINER},
    "desk.remove_result": {"POST": Role.TRAINER},
    "phone.before": {"GET": ANYBODY, "POST": ANYBODY},
    "phone.slip": {"GET": ANYBODY, "POST": ANYBODY},
    "phone.card": {"GET": ANYBODY, "POST": ANYBODY},
    "card.show": _READ,
    "card.kept": _READ,
    "card.look_back": _SEND,
    "card.change": _SEND,
}


class ClosedError(Exception):
    """Nobody may use this address in this way."""


def role_needed(endpoint: str, method: str) -> Role | None:
    """The least role for a route; None where no account is needed. Raises ClosedError.

    >>> role_needed("views.search", "HEAD"), str(role_needed("desk.close", "POST"))
    (None, 'editor')
    """
    if method == "OPTIONS":
        return ANYBODY
    try:
        return PERMISSIONS[endpoint]["GET" if method == "HEAD" else method]
    except KeyError as error:
        raise ClosedError(endpoint) from error
