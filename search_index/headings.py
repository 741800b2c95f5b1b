"""The fixed headings of cases and problem pages, in both languages, with their anchors."""

from __future__ import annotations

from collections.abc import Mapping

from search_index.content import Kind, Lang

_ZH_EN = tuple[str, str]

CASE: Mapping[str, _ZH_EN] = {
    "situation": ("基本情况", "Situation"),
    "timeline": ("经过", "Timeline"),
    "analysis": ("原因分析", "Analysis"),
    "options": ("备选对策", "Options"),
    "decision": ("决策与行动", "Decision and action"),
    "result": ("结果", "Result"),
    "pitfalls": ("教训", "Pitfalls"),
    "escalation": ("升级路径", "Escalation"),
    "transfer": ("适用条件", "Transfer"),
    "discussion": ("讨论题", "Discussion"),
    "quiz": ("测验", "Quiz"),
    "sources": ("资料来源", "Sources"),
}

PROBLEM: Mapping[str, _ZH_EN] = {
    "signs": ("早期迹象", "Early signs"),
    "causes": ("成因", "Causes"),
    "responses": ("对策", "Responses"),
    "worked": ("怎样算见效", "How to know it worked"),
    "escalation": ("升级路径", "Escalation"),
    "rules": ("法规依据", "Legal basis"),
    "danger": ("危险信号", "Danger signs"),
    "unknown": ("还不清楚的", "What is not known"),
    "sources": ("资料来源", "Sources"),
}

FIXED: Mapping[Kind, Mapping[str, _ZH_EN]] = {Kind.CASE: CASE, Kind.PROBLEM: PROBLEM}

# What a published page must have; a case needs `pitfalls` or `transfer` besides.
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.CASE: ("situation", "decision", "result"),
    Kind.PROBLEM: ("signs", "causes", "responses", "worked", "escalation"),
}

# Parts that the site makes from front matter; links may point at them.
MADE: Mapping[Kind, tuple[str, ...]] = {
    Kind.CASE: ("decision-points", "not-do", "rules", "quiz", "sources"),
    Kind.PROBLEM: ("look", "do", "who", "basis", "dont", "cases", "rules", "quiz", "sources"),
    Kind.GUIDE: ("shares", "routine", "steps", "rules", "quiz", "sources"),
    Kind.SESSION: ("objectives", "agenda", "quiz", "board", "handouts", "sources"),
    Kind.PLAN: ("tasks", "sources"),
    Kind.ABOUT: ("sources",),
}


def heading(kind: Kind, anchor: str, lang: Lang) -> str | None:
    """The fixed heading behind an anchor, None where the kind has no such heading."""
    pair = FIXED.get(kind, {}).get(anchor)
    return None if pair is None else pair[0 if lang is Lang.ZH else 1]


def anchors_by_heading(kind: Kind, lang: Lang) -> Mapping[str, str]:
    """Fixed headings of a kind in one language, each with its anchor, in page order."""
    return {pair[0 if lang is Lang.ZH else 1]: key for key, pair in FIXED.get(kind, {}).items()}
