import re

from kb_app.findings import SENTENCES, in_words
from search_index import Lang, read_library

BROKEN = {
    "zh/cases/one.md": "---\ntitel: a\noutcome: workd\nchecked_on: soon\nreview_every: 6\nproblems: [nix]\n"
    "owner: 没有这个\nmeasure: {before: many}\nrechecks: x\nplace: x\nseason: 1\nlesson: []\n---\n# x\n",
    "zh/cases/two.md": "---\ntitle: a\noutcome: worked\nchecked_on: 2099-01-01\nlesson: "
    + "长" * 60
    + "\n---\n"
    "早\n## 结果\n<b>\n## 结果\n[a](nix.md) ![](a.png) [b](javascript:x)\n## 结局\nx\n## 基本情况\n13800000000\n",
    "zh/cases/three.md": "---\ntitle: a: b\n---\n",
    "zh/cases/four.md": "none",
    "zh/cases/five.md": "---\ntitle: a\n",
    "zh/problems/six.md": "---\ntitle: a\ntitle: b\n---\n",
    "en/cases/shed-before-ban.md": "---\ntitle: a\noutcome: failed\n---\n## Situation\nx\n",
}


def test_everything_that_the_rules_say_is_said_in_chinese_too(content):
    for name, text in BROKEN.items():
        (content / name).write_text(text, "utf-8")
    messages = {finding.message for finding in read_library(content).findings}
    assert len(messages) > 30
    silent = [
        m
        for m in messages
        if not re.search(r"[一-鿿]", re.sub(r"`[^`]*`", "", in_words(m, Lang.ZH)))
    ]
    assert silent == []
    assert {in_words(m, Lang.EN) for m in messages} == messages


def test_no_sentence_is_written_twice():
    assert len(set(SENTENCES)) == len(SENTENCES)
