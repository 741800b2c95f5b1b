"""The script that installs what the browser tests need."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("install-browser.sh")


@pytest.fixture
def install(tmp_path: Path):
    """Run the script on a machine that has only these commands: `install(id="echo 1000")`."""

    def run(**commands: str) -> subprocess.CompletedProcess[str]:
        for name in ("bash", "grep"):
            (tmp_path / name).symlink_to(str(shutil.which(name)))
        for name, script in commands.items():
            path = tmp_path / name.replace("_", "-")
            path.write_text(f"#!{tmp_path}/bash\n{script}\n", encoding="utf-8")
            path.chmod(0o755)
        return subprocess.run(
            [tmp_path / "bash", SCRIPT],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_it_does_nothing_where_everything_is_there(install):
    found = install(
        chromium_headless_shell="", fc_list="echo NotoSansCJK", apt_get="echo must not run >&2"
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_it_installs_what_is_missing_where_it_may(install, tmp_path):
    log = tmp_path / "log"
    found = install(chromium_headless_shell="", id="echo 0", apt_get=f'echo "$*" >> {log}')
    assert (found.returncode, found.stderr) == (0, "")
    assert "fonts-noto-cjk" in log.read_text("utf-8")
    assert "chromium" not in log.read_text("utf-8")


@pytest.mark.parametrize("outcome", [0, 100])
def test_it_tries_for_the_browser_without_windows_and_is_content_with_another(
    install, tmp_path, outcome
):
    log = tmp_path / "log"
    found = install(
        chromium="", fc_list="echo NotoSansCJK", id="echo 0",
        apt_get=f'echo "$*" >> {log}; echo no >&2; exit {outcome}',
    )  # fmt: skip
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert log.read_text("utf-8").startswith("update")


@pytest.mark.parametrize(
    "machine",
    [
        {"id": "echo 1000", "apt_get": "exit 0"},
        {"id": "echo 0"},
        {"id": "echo 0", "apt_get": "exit 1"},
    ],
)
def test_else_it_says_the_one_command_to_run_and_lets_the_tests_go_on(install, machine):
    found = install(**machine)
    assert found.returncode == 0
    command = "apt-get install --yes --no-install-recommends chromium fontconfig fonts-noto-cjk"
    assert found.stderr.strip().endswith(f"Run: sudo {command}")
