import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from kb_app import keeping
from kb_app.database import DatabaseAddressError
from kb_app.keeping import database_address, open_kept, working_days
from kb_app.settings import Settings


@pytest.fixture
def kept(settings):
    found = open_kept(settings, "not a secret")
    yield found
    found.close()


def test_a_new_database_is_made_and_kept_up_to_date(kept, settings):
    assert kept.state() == "outdated"
    kept.keep_house()
    assert kept.state() == "ok"
    assert (settings.data_dir / "lanewise.db").is_file()


def test_a_database_of_another_version_is_left_alone_and_logged(kept, caplog):
    kept.keep_house()
    with kept.database.writing() as session:
        session.execute(text("update alembic_version set version_num = 'later'"))
    kept.keep_house()
    assert kept.state() == "outdated"
    assert "later" in caplog.text


def test_a_database_that_is_away_is_unavailable(settings):
    away = replace(settings, database_url="postgresql+psycopg://kb:hush@127.0.0.1:1/kb")
    found = open_kept(away, "s")
    assert found.state() == "unavailable"
    found.keep_house()
    found.close()


def test_house_is_kept_by_itself(kept, monkeypatch):
    monkeypatch.setattr(keeping, "HOUSEKEEPING_SECONDS", 0.01)
    kept.keep_house_hourly()
    for _ in range(1000):
        if kept.state() == "ok":
            break
        threading.Event().wait(0.01)
    assert kept.state() == "ok"


def test_the_database_is_in_the_data_folder_unless_set(settings):
    assert database_address(settings).endswith("var/lanewise.db")
    assert database_address(Settings(database_url="x")) == "x"
    with pytest.raises(DatabaseAddressError):
        open_kept(Settings(database_url="nonsense"), "s")


def test_working_days_follow_the_table_as_it_is_now(settings):
    assert not working_days(settings).is_worked(date(2026, 10, 1))
    assert working_days(settings).is_worked(date(2026, 10, 10))
    (settings.content_dir / "holidays.yml").unlink()
    assert working_days(settings).is_worked(date(2026, 10, 1))
