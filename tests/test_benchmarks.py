"""The benchmark runs and says its ratios; what they are is not for a test to judge."""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def test_the_quick_benchmark_runs_and_says_the_ratios(tmp_path):
    report, numbers = tmp_path / "report.md", tmp_path / "numbers.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--json", numbers, "--report", report],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
    assert "ours/Whoosh" in done.stdout
    assert "ours/SQLite FTS5" in done.stdout
    (measured,) = json.loads(numbers.read_text("utf-8"))["rounds"]
    assert not [name for name, one in measured["contestants"].items() if "failed" in one]
    assert all(one["rows"] for one in measured["contestants"].values())
    assert "# Speed" in report.read_text("utf-8")
