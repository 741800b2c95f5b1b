"""What can be refused about questions, each in words that are fit to show."""

from __future__ import annotations

from kb_app.refusal import Refusal
from kb_app.translations import mark


class QuestionError(Refusal):
    """Root of what can be refused; never raised itself. `said` tells whoever asked why."""


class IllegalMoveError(QuestionError):
    """A step that the law of questions does not allow."""


class UnknownQuestionError(QuestionError):
    """There is no such question, or the check code is another one; which of them is not said."""

    def __init__(self) -> None:
        super().__init__(mark("There is no question with this number and check code."))


class StaleMoveError(QuestionError):
    """The question has moved since it was looked at."""

    def __init__(self) -> None:
        super().__init__(mark("Somebody else was faster; please look at it again."))


class KeyReusedError(QuestionError):
    """The same key was used for other words before."""

    def __init__(self) -> None:
        super().__init__(
            mark("This key was used for another text before; send a new text with a new key.")
        )


class UnknownPageError(QuestionError):
    """A page that the library does not have, nor is anybody writing it."""

    def __init__(self, page: str) -> None:
        super().__init__(mark("The library has no page `{page}`."), page=page)
