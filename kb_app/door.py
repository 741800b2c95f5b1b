"""Who stands before the desk: signing in and out, and what may be done once inside."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from flask import Flask, abort, g, redirect, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from kb_app.accounts import SIGNED_IN_HOURS, Profile
from kb_app.permissions import ClosedError, role_needed
from kb_app.settings import Settings
from kb_app.translations import mark, say
from kb_app.views import page, render
from kb_app.visitor import BadRequestError, language, running

TOKEN_COOKIE = "desk"  # noqa: S105 - the name of the cookie, not what is in it
WORTH = 10  # letters that are worth copying
FORMS = frozenset(
    {"desk", "asker", "phone", "card", "weekly"}
)  # blueprints whose forms carry a token against forged ones

_forged = CSRFProtect()


class SignedOutError(Exception):
    """Somebody sends a form after having been signed out."""


def guard() -> AnyResponse | None:
    """Let a request through, or send whoever asks to the door; called before each."""
    if request.endpoint is None:
        return None
    try:
        needed = role_needed(request.endpoint, request.method)
    except ClosedError:
        abort(403)
    if needed is not None:
        profile = signed_in()
        if profile is None:
            return _to_the_door()
        if not profile.role.includes(needed):
            abort(403)
    if request.method == "POST" and request.blueprint in FORMS:
        _forged.protect()
        _refuse_nul()
    return None


def protect_forms(app: Flask, settings: Settings) -> None:
    """Prepare an application for tokens in forms."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # programs send no forms; `guard` says who does
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the browser is open: nobody loses a text
    app.config["WTF_CSRF_SSL_STRICT"] = False  # behind a server that speaks https for this one
    app.config["SESSION_COOKIE_NAME"] = "form"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_SECURE"] = settings.address.startswith("https://")
    _forged.init_app(app)
    app.register_error_handler(CSRFError, _explain_forged)
    app.register_error_handler(SignedOutError, lambda _: _signed_out())


def signed_in() -> Profile | None:
    """Whose browser it is; None if nobody's."""
    if "account" not in g:
        token = request.cookies.get(TOKEN_COOKIE)
        g.account = running().kept.accounts.signed_in(token) if token else None
    found: Profile | None = g.account
    return found


def account() -> Profile:
    """Who has signed in; the table of permissions has seen to it that somebody has."""
    found = signed_in()
    if found is None:
        raise SignedOutError
    return found


def let_in(response: AnyResponse, token: str) -> AnyResponse:
    """Give the browser its token."""
    secure = request.is_secure or running().settings.address.startswith("https://")
    response.set_cookie(
        TOKEN_COOKIE,
        token,
        max_age=SIGNED_IN_HOURS * 3600,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )
    return response


def let_out(response: AnyResponse) -> AnyResponse:
    """Take the token away, here and in the database."""
    token = request.cookies.get(TOKEN_COOKIE)
    if token:
        running().kept.accounts.sign_out(token)
    response.delete_cookie(TOKEN_COOKIE)
    return response


def desk_address(said: str | None) -> str:
    """Where to go after signing in: an address of the desk, and no other."""
    home = f"/{language()}/desk"
    return said if said and said.startswith((f"{home}/", f"{home}?")) and "\\" not in said else home


def _refuse_nul() -> None:
    """No browser lets anybody type this character, and not every database can keep it."""
    for name, values in request.form.lists():
        if any("\0" in value for value in (name, *values)):
            raise BadRequestError(mark("`{name}` must be a text."), name=name)


def _to_the_door() -> AnyResponse:
    if request.method == "POST":
        return _signed_out()
    asked = request.full_path.rstrip("?")
    return redirect(f"/{language()}/desk/sign-in?{urlencode({'next': asked})}")


def _signed_out() -> AnyResponse:
    """Nothing that was typed is lost: it is shown, to be copied."""
    return _kept_words(
        mark("You have been signed out. What you typed stands below; copy it, then sign in."), 401
    )


def _explain_forged(_: CSRFError) -> AnyResponse:
    return _kept_words(
        mark("This form could not be trusted any more. What you typed stands below."), 400
    )


def _kept_words(message: str, status: int) -> AnyResponse:
    said = say(language(), message)
    at_desk = request.blueprint == "desk"
    body = render("desk/kept-words.html", message=said, typed=list(_typed()), at_desk=at_desk)
    return page(said, body, status=status, part="desk" if at_desk else "asking")


def _typed() -> Iterator[str]:
    secret = {"csrf_token", "password", "key", "code"}
    for name, value in request.form.items():
        if name not in secret and len(value) >= WORTH:
            yield value
