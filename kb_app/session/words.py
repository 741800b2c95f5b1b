"""The words that stand on slides and sheets, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from search_index import Lang

_WORDS: Mapping[str, tuple[str, str]] = {
    "aims": ("今天练什么", "What you will be able to do"),
    "agenda": ("怎么安排", "How the time is spent"),
    "minutes": ("{n} 分钟", "{n} min"),
    "read": ("读一读", "Read"),
    "case": ("案例", "Case"),
    "quiz": ("测验", "Quiz"),
    "discuss": ("讨论", "Discuss"),
    "ask": ("换你来定", "You decide"),
    "done": ("当时怎么办的", "What was done"),
    "answer": ("答案", "Answer"),
    "why": ("为什么：", "Why: "),
    "from": ("出处：", "From: "),
    "recheck": ("后来再看", "Looked at again later"),
    "held": ("守住了", "it had held"),
    "relapsed": ("反弹了", "it had come back"),
    "no_recheck": (
        "没有查到后来的复查：守没守住，不知道。",
        "No later look is on record: whether it held is not known.",
    ),
    "card": ("行动卡", "Action card"),
    "card_lane": ("我的巷", "My lane"),
    "card_step": ("我先走的一步", "My one step"),
    "card_day": ("哪一天做", "On which day"),
    "card_count": ("怎么数", "How I count it"),
    "handout": ("学员讲义", "Handout"),
    "cases": ("案例（未完）", "Case, without its ending"),
    "key": ("测验答案", "Quiz key"),
    "sign": ("签到表", "Sign-in sheet"),
    "sign_name": ("姓名", "Name"),
    "sign_unit": ("社区或巷", "Community or lane"),
    "sign_here": ("签名", "Signature"),
    "sign_keep": (
        "只用来记谁来过，不打分、不排名。",
        "Only to record who came; no marks, no ranking.",
    ),
    "board": ("白板怎么排", "Board plan"),
    "slides": ("幻灯片", "Slides"),
    "office": ("幻灯片（可在PowerPoint、WPS里改）", "Slides to edit in PowerPoint or WPS"),
    "presenter": ("讲者视图", "Presenter view"),
    "back": ("上一页", "Back"),
    "next": ("下一页", "Next"),
    "upcoming": ("接下来：", "Next: "),
    "end": ("到此为止", "The end"),
    "for": ("谁来听：", "For: "),
    "inside": ("包里有什么", "What is in this folder"),
    "how": (
        "插上就能用，不用联网。先打开幻灯片；按 P 开讲者视图，方向键翻页，也可以滑动。",
        "No network needed. Open the slides; P opens the presenter view, arrow keys turn pages.",
    ),
}


def word(lang: Lang, key: str, **values: object) -> str:
    """A word in the reader's language.

    >>> word(Lang.EN, "minutes", n=5)
    '5 min'
    """
    return _WORDS[key][0 if lang is Lang.ZH else 1].format(**values)
