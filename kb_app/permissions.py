"""Who may use which address: the one table of routes, methods and roles."""

from __future__ import annotations

from collections.abc import Mapping

from kb_app.accounts import Role

ANYBODY = None
_READ = {"GET": ANYBODY}
_SEND = {"POST": ANYBODY}
_EDITORS_READ = {"GET": Role.EDITOR}
_EDITORS_SEND = {"POST": Role.EDITOR}

# Every route of the service stands here, by the name of its view. What does not stand here is
# nobody's: a new route without a line is closed, and a test says that the line is missing.
PERMISSIONS: Mapping[str, Mapping[str, Role | None]] = {
    "views.root": _READ,
    "views.search": _READ,
    "api.search": _READ,
    "api.answer": _READ,
    "api.suggest": _READ,
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
    "desk.begin": {"GET": Role.EDITOR, "POST": Role.EDITOR},
    "desk.draft": {"GET": Role.EDITOR, "POST": Role.EDITOR},
    "desk.review": _EDITORS_SEND,
    "desk.check": _EDITORS_SEND,
    "desk.building": _EDITORS_READ,
    "desk.build": _EDITORS_SEND,
    "desk.overview": _EDITORS_READ,
    "desk.report": _EDITORS_READ,
    "desk.document": _EDITORS_READ,
    "desk.listing": _EDITORS_READ,
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
