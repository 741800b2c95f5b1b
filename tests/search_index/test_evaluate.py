from __future__ import annotations

from pathlib import Path

import pytest
from samples import Folder

from search_index import Answers, ContentError, ablations, judge, read_judged, scores

HEAD = "qid\tlang\tkind\tquery\tproblems\tnote\n"


def test_measures_are_those_of_the_field(small: Folder, tmp_path: Path) -> None:
    path = tmp_path / "judged.tsv"
    path.write_text(
        HEAD + "1\tzh\tkeyword\t地锁\tparking-lock\t\n2\ten\ttypo\tquantum foam\tparking-lock\t\n"
        "3\tzh\toutside\t月球土豆\t-\t\n4\tmixed\tdanger\t煤气味\t-\t\n",
        encoding="utf-8",
    )
    answers = Answers.of(small.read().library)
    found = scores(judge(answers, read_judged(path)))
    without = ablations(answers, read_judged(path))
    answers.close()
    assert without["all"] == found
    assert set(without) >= {"all", "without glossary", "without pinyin", "without hints"}
    assert (found["overall.hit@1"], found["overall.mrr@10"]) == (0.5, 0.5)
    assert (found["lang.zh.hit@3"], found["lang.en.hit@3"]) == (1.0, 0.0)
    assert (found["outside.unanswered"], found["danger.emergency"]) == (1.0, 1.0)


def test_a_file_of_another_form_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_text(HEAD + "1\tzh\tkeyword\t地锁\tparking-lock\n2\tzh\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"bad.tsv:3: want"):
        read_judged(path)
    with pytest.raises(ContentError, match="cannot be read"):
        read_judged(tmp_path / "none.tsv")
