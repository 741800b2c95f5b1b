"""What the program says, in the reader's language.

The words in the code are English; the Chinese ones stand in ``zh/LC_MESSAGES/messages.po``, which
is read as it is, so that there is no compiled copy to forget.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from search_index import Lang

CATALOG = Path(__file__).parent / "zh" / "LC_MESSAGES" / "messages.po"


def say(lang: Lang, message: str, **values: object) -> str:
    """The message in that language, with the values filled in.

    >>> say(Lang.ZH, "Search: {words}", words="飞线"), say(Lang.EN, "Search: {words}", words="飞线")
    ('搜索：飞线', 'Search: 飞线')
    """
    words = _translations(lang).gettext(message)
    return words.format(**values) if values else words


def mark(message: str) -> str:
    """The message itself, marked to be translated where it is shown."""
    return message


def listed(lang: Lang, messages: Iterable[str]) -> str:
    """Some messages in a row, as people write it.

    >>> listed(Lang.ZH, ("Problem", "Case")), listed(Lang.EN, ("Problem", "Case"))
    ('问题、案例', 'Problem, Case')
    """
    return ("、" if lang is Lang.ZH else ", ").join(say(lang, each) for each in messages)


def preferred(locale: str) -> Lang:
    """The language of a locale such as ``zh_CN.UTF-8``; English for every other one.

    >>> preferred("zh_CN.UTF-8"), preferred("C"), preferred("zh-Hans")
    (<Lang.ZH: 'zh'>, <Lang.EN: 'en'>, <Lang.ZH: 'zh'>)
    """
    return Lang.ZH if locale.lower().startswith("zh") else Lang.EN


@cache
def _translations(lang: Lang) -> NullTranslations:
    if lang is Lang.EN:
        return NullTranslations()
    with CATALOG.open("rb") as file:
        catalog = read_po(file, locale="zh")
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
