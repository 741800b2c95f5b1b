"""Accounts of those who answer, teach and run the service; and where they are signed in."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kb_app.database import Database, now
from kb_app.models import Account, Login, Trace
from kb_app.refusal import Refusal
from kb_app.translations import mark

LEAST_PASSWORD = 10
MOST_PASSWORD = 200
FAILURES_ALLOWED = 10
LOCKED_MINUTES = 15
SIGNED_IN_HOURS = 12
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)
# Letters of any script, digits, and a few signs inside; no spaces, so that it can be typed.
_NAME = re.compile(r"\w[\w.@-]{0,39}")
# At the cost that the library recommends; what it costs stands in each hash.
_HASHER = PasswordHasher()


class Role(StrEnum):
    """What an account may do; each may do what those before it may."""

    TRAINER = "trainer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what the other may.

        >>> Role.EDITOR.includes(Role.TRAINER), Role.TRAINER.includes(Role.EDITOR)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(other)


class AccountError(Refusal):
    """What cannot be done with an account; `said` tells whoever tried why."""


class SignInError(AccountError):
    """Nobody was let in; whether the name or the password is wrong is not said."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What may be known of an account."""

    id: int
    name: str
    role: Role
    created_at: datetime
    locked_until: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a database; every change is kept with who made it (None: the command line).

    All methods raise DatabaseBusyError; changes raise AccountError.
    """

    database: Database
    now: Callable[[], datetime] = now

    def add(self, name: str, role: Role, password: str, *, actor: int | None = None) -> Profile:
        """Make an account."""
        if not _NAME.fullmatch(name):
            raise AccountError(mark("A name has 1 to 40 letters or digits and no spaces."))
        hashed = hashed_password(password)
        with self.database.writing() as session:
            if _by_name(session, name) is not None:
                raise AccountError(mark("There is an account {name} already."), name=name)
            row = Account(name=name, role=role.value, password_hash=hashed, created_at=self.now())
            session.add(row)
            session.flush()
            self._trace(session, actor, "account-added", row, None)
            return _profile(row)

    def list(self) -> tuple[Profile, ...]:
        """All accounts by name, the disabled ones too."""
        with self.database.reading() as session:
            return tuple(
                _profile(row) for row in session.scalars(select(Account).order_by(Account.name))
            )

    def get(self, account: int) -> Profile | None:
        """An account by its id."""
        with self.database.reading() as session:
            row = session.get(Account, account)
            return _profile(row) if row else None

    def set_role(self, name: str, role: Role, *, actor: int | None = None) -> None:
        """Give another role."""

        def change(row: Account) -> None:
            row.role = role.value

        self._change(name, "role-changed", change, actor)

    def set_password(self, name: str, password: str, *, actor: int | None = None) -> None:
        """Give another password, and sign the account out everywhere."""
        hashed = hashed_password(password)

        def change(row: Account) -> None:
            row.password_hash = hashed
            row.failed_logins = 0

        self._change(name, "password-changed", change, actor, sign_out=True)

    def lock(self, name: str, *, actor: int | None = None) -> None:
        """Let nobody in by this account until it is unlocked."""

        def change(row: Account) -> None:
            row.locked_until = FOR_GOOD

        self._change(name, "locked", change, actor, sign_out=True)

    def unlock(self, name: str, *, actor: int | None = None) -> None:
        """Let in again whoever knows the password."""

        def change(row: Account) -> None:
            row.locked_until = None
            row.failed_logins = 0

        self._change(name, "unlocked", change, actor)

    def disable(self, name: str, *, actor: int | None = None) -> None:
        """End an account for good; its name stays with what it did."""

        def change(row: Account) -> None:
            row.disabled_at = row.disabled_at or self.now()

        self._change(name, "disabled", change, actor, sign_out=True)

    def sign_in(self, name: str, password: str) -> tuple[str, Profile]:
        """A token for the browser, good for twelve hours. Raises SignInError.

        After ten wrong passwords nobody is let in for a quarter of an hour.
        """
        with self.database.reading() as session:
            row = _by_name(session, name)
            stored = row.password_hash if row else _nobodys_hash()
        # Outside of any transaction: this takes long on purpose.
        right = _verified(stored, password)
        with self.database.writing() as session:
            row = _by_name(session, name)
            let_in = right and row is not None and row.password_hash == stored
            if row is None or not self._may_enter(session, row, let_in=let_in):
                token = None
            else:
                token = self._signed_in(session, row)
        if token is None or row is None:
            raise SignInError(mark("This name and password do not fit, or the account is locked."))
        return token, _profile(row)

    def signed_in(self, token: str) -> Profile | None:
        """Whose browser it is; None if nobody's, or no longer."""
        with self.database.reading() as session:
            login = session.get(Login, _hashed_token(token))
            if login is None or login.expires_at <= self.now():
                return None
            row = session.get_one(Account, login.account_id)
            return None if self._is_closed(row) else _profile(row)

    def sign_out(self, token: str) -> None:
        """Forget a browser."""
        with self.database.writing() as session:
            session.execute(delete(Login).where(Login.token_hash == _hashed_token(token)))

    def _is_closed(self, row: Account) -> bool:
        locked = row.locked_until is not None and row.locked_until > self.now()
        return locked or row.disabled_at is not None

    def _may_enter(self, session: Session, row: Account, *, let_in: bool) -> bool:
        if self._is_closed(row):
            return False
        if let_in:
            row.failed_logins = 0
            return True
        row.failed_logins += 1
        if row.failed_logins >= FAILURES_ALLOWED:
            before = _shown(row)
            row.locked_until = self.now() + timedelta(minutes=LOCKED_MINUTES)
            row.failed_logins = 0
            self._trace(session, None, "locked-by-failures", row, before)
        return False

    def _signed_in(self, session: Session, row: Account) -> str:
        token, now = secrets.token_urlsafe(32), self.now()
        session.execute(delete(Login).where(Login.expires_at <= now))
        session.add(
            Login(
                token_hash=_hashed_token(token),
                account_id=row.id,
                created_at=now,
                expires_at=now + timedelta(hours=SIGNED_IN_HOURS),
            )
        )
        return token

    def _change(
        self,
        name: str,
        action: str,
        change: Callable[[Account], None],
        actor: int | None,
        *,
        sign_out: bool = False,
    ) -> None:
        with self.database.writing() as session:
            row = _by_name(session, name)
            if row is None:
                raise AccountError(mark("There is no account {name}."), name=name)
            before = _shown(row)
            change(row)
            if sign_out:
                session.execute(delete(Login).where(Login.account_id == row.id))
            self._trace(session, actor, action, row, before)

    def _trace(
        self,
        session: Session,
        actor: int | None,
        action: str,
        row: Account,
        before: dict[str, Any] | None,
    ) -> None:
        session.add(
            Trace(
                at=self.now(),
                actor=actor,
                action=action,
                subject=f"account:{row.id}",
                before=before,
                after=_shown(row),
            )
        )


def hashed_password(password: str) -> str:
    """A password as it is stored. Raises AccountError where it is too short or too long."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise AccountError(
            mark("A password has {least} to {most} characters."),
            least=LEAST_PASSWORD,
            most=MOST_PASSWORD,
        )
    return _HASHER.hash(password.encode(errors="replace"))


@cache
def _nobodys_hash() -> str:
    """What an unknown name is compared with, so that it takes as long as a known one."""
    return _HASHER.hash(secrets.token_bytes(16))


def _verified(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password[:MOST_PASSWORD].encode(errors="replace"))
    except (VerificationError, InvalidHashError):
        return False


def _hashed_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _by_name(session: Session, name: str) -> Account | None:
    # A text that is no name is not asked for: databases refuse some characters in any question.
    if not _NAME.fullmatch(name):
        return None
    return session.scalar(select(Account).where(Account.name == name))


def _profile(row: Account) -> Profile:
    return Profile(
        row.id, row.name, Role(row.role), row.created_at, row.locked_until, row.disabled_at
    )


def _shown(row: Account) -> dict[str, Any]:
    """What is kept of an account before and after a change; never the password's hash."""
    return {
        "name": row.name,
        "role": row.role,
        "locked_until": row.locked_until.isoformat() if row.locked_until else None,
        "disabled_at": row.disabled_at.isoformat() if row.disabled_at else None,
    }
