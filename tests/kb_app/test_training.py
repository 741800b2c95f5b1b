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


@pytest.mark.parametrize("command", ["check", "pack"])
def test_a_wrong_id_says_which_there_are(run, command):
    found = run(command, "nope")
    assert found.exit_code == 2
    assert "session-first-week" in found.stderr


def test_a_complete_session_can_be_held(run):
    assert run("check", "session-first-week").exit_code == 0
