from __future__ import annotations

import pickle
import random
import shutil
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index import Memo, read_library
from search_index.passages import cut_all

SMALL = Path(__file__).parents[1] / "content"
TODAY = date(2026, 11, 23)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "memo" / "pages"


def test_what_was_kept_is_there_the_next_time(kept: Path) -> None:
    memo = Memo(kept, "this code")
    memo.put("a", ("b", 1))
    assert memo.get("a") == ("b", 1)
    memo.save()
    assert Memo(kept, "this code").get("a") == ("b", 1)
    assert Memo(kept, "this code").get("c") is None


def test_what_nobody_asks_for_is_dropped(kept: Path) -> None:
    memo = Memo(kept, "")
    memo.put("used", 1)
    memo.put("unused", 2)
    memo.save()
    memo = Memo(kept, "")
    memo.get("used")
    memo.save()
    memo = Memo(kept, "")
    assert (memo.get("used"), memo.get("unused")) == (1, None)


def test_a_value_for_the_same_print_takes_the_place_of_the_one_before(kept: Path) -> None:
    for value in (1, 2):
        memo = Memo(kept, "")
        memo.put("a", value)
        memo.save()
    assert Memo(kept, "").get("a") == 2


def test_nothing_is_written_when_nothing_is_new(kept: Path) -> None:
    memo = Memo(kept, "")
    memo.put("a", 1)
    memo.save()
    before = kept.stat().st_mtime_ns, kept.stat().st_ino
    memo.save()
    memo = Memo(kept, "")
    memo.get("a")
    memo.save()
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == before


def test_results_of_other_code_are_never_served(kept: Path) -> None:
    memo = Memo(kept, "this code")
    memo.put("a", 1)
    memo.save()
    assert Memo(kept, "other code").get("a") is None


def test_only_its_owner_may_read_it_and_nothing_else_is_left(kept: Path) -> None:
    memo = Memo(kept, "")
    memo.put("a", 1)
    memo.save()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.99])
def test_a_damaged_file_counts_as_none(kept: Path, share: float) -> None:
    memo = Memo(kept, "")
    memo.put("a", "x" * 100)
    memo.save()
    whole = bytearray(kept.read_bytes())
    at = int(share * len(whole))
    whole[at] ^= 1
    kept.write_bytes(whole)
    assert Memo(kept, "").get("a") is None
    kept.write_bytes(whole[:at])
    assert Memo(kept, "").get("a") is None


def test_a_file_that_names_what_is_gone_counts_as_none(kept: Path) -> None:
    import hashlib

    kept.parent.mkdir()
    for data in (b"cno_such_module\nGone\n.", pickle.dumps(3), pickle.dumps(("", [1]))):
        kept.write_bytes(hashlib.sha256(data).digest() + data)
        assert Memo(kept, "").get("a") is None


# Reading with one ---------------------------------------------------------------------------------


def assert_the_same_with_and_without(content: Path, kept: Path, today: date = TODAY) -> None:
    memo = Memo(kept, "")
    with_memo = read_library(content, today=today, memo=memo)
    memo.save()
    without = read_library(content, today=today)
    assert with_memo == without
    assert list(with_memo.library.pages) == list(without.library.pages)
    assert list(cut_all(with_memo.library)) == list(cut_all(without.library))


def _edit(content: Path, rng: random.Random) -> None:
    """One thing that an editor may do to a folder, sound or not."""
    paths = sorted(content.rglob("*.*"))
    path = rng.choice(paths)
    match rng.randrange(8):
        case 0:
            path.unlink()
        case 1:
            path.rename(path.with_name(f"moved-{rng.randrange(3)}{path.suffix}"))
        case 2:
            shutil.copyfile(path, path.with_name(f"copy-{rng.randrange(3)}{path.suffix}"))
        case 3:
            path.write_bytes(path.read_bytes() + rng.choice([b"\n\xff", b"\n\n[x](a.md)\n", b"\n"]))
        case 4:
            path.write_bytes(rng.choice(paths).read_bytes())
        case _:
            lines = path.read_text("utf-8", "replace").split("\n")
            at = rng.randrange(len(lines))
            other = rng.choice(lines)
            lines[at : at + rng.randrange(2)] = rng.choice([[], [other], [f"{lines[at]} x"]])
            path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.unmeasured
@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_edits_of_any_sort_read_the_same_with_and_without_a_memo(tmp_path_factory, rng) -> None:
    folder = tmp_path_factory.mktemp("edited")
    content = Path(shutil.copytree(SMALL, folder / "content"))
    today = TODAY
    assert_the_same_with_and_without(content, folder / "memo")
    for _ in range(6):
        _edit(content, rng)
        today += timedelta(days=rng.choice([0, 0, 1, -400]))
        assert_the_same_with_and_without(content, folder / "memo", today)


def test_a_name_that_is_gone_is_missed_where_it_was_used(content: Path, kept: Path) -> None:
    assert_the_same_with_and_without(content, kept)
    for lang in ("zh", "en"):
        (content / lang / "problems" / "ebike-flying-wire.md").unlink()
    assert_the_same_with_and_without(content, kept)
    taxonomy = content / "taxonomy.yml"
    taxonomy.write_text(taxonomy.read_text("utf-8").replace("ebike-corridor", "gone"), "utf-8")
    assert_the_same_with_and_without(content, kept)
    assert read_library(content, today=TODAY, memo=Memo(kept, "")).findings


def test_only_what_changed_is_taken_apart_again(content: Path, kept: Path, monkeypatch) -> None:
    memo = Memo(kept, "")
    read_library(content, memo=memo)
    memo.save()
    path = content / "zh/cases/bins-moved.md"
    path.write_text(path.read_text("utf-8") + "\n再看一次。\n", encoding="utf-8")
    parsed: list[str] = []

    def parse_yaml(text: str, **given: int) -> object:
        parsed.append(text)
        return real(text, **given)

    real = read_library.__globals__["parse_yaml"]
    monkeypatch.setitem(read_library.__globals__, "parse_yaml", parse_yaml)
    reading = read_library(content, memo=Memo(kept, ""))
    assert len(parsed) == 1
    assert "再看一次" in [p for p in cut_all(reading.library) if p.page == "bins-moved"][-1].text
