import json
import sqlite3

import pytest
from click.testing import CliRunner

from kb_app import cli, commands

PASSWORD = "a long password\n"


@pytest.fixture
def run(settings):
    """Run a command in this process, in English: `run("user", "list", typed="…")`."""

    def command(*args: object, typed: str = "", **more: str):
        environ = {
            "KB_CONTENT_DIR": str(settings.content_dir),
            "KB_DATA_DIR": str(settings.data_dir),
            "LC_ALL": "C",
            **more,
        }
        return CliRunner().invoke(cli.kb, list(map(str, args)), input=typed, env=environ)

    return command


# Accounts ----------------------------------------------------------------------------------------


def test_an_account_is_made_changed_and_ended(run):
    assert run("user", "add", "王编辑", "editor", typed=PASSWORD).exit_code == 0
    assert run("user", "list").stdout == "王编辑 editor\n"
    assert run("user", "role", "王编辑", "administrator").exit_code == 0
    assert run("user", "lock", "王编辑").exit_code == 0
    assert run("user", "list").stdout == "王编辑 administrator locked\n"
    assert run("user", "unlock", "王编辑").exit_code == 0
    assert run("user", "password", "王编辑", typed="another password\n").exit_code == 0
    found = run("user", "disable", "王编辑")
    assert found.exit_code == 0
    assert "Changed the account 王编辑." in found.stderr
    (account,) = json.loads(run("user", "list", "--json").stdout)
    assert (account["name"], account["role"]) == ("王编辑", "administrator")
    assert account["disabled_at"]
    assert "password" not in account


@pytest.mark.parametrize(
    ("args", "typed", "words"),
    [
        (("add", "a b", "editor"), PASSWORD, "1 to 40 letters"),
        (("add", "li", "editor"), "short\n", "10 to 200 characters"),
        (("add", "li", "editor"), "", "10 to 200 characters"),
        (("add", "li", "king"), PASSWORD, "is not one of"),
        (("lock", "nobody"), "", "no account nobody"),
    ],
)
def test_what_cannot_be_done_is_a_matter_of_usage(run, args, typed, words):
    found = run("user", *args, typed=typed)
    assert found.exit_code == 2
    assert words in found.stderr
    assert run("user", "list").stdout == ""


def test_on_a_terminal_a_password_is_typed_twice(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked = []
    monkeypatch.setattr("click.prompt", lambda _, **how: asked.append(how) or "typed")
    assert commands._password() == "typed"
    assert asked == [{"hide_input": True, "confirmation_prompt": True}]


# Audit and database ------------------------------------------------------------------------------


def test_an_audit_says_what_it_looked_at(run):
    found = run("audit")
    assert found.exit_code == 0
    assert "Received 0 = open 0 + settled 0; events: 0." in found.stderr
    assert json.loads(run("audit", "--json", "--rebuild").stdout)["breaches"] == []


def test_an_audit_lists_what_is_wrong_and_fails(run, settings):
    run("database", "upgrade")
    with sqlite3.connect(settings.data_dir / "lanewise.db") as connection:
        connection.execute("update counters set value = 3")
    connection.close()
    found = run("audit")
    assert found.exit_code == 1
    assert "database: numbers: 3 were given" in found.stdout
    assert run("audit", "--rebuild").exit_code == 0
    (breach,) = json.loads(run("audit", "--json").stdout)["breaches"]
    assert breach["rule"] == "numbers"


def test_an_upgrade_names_the_database_without_its_password(run):
    assert "lanewise.db" in run("database", "upgrade").stderr


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://kb:hush@x/y", "no address of a database"),
        ("postgresql+psycopg://kb:hush@127.0.0.1:1/kb", "does not answer"),
    ],
)
def test_a_database_that_cannot_be_had_is_explained(run, address, words):
    found = run("audit", KB_DATABASE_URL=address)
    assert found.exit_code == 3
    assert words in found.stderr
    assert "hush" not in found.output


def test_a_file_that_is_no_database_is_explained(run, settings):
    settings.data_dir.mkdir()
    (settings.data_dir / "lanewise.db").write_bytes(b"something else, long enough to look at")
    found = run("audit")
    assert found.exit_code == 3
    assert "damaged" in found.stderr


def test_a_database_of_a_newer_version_is_explained(run, settings):
    run("database", "upgrade")
    with sqlite3.connect(settings.data_dir / "lanewise.db") as connection:
        connection.execute("update alembic_version set version_num = 'later'")
    connection.close()
    found = run("audit")
    assert found.exit_code == 3
    assert "newer version" in found.stderr


# Backup ------------------------------------------------------------------------------------------


def test_a_backup_is_made_and_put_back(run, tmp_path):
    run("user", "add", "li", "editor", typed=PASSWORD)
    found = run("backup", tmp_path / "b.zip")
    assert found.exit_code == 0
    assert "questions 0, files of content" in found.stderr
    there = {"KB_DATA_DIR": str(tmp_path / "there")}
    told = json.loads(run("restore", tmp_path / "b.zip", "--json", **there).stdout)
    assert told["has_key"] is True
    assert run("user", "list", **there).stdout == "li editor\n"
    again = run("restore", tmp_path / "b.zip", **there)
    assert again.exit_code == 3
    assert "--replace" in again.stderr
    assert run("restore", tmp_path / "b.zip", "--replace", **there).exit_code == 0


def test_a_backup_without_the_key_says_what_that_means(run, tmp_path):
    run("database", "upgrade")
    found = run("backup", tmp_path / "b.zip", KB_SECRET_KEY="s")
    assert "secret key is not in it" in found.stderr


# Importing ---------------------------------------------------------------------------------------

LEDGER = "标题,基本情况,问题类型,备注\n车棚建好了,三号楼有车,飞线充电,x\n"


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, "utf-8")
    return path


def test_an_import_only_tells_until_it_is_told_to_write(run, ledger):
    run("user", "add", "li", "editor", typed=PASSWORD)
    found = run("import", ledger)
    assert found.exit_code == 0
    assert "Row 2: che-peng-jian-hao-le · 车棚建好了" in found.stderr
    assert "Columns that are left out: 备注" in found.stderr
    assert "Add --write" in found.stderr
    found = run("import", ledger, "--write", "--as", "li", "--json")
    assert json.loads(found.stdout)["written"] is True
    again = run("import", ledger, "--write", "--as", "li")
    assert again.exit_code == 1
    assert "It was imported before" in again.stdout


def test_one_bad_row_keeps_all_rows_out(run, ledger):
    run("user", "add", "li", "editor", typed=PASSWORD)
    ledger.write_text(LEDGER + "坏行,请打 13800000000,,\n", "utf-8")
    found = run("import", ledger, "--write", "--as", "li")
    assert found.exit_code == 1
    assert "Nothing was kept. Rows: 2, to mend: 1." in found.stderr
    ledger.write_text(LEDGER, "utf-8")
    assert run("import", ledger, "--write", "--as", "li").exit_code == 0


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ((), 2, "Say which file"),
        (("{ledger}", "--write"), 2, "--as"),
        (("{ledger}", "--write", "--as", "nobody"), 2, "--as"),
        (("{ledger}", "--mapping", "{ledger}"), 1, "Line 1 of the mapping"),
    ],
)
def test_what_cannot_be_imported_is_explained(run, ledger, args, code, words):
    found = run("import", *(arg.format(ledger=ledger) for arg in args))
    assert found.exit_code == code
    assert words in found.stderr


def test_the_template_is_written_and_nothing_else(run, tmp_path):
    found = run("import", "--template", tmp_path / "case.docx")
    assert (found.exit_code, found.stdout.strip()) == (0, str(tmp_path / "case.docx"))
    assert (tmp_path / "case.docx").read_bytes().startswith(b"PK")


# The monthly summary -----------------------------------------------------------------------------


@pytest.fixture
def reporting(run, settings, publish):
    """Run a command on a library that was built."""
    publish()
    return lambda *args: run(*args, KB_BUILD_DIR=str(settings.build_dir))


def test_a_month_is_printed_in_the_language_asked_for(reporting):
    assert "Since the first question: 0 received" in reporting("report", "2026-11").stdout
    assert "2026年11月街巷长提问办理情况" in reporting("report", "2026-11", "--lang", "zh").stdout


def test_a_month_is_written_to_files_and_told_to_programs(reporting, tmp_path):
    page, word = tmp_path / "m.html", tmp_path / "m.docx"
    found = reporting("report", "2026-11", "--html", page, "--docx", word, "--json")
    assert json.loads(found.stdout)["received"] == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert word.read_bytes()[:2] == b"PK"
    assert reporting("report", "2026-11", "--html", page).stdout == ""


@pytest.mark.parametrize(
    ("month", "message"), [("2026-13", "Write the month as in"), ("2099-01", "not begun")]
)
def test_a_month_that_there_is_not_is_a_mistake_of_the_caller(reporting, month, message):
    found = reporting("report", month)
    assert found.exit_code == 2
    assert message in found.stderr


def test_without_a_build_there_is_no_summary(run, tmp_path):
    assert run("report", "2026-11", KB_BUILD_DIR=str(tmp_path / "nothing")).exit_code == 3
