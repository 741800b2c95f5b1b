from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.settings import Settings, SettingsError


def test_everything_has_a_default():
    assert Settings.from_env({}) == Settings()


def test_every_setting_can_be_set():
    environ = {
        "KB_HOST": "0.0.0.0",
        "KB_PORT": "8080",
        "KB_CONTENT_DIR": "/srv/content",
        "KB_BUILD_DIR": "/srv/build",
        "KB_DATA_DIR": "/srv/var",
        "KB_SEARCH_URL": "whoosh:",
        "KB_DATABASE_URL": "sqlite:////srv/var/kb.db",
        "KB_SECRET_KEY": "s",
        "KB_SITE_URL": "https://kb.example/",
        "KB_THREADS": "4",
        "KB_LOG_REQUESTS": "no",
        "KB_WRITES_PER_HOUR": "60",
        "KB_WRONG_CODES_PER_HOUR": "5",
        "KB_SECOND_LOOK": "no",
    }
    assert set(environ) == {f"KB_{field.name.upper()}" for field in fields(Settings)}
    assert Settings.from_env(environ) == Settings(
        host="0.0.0.0",
        port=8080,
        content_dir=Path("/srv/content"),
        build_dir=Path("/srv/build"),
        data_dir=Path("/srv/var"),
        search_url="whoosh:",
        database_url="sqlite:////srv/var/kb.db",
        secret_key="s",
        site_url="https://kb.example",
        threads=4,
        log_requests=False,
        writes_per_hour=60,
        wrong_codes_per_hour=5,
        second_look=False,
    )


def test_an_empty_variable_counts_as_left_out():
    assert Settings.from_env({"KB_PORT": "", "KB_SITE_URL": ""}) == Settings()


def test_unknown_settings_are_all_named_at_once():
    with pytest.raises(SettingsError, match="unknown settings: KB_CONTENT, KB_PROT"):
        Settings.from_env({"KB_PROT": "1", "KB_CONTENT": "x", "HOME": "/"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("KB_PORT", "http"),
        ("KB_PORT", "0"),
        ("KB_PORT", "65536"),
        ("KB_PORT", "٨٠"),
        ("KB_PORT", "9" * 5000),
        ("KB_THREADS", "-1"),
        ("KB_WRITES_PER_HOUR", "0"),
        ("KB_LOG_REQUESTS", "perhaps"),
        ("KB_SITE_URL", "kb.example"),
        ("KB_SEARCH_URL", "http://engine:9200"),
    ],
)
def test_what_cannot_be_is_named_with_its_value(name, text):
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: text})


@given(st.dictionaries(st.text(), st.text()))
def test_any_environment_is_read_or_explained(environ):
    wrong = None
    try:
        Settings.from_env(environ)
    except SettingsError as error:
        wrong = str(error)
    assert wrong != ""


def test_the_address_is_the_one_served_unless_another_is_public():
    assert Settings(host="0.0.0.0", port=81).address == "http://127.0.0.1:81"
    assert Settings(host="::", port=81).address == "http://[::1]:81"
    assert Settings(site_url="https://kb.example").address == "https://kb.example"
    assert Settings(site_url="https://kb.example").served_at == "http://127.0.0.1:8000"
