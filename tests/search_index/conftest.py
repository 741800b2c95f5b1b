from __future__ import annotations

import inspect
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from samples import LOCKS_EN, LOCKS_ZH, PROBLEM_EN, PROBLEM_ZH, Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "content")


@pytest.fixture
def case(folder: Folder, request: pytest.FixtureRequest) -> Folder:
    """The folder with the test's own docstring as a Chinese case."""
    folder.write("zh/cases/one.md", inspect.cleandoc(request.function.__doc__) + "\n")
    return folder


@pytest.fixture
def small(folder: Folder) -> Folder:
    """A sound little library: a case and a problem page, both in two languages."""
    from search_index import mark_translated

    folder.write("zh/cases/car-club.md", LOCKS_ZH)
    folder.write("zh/problems/parking-lock.md", PROBLEM_ZH)
    for name, text in (("cases/car-club", LOCKS_EN), ("problems/parking-lock", PROBLEM_EN)):
        mark_translated(folder.write(f"en/{name}.md", text), folder.path)
    return folder
