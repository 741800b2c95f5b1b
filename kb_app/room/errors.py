"""What can be refused in a training room, each in words that are fit to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb_app.refusal import Refusal
from kb_app.translations import mark, say
from search_index import Lang


class RoomError(Refusal):
    """Root of what can be refused; never raised itself. `said` tells whoever asked why."""


class UnknownRoomError(RoomError):
    """There is no such room."""

    def __init__(self) -> None:
        super().__init__(mark("There is no room with this code; look at the screen again."))


class RoomClosedError(RoomError):
    """The session is over."""

    def __init__(self) -> None:
        super().__init__(mark("This session is over."))


class BallotClosedError(RoomError):
    """A vote came too early or too late; it was not counted."""

    def __init__(self) -> None:
        super().__init__(mark("This vote is not open; nothing was counted."))


class UnknownChoiceError(RoomError):
    """There is no such vote, option or team."""

    def __init__(self) -> None:
        super().__init__(mark("There is no such thing to vote for."))


class StaleRoomError(RoomError):
    """The room has moved on since the trainer's page was loaded."""

    def __init__(self) -> None:
        super().__init__(mark("The room has moved on already; this is where it is now."))


class NothingToShowError(RoomError):
    """The page is neither a session nor a case with decision points."""

    def __init__(self, page: str) -> None:
        super().__init__(mark("There is nothing to hold a session with in `{page}`."), page=page)


class UnknownRaisedError(RoomError):
    """No such question was raised in this room."""

    def __init__(self) -> None:
        super().__init__(mark("No such question was raised in this room."))


class UnregisteredError(RoomError):
    """The session cannot be closed: questions raised in it have no number yet."""

    def __init__(self, count: int) -> None:
        super().__init__(
            mark("Not closed: questions without a number: {count}. Register them first."),
            count=count,
        )


class UnfitError(RoomError):
    """What was filled in cannot be kept as it is; the message says what to change."""


class PersonalError(RoomError):
    """What was written seems to hold personal data; nothing was kept."""

    def __init__(self, sorts: tuple[str, ...]) -> None:
        super().__init__(
            mark("This seems to hold {sorts}. Please take it out; nothing has been kept yet."),
            sorts=sorts,
        )


@dataclass(frozen=True, slots=True)
class WrongLine:
    """What is wrong with one line of a list of people."""

    line: int
    why: str


class PeopleError(RoomError):
    """A list of people cannot be taken in; `wrong` says why, all lines at once."""

    def __init__(self, wrong: Iterable[WrongLine]) -> None:
        super().__init__(mark("Nothing was taken in; the list has mistakes."))
        self.wrong = tuple(wrong)

    def lines(self, lang: Lang) -> tuple[str, ...]:
        """What is wrong, line by line, in a language."""
        words = mark("Line {line}: {why}")
        return tuple(say(lang, words, line=w.line, why=say(lang, w.why)) for w in self.wrong)


class UnknownCardError(RoomError):
    """No action card has this code."""

    def __init__(self) -> None:
        super().__init__(
            mark("No action card has this code. Look at it again; cards leave after 400 days.")
        )


class TooLateError(RoomError):
    """The quiz has begun, so a test before it comes too late."""

    def __init__(self) -> None:
        super().__init__(mark("The quiz has begun; a test before it can no longer be held."))
