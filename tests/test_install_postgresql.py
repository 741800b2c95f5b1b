"""The script that installs what the tests of the database need."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("install-postgresql.sh")


@pytest.fixture
def install(tmp_path: Path):
    """Run the script on a machine that has only these commands: `install(id="echo 1000")`."""

    def run(**commands: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "bash").symlink_to(str(shutil.which("bash")))
        for name, script in commands.items():
            path = tmp_path / name.replace("_", "-")
            path.write_text(f"#!{tmp_path}/bash\n{script}\n", encoding="utf-8")
            path.chmod(0o755)
        return subprocess.run(
            [tmp_path / "bash", SCRIPT],
            env={"PATH": str(tmp_path), "POSTGRESQL_FOLDERS": str(tmp_path / "none")},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_it_does_nothing_where_it_is_there(install):
    found = install(initdb="", apt_get="echo must not run >&2")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_it_installs_it_where_it_may(install, tmp_path):
    log = tmp_path / "log"
    found = install(id="echo 0", apt_get=f'echo "$*" >> {log}')
    assert (found.returncode, found.stderr) == (0, "")
    assert "postgresql" in log.read_text("utf-8")


@pytest.mark.parametrize("machine", [{"id": "echo 1000", "apt_get": "exit 0"}, {"id": "echo 0"}])
def test_else_it_says_the_one_command_to_run_and_lets_the_tests_go_on(install, machine):
    found = install(**machine)
    assert found.returncode == 0
    command = "apt-get install --yes --no-install-recommends postgresql"
    assert found.stderr.strip().endswith(f"Run: sudo {command}")
