import re

import pytest

from kb_app.accounts import Role
from kb_app.permissions import PERMISSIONS, ClosedError, role_needed
from kb_app.publisher import Publisher

PASSWORD = "a long password"


def routes(app):
    """Every route as (endpoint, method, an address of it)."""
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<any\(zh, en\):lang>", "zh", str(rule))
        address = re.sub(r'<any\("?([^",)]+)[^>]*>', r"\1", address)
        address = address.replace("<name>", "2026-11")
        address = re.sub(r"<int[^>]*>", "1", address)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address


@pytest.fixture
def desk(app_with):
    app = app_with()
    for role in Role:
        app.extensions["lanewise"].kept.accounts.add(role.value, role, PASSWORD)
    return app


def browser_of(app, role):
    """A browser where somebody of that role is signed in, and the token of its forms."""
    browser = app.test_client()
    shown = browser.get("/zh/desk/sign-in").text
    sent = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]}
    if role is not None:
        name = {"name": role.value, "password": PASSWORD}
        assert browser.post("/zh/desk/sign-in", data=sent | name).status_code == 303
    return browser, sent


def test_every_route_stands_in_the_table_and_no_other(desk):
    there = {(endpoint, method) for endpoint, method, _ in routes(desk)}
    assert there == {(e, method) for e, methods in PERMISSIONS.items() for method in methods}


@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_is_open_to_its_roles_and_closed_to_all_others(desk, monkeypatch, role):
    built = []
    monkeypatch.setattr(Publisher, "build", lambda _: built.append(role))
    browser, token = browser_of(desk, role)
    for endpoint, method, address in routes(desk):
        if endpoint in {"desk.sign_in", "desk.sign_out"}:
            continue
        needed = PERMISSIONS[endpoint][method]
        allowed = needed is None or (role is not None and role.includes(needed))
        answer = browser.open(address, method=method, data=token)
        at_the_door = answer.status_code == 401 or "sign-in" in answer.headers.get("Location", "")
        closed = answer.status_code == 403 or at_the_door
        assert closed is (not allowed), (endpoint, method, answer.status_code)
        assert answer.status_code < 500, (endpoint, method)
    assert built == ([role] if role in {Role.EDITOR, Role.ADMINISTRATOR} else [])


def test_a_route_without_a_line_is_closed_to_everybody(desk):
    desk.add_url_rule("/zh/forgotten", "forgotten", lambda: "secret")
    browser, _ = browser_of(desk, Role.ADMINISTRATOR)
    assert browser.get("/zh/forgotten").status_code == 403
    with pytest.raises(ClosedError):
        role_needed("forgotten", "GET")
