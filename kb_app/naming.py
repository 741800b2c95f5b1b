"""Names in the address, made from titles."""

from __future__ import annotations

import re
import unicodedata

MOST_SYLLABLES = 6
MOST_LETTERS = 48


def name_of(title: str) -> str:
    """A name that can stand in an address, from how a title sounds; empty if it has no sound.

    >>> name_of("楼道堆放电动车"), name_of("The shed, café!"), name_of("？")
    ('lou-dao-dui-fang-dian-dong', 'the-shed-cafe', '')
    """
    # Imported when a name is made, never while a command starts: its tables are large.
    from pypinyin import lazy_pinyin

    sounds = "-".join(lazy_pinyin(title)).casefold()
    plain = unicodedata.normalize("NFKD", sounds).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)[:MOST_SYLLABLES]
    return "-".join(words)[:MOST_LETTERS].strip("-")
