import hashlib
import json
import stat
import zipfile
from dataclasses import replace

import pytest

from kb_app import service
from kb_app.backup import BackupError, back_up, restore
from kb_app.keeping import open_kept
from kb_app.questions import Asked

WORDS = Asked("飞线充电", "zh", contact="138-0000")


@pytest.fixture
def asked(settings):
    """Settings of a service that was asked something; the database stays open."""
    kept = open_kept(settings, service.secret_key(settings))
    kept.keep_house()
    kept.questions.ask(WORDS, "k")
    yield settings
    kept.close()


@pytest.fixture
def saved(asked, tmp_path):
    back_up(asked, tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


@pytest.fixture
def elsewhere(settings, tmp_path):
    return replace(
        settings, data_dir=tmp_path / "new" / "var", content_dir=tmp_path / "new" / "content"
    )


def asked_in(settings):
    kept = open_kept(settings, service.secret_key(settings))
    kept.keep_house()
    try:
        record, contact = kept.questions.record(1), kept.questions.contact(1)
        code = kept.questions.ask(WORDS, "k").code
    finally:
        kept.close()
    return record.story[0].text, contact, code


def test_everything_comes_back_on_another_machine(asked, saved, elsewhere):
    found = restore(elsewhere, saved, replace=False)
    assert found.questions == 1
    assert found.has_key
    assert found.content_files == len([p for p in asked.content_dir.rglob("*") if p.is_file()])
    assert asked_in(elsewhere) == asked_in(asked)
    assert asked_in(elsewhere)[:2] == ("飞线充电", "138-0000")
    assert (elsewhere.content_dir / "taxonomy.yml").read_bytes() == (
        asked.content_dir / "taxonomy.yml"
    ).read_bytes()


def test_only_its_owner_may_read_a_backup_and_the_key_in_it(saved, elsewhere):
    restore(elsewhere, saved, replace=False)
    for path in (saved, elsewhere.data_dir / "secret_key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_was_set_is_not_in_the_backup(asked, tmp_path):
    assert not back_up(replace(asked, secret_key="s"), tmp_path / "b.zip").has_key


def test_no_file_is_overwritten(asked, saved):
    before = saved.read_bytes()
    with pytest.raises(FileExistsError):
        back_up(asked, saved)
    assert saved.read_bytes() == before


def test_an_existing_database_is_only_moved_aside_and_only_when_told(asked, saved):
    database = asked.data_dir / "lanewise.db"
    before = database.read_bytes()
    with pytest.raises(BackupError, match="--replace"):
        restore(asked, saved, replace=False)
    assert database.read_bytes() == before
    restore(asked, saved, replace=True)
    aside = [
        path for path in asked.data_dir.iterdir() if path.name.startswith("lanewise.db.before-")
    ]
    assert before in [path.read_bytes() for path in aside]
    assert asked_in(asked)[0] == "飞线充电"


def test_content_that_is_there_is_left_alone(saved, elsewhere):
    elsewhere.content_dir.mkdir(parents=True)
    restore(elsewhere, saved, replace=False)
    assert list(elsewhere.content_dir.iterdir()) == []


def changed(saved, target, name, data):
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            new.writestr(each, data if each == name else old.read(each))
    return target


@pytest.mark.parametrize(
    "what", ["text", "empty", "torn", "no manifest", "escape", "later", "list"]
)
def test_what_is_no_whole_backup_changes_nothing(saved, elsewhere, tmp_path, what):
    bad = tmp_path / "bad.zip"
    manifest = json.loads(zipfile.ZipFile(saved).read("manifest.json"))
    match what:
        case "text":
            bad.write_text("no zip", "utf-8")
        case "empty":
            zipfile.ZipFile(bad, "w").close()
        case "torn":
            changed(saved, bad, "content/taxonomy.yml", b"other")
        case "no manifest":
            changed(saved, bad, "manifest.json", b"{}")
        case "escape":
            manifest["files"]["content/../../evil"] = "0"
            changed(saved, bad, "manifest.json", json.dumps(manifest))
        case "later":
            changed(saved, bad, "manifest.json", json.dumps({**manifest, "format": 2}))
        case "list":
            changed(saved, bad, "manifest.json", b"[]")
    with pytest.raises(BackupError):
        restore(elsewhere, bad, replace=False)
    assert not (elsewhere.data_dir / "lanewise.db").exists()


def test_a_database_that_is_none_is_refused(saved, elsewhere, tmp_path):
    junk = b"no database"
    manifest = json.loads(zipfile.ZipFile(saved).read("manifest.json"))
    manifest["files"] = {"lanewise.db": hashlib.sha256(junk).hexdigest()}
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        bad.writestr("lanewise.db", junk)
        bad.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(BackupError, match="damaged"):
        restore(elsewhere, tmp_path / "bad.zip", replace=False)


def test_postgresql_is_told_to_use_its_own_tool(settings, tmp_path):
    with pytest.raises(BackupError, match="pg_dump"):
        back_up(replace(settings, database_url="postgresql+psycopg://kb@db/kb"), tmp_path / "b")


def test_there_must_be_something_to_back_up(settings, tmp_path):
    with pytest.raises(BackupError, match="no database"):
        back_up(settings, tmp_path / "b.zip")
