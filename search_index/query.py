"""The query language, and what a reader's words mean to the index.

``"exact phrase"``, ``-not``, ``kind:case``, ``problem:parking-lock``; everything else is words. Any
text is a query: what is not one of these forms is words too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from search_index.analysis import fold, is_han, runs, stem
from search_index.content import Kind

MAX_LENGTH = 500
MAX_FORMS = 8
# A single character of a longer Chinese word against a pair of them (measured: about half).
HINT = 0.5
_FORM = re.compile(
    r'(?P<minus>(?<!\S)-)?["“”](?P<phrase>[^"“”]+)["“”]'
    r"|(?<!\S)-(?P<without>[^\s\"“”-]\S*)"
    r"|(?<!\S)(?P<field>kind|problem)[:\uff1a](?P<value>[a-z0-9-]+)(?!\S)"
)
# No form is without one of these.
_SIGN = re.compile(r'["“”:\uff1a-]')

# Words that ask and do not say what about; they are dropped from queries, never from pages.
QUESTION_ZH = frozenset(
    """
    怎么办才好 该怎么办 应该怎么办 要怎么办 怎么办呢 怎么办 怎么处理 如何处理 怎么解决
    如何解决 怎么弄 怎么整 怎么管 咋办 咋整 咋弄 咋处理 该找谁 应该找谁 找谁管 找谁
    归谁管 谁来管 谁管 谁负责 归谁 有没有人管 有人管吗 没人管 有什么办法 有啥办法
    有没有办法 什么办法 请问 想问一下 问一下 咨询一下 是不是 能不能 可不可以 可以吗
    行不行 要不要 为什么 为啥 什么 怎么 怎样 如何 哪个 哪里 哪儿 多少 我们 你们 他们
    这个 那个 这些 那些 总是 老是 一直 有人 有个 应该 需要 必须 可以 的 了 吗 呢 吧 啊
    呀
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
STOP_EN = frozenset(
    """
    a about after again all already also although am an and another any anyone anything are as
    at be because been being both but by came can cant come comes could did do does doesnt
    doing dont each either else even ever every everyone everything few for from gave get gets
    getting give given gives go goes going got had has have having he her here him his how
    however i if im in instead into is isnt it its ive just keep keeps last later least less
    let lets like little lot lots made make makes making many may maybe me might more most
    much must my need never next no nobody none not nothing now of off often on once ones only
    or other others our out over own perhaps please put quite rather re really said same saw
    say saying says see seen several she should since so some someone something sometimes soon
    still such take taken takes taking tell than that the their them then there theres these
    they theyre thing things think this those though through to too took up us use used using
    usually very want wants was we went were what whatever whats when whenever where whether
    which while who whole whom whose why will with within without wont would yet you your
    """.split()  # noqa: SIM905
)
_QUESTION = re.compile("|".join(sorted(QUESTION_ZH, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query taken apart: words to look for, and conditions."""

    words: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    problems: frozenset[str] = frozenset()


def parse(text: str) -> Parsed:
    """Take a query apart. Never raises: every text means something.

    >>> parse('kind:case "fire lane" -bollard  cars')
    ... # doctest: +NORMALIZE_WHITESPACE
    Parsed(words='cars', phrases=('fire lane',), excluded=('bollard',),
           kinds=frozenset({<Kind.CASE: 'case'>}), problems=frozenset())
    """
    phrases: list[str] = []
    excluded: list[str] = []
    kinds: set[Kind] = set()
    problems: set[str] = set()

    def take(match: re.Match[str]) -> str:
        if match["phrase"]:
            (excluded if match["minus"] else phrases).append(_exact(match["phrase"]))
        elif match["without"]:
            excluded.append(_exact(match["without"]))
        elif match["field"] == "problem":
            problems.add(match["value"])
        elif match["value"] in {kind.value for kind in Kind}:
            kinds.add(Kind(match["value"]))
        else:
            return match[0]
        return " "

    rest = text[:MAX_LENGTH].replace("\0", " ")
    if _SIGN.search(rest):
        rest = _FORM.sub(take, rest)
    return Parsed(
        " ".join(rest.split()),
        tuple(phrase for phrase in phrases if phrase)[:MAX_FORMS],
        tuple(words for words in excluded if words)[:MAX_FORMS],
        frozenset(kinds),
        frozenset(problems),
    )


def _exact(text: str) -> str:
    return " ".join(fold(text).split())


@dataclass(frozen=True, slots=True)
class Words:
    """The index terms of a query: what was asked, the weaker hints, and the units of coverage.

    A unit is a word or a Chinese character, with the terms that show that a page has it: a
    character of a longer run is there if one of its pairs is.
    """

    terms: Mapping[str, float] = field(default_factory=dict)
    hints: Mapping[str, float] = field(default_factory=dict)
    units: tuple[tuple[str, tuple[str, ...]], ...] = ()


def content_words(text: str) -> str:
    """A folded query without the words that only ask; all of it where nothing else is left.

    >>> content_words("电动车进楼怎么办"), content_words("who is on the roof")
    ('电动车进楼', 'roof')
    >>> content_words("怎么办")
    '怎么办'
    """
    folded = fold(text)
    left = folded if folded.isascii() else _QUESTION.sub(" ", folded)
    left = " ".join([word for word in left.split() if word.replace("'", "") not in STOP_EN])
    return left if any(True for _ in runs(left)) else folded


def asks_about_nothing(text: str) -> bool:
    """Whether a query has only words that ask, so that no page can answer it.

    >>> asks_about_nothing("怎么办"), asks_about_nothing("who is it"), asks_about_nothing("地锁呢")
    (True, True, False)
    """
    left = _QUESTION.sub(" ", fold(text))
    return all(stem(run) in STOP_EN for run in runs(left))


def words(
    text: str, *, phrases: Iterable[str] = (), strip: bool = True, hint: float = HINT
) -> Words:
    """The weighted terms of a query's words.

    A Chinese run of two characters or more counts by its pairs, its single characters being hints
    of weight `hint`; a lone character counts by itself. `strip` drops the words that only ask.

    >>> words("地锁 locks").units
    (('地', ('地锁',)), ('锁', ('地锁',)), ('lock', ('lock',)))
    """
    terms: dict[str, float] = {}
    hints: dict[str, float] = {}
    units: list[tuple[str, tuple[str, ...]]] = []
    for stretch in (content_words(text) if strip else fold(text), *phrases):
        for run in runs(stretch):
            if not is_han(run):
                term = stem(run)
                terms[term] = 1.0
                units.append((term, (term,)))
            elif len(run) == 1:
                terms[run] = 1.0
                units.append((run, (run,)))
            else:
                pairs = [run[n : n + 2] for n in range(len(run) - 1)]
                terms |= dict.fromkeys(pairs, 1.0)
                hints |= dict.fromkeys(run, hint)
                units += [(c, tuple(pairs[max(0, n - 1) : n + 1])) for n, c in enumerate(run)]
    hints = {term: weight for term, weight in hints.items() if term not in terms}
    return Words(terms, hints, tuple(units))
