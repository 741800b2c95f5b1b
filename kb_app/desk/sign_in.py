"""In and out."""

from __future__ import annotations

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from kb_app.accounts import SignInError
from kb_app.desk.common import desk, show, to
from kb_app.door import desk_address, let_in, let_out, signed_in
from kb_app.translations import mark, say
from kb_app.visitor import language, running, visitor, writer

SIGN_IN = mark("Sign in")


@desk.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse:
    """Let in whoever knows a name and its password."""
    wanted = desk_address(request.args.get("next"))
    if request.method == "POST":
        return _entered(wanted)
    if signed_in() is not None:
        return redirect(wanted)
    return _form()


@desk.post("/sign-out")
def sign_out() -> AnyResponse:
    """Let go of this browser."""
    return let_out(to("sign_in"))


def _entered(wanted: str) -> AnyResponse:
    running().writes.take(writer())
    visitor()
    name = request.form.get("name", "").strip()
    try:
        token, _ = running().kept.accounts.sign_in(name[:100], request.form.get("password", ""))
    except SignInError as error:
        return _form(name, error.said(language()))
    return let_in(redirect(wanted, 303), token)


def _form(name: str = "", refused: str = "") -> Response:
    title = say(language(), SIGN_IN)
    return show(title, "sign-in", 403 if refused else 200, name=name, refused=refused)
