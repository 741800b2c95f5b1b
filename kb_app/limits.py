"""How much one visitor may write: so generous that only a program that runs wild meets it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# Whoever keeps no cookie is known by the address alone, which a whole office may share.
OFFICE = 20


class TooManyError(Exception):
    """Somebody writes too much at once; `seconds` says when to come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"come back in {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: a visitor by his cookie, or else an address."""

    name: str
    is_office: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """So many an hour, for each writer."""

    name: str
    an_hour: int
    _limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    def take(self, writer: Writer) -> None:
        """Count one. Raises TooManyError where that is one too many."""
        if not self._limiter.hit(self._item(writer), self.name, writer.name):
            raise TooManyError(self._wait(writer))

    def check(self, writer: Writer) -> None:
        """Raise TooManyError where one more would be too many, without counting it."""
        if not self._limiter.test(self._item(writer), self.name, writer.name):
            raise TooManyError(self._wait(writer))

    def _item(self, writer: Writer) -> RateLimitItemPerHour:
        return RateLimitItemPerHour(self.an_hour * (OFFICE if writer.is_office else 1))

    def _wait(self, writer: Writer) -> int:
        window = self._limiter.get_window_stats(self._item(writer), self.name, writer.name)
        return max(1, math.ceil(window.reset_time - time.time()))
