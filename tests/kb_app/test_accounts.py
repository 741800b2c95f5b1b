import pytest
from argon2 import extract_parameters, profiles
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import select

from kb_app import accounts as accounts_module
from kb_app.accounts import AccountError, Accounts, Role, SignInError
from kb_app.models import Account, Login, Trace
from search_index import Lang

PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(database, clock):
    found = Accounts(database, clock)
    found.add("王编辑", Role.EDITOR, PASSWORD)
    return found


def trail(database):
    with database.reading() as session:
        return [(t.action, t.subject, t.before, t.after) for t in session.scalars(select(Trace))]


def test_who_knows_the_password_is_let_in_and_known_by_the_token(accounts):
    token, profile = accounts.sign_in("王编辑", PASSWORD)
    assert (profile.name, profile.role) == ("王编辑", Role.EDITOR)
    assert accounts.signed_in(token) == profile
    accounts.sign_out(token)
    assert accounts.signed_in(token) is None
    assert accounts.signed_in("another \ud800") is None


def test_neither_password_nor_token_is_in_the_database(accounts, database):
    token, _ = accounts.sign_in("王编辑", PASSWORD)
    with database.reading() as session:
        assert session.scalar(select(Account.password_hash)).startswith("$argon2id$")
        assert session.scalar(select(Login.token_hash)) != token
    assert PASSWORD not in str(trail(database))


def test_to_guess_a_password_costs_what_is_recommended(shipped_hasher, accounts, monkeypatch):
    monkeypatch.setattr(accounts_module, "_HASHER", shipped_hasher)
    accounts.set_password("王编辑", "another password")
    with accounts.database.reading() as session:
        stored = session.scalar(select(Account.password_hash))
    assert extract_parameters(stored) == profiles.RFC_9106_LOW_MEMORY
    assert accounts.sign_in("王编辑", "another password")


def test_a_sign_in_ends_after_twelve_hours(accounts, clock, database):
    token, _ = accounts.sign_in("王编辑", PASSWORD)
    clock.pass_by(hours=12.1)
    assert accounts.signed_in(token) is None
    accounts.sign_in("王编辑", PASSWORD)
    with database.reading() as session:
        assert len(session.scalars(select(Login)).all()) == 1


@pytest.mark.parametrize(("name", "password"), [("王编辑", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(accounts, name, password):
    with pytest.raises(SignInError, match="do not fit"):
        accounts.sign_in(name, password)


def test_ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(accounts, clock, database):
    for _ in range(10):
        with pytest.raises(SignInError):
            accounts.sign_in("王编辑", "wrong")
    with pytest.raises(SignInError):
        accounts.sign_in("王编辑", PASSWORD)
    assert trail(database)[-1][0] == "locked-by-failures"
    clock.pass_by(minutes=16)
    assert accounts.sign_in("王编辑", PASSWORD)


def test_who_is_locked_or_disabled_is_out_at_once(accounts):
    token, _ = accounts.sign_in("王编辑", PASSWORD)
    accounts.lock("王编辑")
    assert accounts.signed_in(token) is None
    with pytest.raises(SignInError):
        accounts.sign_in("王编辑", PASSWORD)
    accounts.unlock("王编辑")
    token, _ = accounts.sign_in("王编辑", PASSWORD)
    accounts.disable("王编辑")
    assert accounts.signed_in(token) is None
    assert accounts.list()[0].disabled_at is not None


def test_an_account_that_was_locked_elsewhere_is_nobodys(accounts, database):
    token, profile = accounts.sign_in("王编辑", PASSWORD)
    with database.writing() as session:
        session.get_one(Account, profile.id).disabled_at = profile.created_at
    assert accounts.signed_in(token) is None


def test_another_password_signs_out_everywhere(accounts):
    token, _ = accounts.sign_in("王编辑", PASSWORD)
    accounts.set_password("王编辑", "another password")
    assert accounts.signed_in(token) is None
    assert accounts.sign_in("王编辑", "another password")


def test_every_change_is_kept_with_before_and_after_and_by_whom(accounts, database):
    boss = accounts.add("boss", Role.ADMINISTRATOR, PASSWORD)
    accounts.set_role("王编辑", Role.TRAINER, actor=boss.id)
    action, subject, before, after = trail(database)[-1]
    assert (action, subject) == ("role-changed", f"account:{accounts.list()[1].id}")
    assert (before["role"], after["role"]) == ("editor", "trainer")
    with database.reading() as session:
        assert session.scalars(select(Trace.actor)).all() == [None, None, boss.id]


def test_an_account_is_found_by_its_id(accounts):
    first = accounts.list()[0]
    assert accounts.get(first.id) == first
    assert accounts.get(99) is None


@pytest.mark.parametrize("name", ["", "a b", " a", "a" * 41, "-x", "a\n", "a/b"])
def test_a_name_can_be_typed(accounts, name):
    with pytest.raises(AccountError, match="1 to 40"):
        accounts.add(name, Role.TRAINER, PASSWORD)


def test_what_cannot_be_done_is_said_in_both_languages(accounts):
    with pytest.raises(AccountError, match="already") as refused:
        accounts.add("王编辑", Role.TRAINER, PASSWORD)
    assert refused.value.said(Lang.ZH) == "已经有账号 王编辑 了。"
    with pytest.raises(AccountError, match="no account x"):
        accounts.lock("x")
    for password in ("short", "x" * 201):
        with pytest.raises(AccountError, match="10 to 200"):
            accounts.set_password("王编辑", password)


@how(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=50), st.text(max_size=250))
def test_any_name_and_password_are_let_in_or_refused(accounts, name, password):
    with pytest.raises(SignInError):
        accounts.sign_in(name, password)
