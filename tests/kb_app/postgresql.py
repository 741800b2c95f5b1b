"""A PostgreSQL server of our own, for as long as the tests run."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

HOW = "run: bash tests/install-postgresql.sh"


class MissingError(Exception):
    """There can be no server on this machine; says why."""


def programs() -> Path:
    """Where initdb and pg_ctl are."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise MissingError("PostgreSQL is not installed; " + HOW)
    return found[-1].parent


def nobody_special() -> int | None:
    """Who runs the server: it refuses to run as root. None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise MissingError("PostgreSQL does not run as root, and there is nobody else")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a server that listens in a temporary folder only; `{name}` is the database."""
    where, user = programs(), nobody_special()
    folder = Path(tempfile.mkdtemp(prefix="lanewise-postgresql-"))
    if user is not None:
        os.chown(folder, user, -1)

    def run(program: str, *args: str) -> None:
        done = subprocess.run(
            [where / program, "-D", folder / "data", *args],
            user=user, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}, check=False, timeout=120,
        )  # fmt: skip
        if done.returncode:
            raise MissingError(program + " failed: " + (done.stderr or done.stdout))

    try:
        run("initdb", "--username=lanewise", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", options)
        try:
            yield f"postgresql+psycopg://lanewise@/{{name}}?host={folder}"
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
