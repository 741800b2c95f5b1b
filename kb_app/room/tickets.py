"""Codes that prove that somebody is in the room: shown on the screen, good for a few seconds.

Only the clock of this service counts. Whoever comes with a fresh code gets a ticket, so that
filling in a form is no race.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

STEP_SECONDS = 10
GOOD_SECONDS = 20
TICKET_SECONDS = 600
_DIGITS = 6


def code_at(secret: str, moment: datetime) -> str:
    """The code that is shown at a moment.

    >>> nine = datetime(2026, 11, 23, 9, 0)
    >>> code_at("secret", nine) == code_at("secret", nine.replace(second=9))
    True
    """
    return _code(secret, int(moment.timestamp()) // STEP_SECONDS)


def seconds_left(moment: datetime) -> float:
    """How long the code of a moment is still shown."""
    return STEP_SECONDS - moment.timestamp() % STEP_SECONDS


def is_fresh(secret: str, typed: str, moment: datetime) -> bool:
    """Whether a code began to be shown less than 20 seconds ago, however it was typed."""
    said = "".join(typed.split()).encode(errors="replace")
    step = int(moment.timestamp()) // STEP_SECONDS
    # All are compared, so that the time that it takes tells nothing.
    fits = [
        hmac.compare_digest(said, _code(secret, step - age).encode())
        for age in range(GOOD_SECONDS // STEP_SECONDS)
    ]
    return any(fits)


def ticket(secret: str, phone: str, moment: datetime) -> str:
    """What a phone keeps that came with a fresh code."""
    ends = int(moment.timestamp()) + TICKET_SECONDS
    return f"{ends}.{_signed(secret, f'{ends} {phone}')}"


def is_valid(secret: str, phone: str, kept: str, moment: datetime) -> bool:
    """Whether a ticket is this phone's and not older than ten minutes."""
    ends, _, signature = kept.partition(".")
    right = _signed(secret, f"{ends} {phone}").encode()
    signed = hmac.compare_digest(signature.encode(errors="replace"), right)
    return signed and moment.timestamp() < int(ends)


def _code(secret: str, step: int) -> str:
    return f"{int(_signed(secret, f'code {step}'), 16) % 10**_DIGITS:0{_DIGITS}}"


def _signed(secret: str, words: str) -> str:
    return hmac.new(secret.encode(), words.encode(), hashlib.sha256).hexdigest()
