from pathlib import Path

import pytest
from click.testing import CliRunner

from kb_app import cli
from kb_app.session import pack

CONTENT = Path(__file__).parents[2] / "content"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "browser", lambda: None)
    environ = {"KB_CONTENT_DIR": str(CONTENT), "KB_BUILD_DIR": str(tmp_path), "LC_ALL": "C"}
    return lambda *args: CliRunner().invoke(cli.kb, ["session", *map(str, args)], env=environ)


def test_a_zip_is_written_and_the_missing_printer_is_named(run, tmp_path):
    found = run("pack", "session-first-week", "--zip", "--lang", "zh", "--output", tmp_path / "o")
    assert found.exit_code == 0
    assert (tmp_path / "o" / "session-first-week-zh.zip").is_file()
    assert "No PDF" in found.stderr


@pytest.mark.parametrize("command", ["check", "pack"])
def test_a_wrong_id_says_which_there_are(run, command):
    found = run(command, "nope")
    assert found.exit_code == 2
    assert "session-first-week" in found.stderr


def test_a_complete_session_can_be_held(run):
    assert run("check", "session-first-week").exit_code == 0


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
