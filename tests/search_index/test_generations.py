from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from search_index import BuildBusyError, BuildFolder


def test_nothing_is_live_before_the_first_build(tmp_path: Path) -> None:
    assert BuildFolder(tmp_path / "build").current() is None


def test_publishing_makes_index_and_site_live_in_one_step(tmp_path: Path) -> None:
    build = BuildFolder(tmp_path)
    index, site = build.new("index"), build.new("site")
    assert build.current() is None
    current = build.publish(index=index, site=site, fingerprint="abc")
    assert build.current() == current
    assert (current.index, current.site, current.fingerprint) == (index.name, site.name, "abc")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({"index": "../x", "site": None, "built_at": "", "fingerprint": ""}),
    ],
)
def test_a_pointer_that_makes_no_sense_points_at_nothing(tmp_path: Path, text: str) -> None:
    build = BuildFolder(tmp_path)
    build.pointer.write_text(text)
    assert build.current() is None


def _hold(path: Path, ready: object, done: object) -> None:
    with BuildFolder(path).lock():
        ready.set()  # type: ignore[attr-defined]
        done.wait(20)  # type: ignore[attr-defined]


def test_there_is_one_writer_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(20)
    with pytest.raises(BuildBusyError, match="another build"), BuildFolder(tmp_path).lock():
        pass
    other.kill()
    other.join()
    with BuildFolder(tmp_path).lock():
        pass


def test_pruning_keeps_what_is_live_and_the_newest_before_it(tmp_path: Path) -> None:
    build = BuildFolder(tmp_path)
    made = []
    for number in range(4):
        folder = tmp_path / f"index-2026010{number}T000000Z-aa"
        folder.mkdir()
        made.append(folder)
    build.publish(index=made[0], site=None, fingerprint="x")
    (tmp_path / "current-left.tmp").write_text("")
    build.prune(keep=1)
    assert sorted(p.name for p in tmp_path.glob("index-*")) == [made[0].name, made[3].name]
    assert not list(tmp_path.glob("*.tmp"))
    build.prune(keep=5)
    assert len(list(tmp_path.glob("index-*"))) == 2
