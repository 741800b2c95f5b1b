import json

import pytest
from click.testing import CliRunner

from kb_app import cli
from kb_app.session import pack


@pytest.fixture
def run(whole, monkeypatch):
    monkeypatch.setattr(pack, "browser", lambda: None)
    # A library that was built is read in no time.
    folders = {"KB_CONTENT_DIR": whole.content_dir, "KB_BUILD_DIR": whole.build_dir}
    environ = {**{name: str(path) for name, path in folders.items()}, "LC_ALL": "C"}
    return lambda *args: CliRunner().invoke(cli.kb, ["session", *map(str, args)], env=environ)


def test_a_zip_is_written_and_the_missing_printer_is_named(run, tmp_path):
    found = run("pack", "session-first-week", "--zip", "--lang", "zh", "--output", tmp_path / "o")
    assert found.exit_code == 0
    assert (tmp_path / "o" / "session-first-week-zh.zip").is_file()
    assert "No PDF" in found.stderr


@pytest.mark.parametrize("how", [(), ("--zip",)])
def test_what_was_changed_in_a_pack_by_hand_is_not_written_over(run, tmp_path, how):
    pack = ("pack", "session-first-week", "--lang", "en", "--output", tmp_path, *how)
    assert run(*pack).exit_code == 0
    there = tmp_path / f"session-first-week-en{'.zip' if how else ''}"
    mine = there if how else there / "slides.pptx"
    mine.write_bytes(b"mine")
    again = run(*pack)
    assert again.exit_code == 2
    assert f"{there} is there already" in again.stderr
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize("command", ["check", "pack"])
def test_a_wrong_id_says_which_there_are(run, command):
    found = run(command, "nope")
    assert found.exit_code == 2
    assert "session-first-week" in found.stderr


def test_a_complete_session_can_be_held(run):
    assert run("check", "session-first-week").exit_code == 0


@pytest.fixture
def house(run, tmp_path, monkeypatch):
    """Commands about a room with a database of their own, and a trainer."""
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("KB_SECRET_KEY", "not a secret")
    made = CliRunner().invoke(
        cli.kb, ["user", "add", "sun", "trainer"], input="a long password\na long password\n"
    )
    assert made.exit_code == 0, made.stderr
    return run


def test_a_room_is_opened_closed_and_reported_from_the_terminal(house):
    opened = house("run", "session-first-week", "--as", "sun", "--lang", "en", "--teams", 3)
    assert opened.exit_code == 0, opened.stderr
    assert "Room 1 is open" in opened.stderr
    assert [line.rsplit("/", 2)[1] for line in opened.stdout.split()] == ["room", "rooms"]
    closed = house("close", 1, "--well", "Everybody voted")
    assert closed.exit_code == 0, closed.stderr
    again = house("close", 1)
    assert (again.exit_code, again.stderr.strip()) == (1, "This session is over.")
    told = house("report", 1, "--lang", "en")
    assert "Everybody voted" in told.stdout
    assert json.loads(house("report", 1, "--json").stdout)["is_closed"]


def test_a_room_needs_a_trainer_and_something_to_hold(house):
    assert "kb user list" in house("run", "session-first-week", "--as", "nobody").stderr
    nothing = house("run", "glossary", "--as", "sun")
    assert nothing.exit_code == 2
    assert "glossary" in nothing.stderr
    missing = house("report", 9)
    assert missing.exit_code == 2
    assert len(missing.stderr.strip().splitlines()) == 1


def test_a_session_is_written_in_both_languages_and_can_be_held(tmp_path, content, enlarge_bank):
    enlarge_bank(content)
    environ = {"KB_CONTENT_DIR": str(content), "KB_BUILD_DIR": str(tmp_path / "b"), "LC_ALL": "C"}

    def run(*args):
        return CliRunner().invoke(cli.kb, list(args), env=environ)

    wish = ("session", "new", "stairs", "--problem", "ebike-corridor", "--minutes", "45")
    found = run(*wish)
    assert found.exit_code == 0, found.stderr
    paths = [content / lang / "sessions" / "stairs.md" for lang in ("zh", "en")]
    assert found.stdout.split() == [str(path) for path in paths]
    assert "status: draft" in paths[0].read_text("utf-8")
    assert "Case: " in found.stderr
    assert run("check").exit_code == 0
    assert run("session", "check", "stairs").exit_code == 0
    again = run(*wish)
    assert again.exit_code == 2
    assert "name is taken" in again.stderr
    before = sorted(content.rglob("*.md"))
    found = run("session", "new", "x-y", "--case", "nope", "--minutes", "5")
    assert found.exit_code == 2
    assert "There is no case nope" in found.stderr
    assert "20 to 180" in found.stderr
    bad = run("session", "new", "X Y", "--problem", "ebike-corridor")
    assert bad.exit_code == 2
    assert "cannot name a page" in bad.stderr
    assert sorted(content.rglob("*.md")) == before
