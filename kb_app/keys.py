"""What is derived from the one secret key: prints, check codes, and the cover of contacts."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# 32 characters, none of which looks like another: no 0 and O, no 1 and I.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys for one purpose each; whoever learns one of them knows none of the others."""

    _prints: bytes = field(repr=False)
    _codes: bytes = field(repr=False)
    _contacts: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> Keys:
        """The keys that belong to a secret key."""
        return cls(*(_derived(secret, name) for name in ("prints", "codes", "contacts")))

    def print_of(self, purpose: str, *texts: str) -> str:
        """A print by which texts are known again, and from which they cannot be read.

        >>> keys = Keys.of("secret")
        >>> keys.print_of("key", "a", "bc") == keys.print_of("key", "ab", "c")
        False
        """
        said = b"".join(_framed(text) for text in (purpose, *texts))
        return hmac.new(self._prints, said, hashlib.sha256).hexdigest()

    def visit_of(self, visitor: str, day: date) -> str:
        """A print of a visitor that changes every day, so that no two days can be put together."""
        return self.print_of("visit", day.isoformat(), visitor)[:32]

    def code(self, number: int, nonce: str) -> str:
        """The check code of a question: made anew each time, stored nowhere.

        >>> len(Keys.of("secret").code(1, "nonce"))
        8
        """
        said = _framed(str(number)) + _framed(nonce)
        made = hmac.new(self._codes, said, hashlib.sha256).digest()
        return "".join(ALPHABET[byte % len(ALPHABET)] for byte in made[:CODE_LENGTH])

    def fits(self, code: str, number: int, nonce: str) -> bool:
        """Whether somebody knows the check code, however he wrote it; takes the same time always.

        >>> keys = Keys.of("secret")
        >>> keys.fits(f" {keys.code(1, 'n').lower()}", 1, "n"), keys.fits("", 1, "n")
        (True, False)
        """
        said = "".join(code.split()).replace("-", "").upper()
        return hmac.compare_digest(said.encode(errors="replace"), self.code(number, nonce).encode())

    def cover(self, contact: str) -> str:
        """A contact as it is stored."""
        return self._fernet.encrypt(contact.encode()).decode("ascii")

    def uncover(self, covered: str) -> str | None:
        """A contact as it was given; None if the secret key is another one by now."""
        try:
            return self._fernet.decrypt(covered.encode()).decode()
        except InvalidToken:
            return None

    @property
    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._contacts))


def _derived(secret: str, purpose: str) -> bytes:
    info = f"lanewise {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())


def _framed(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(8, "big") + data
