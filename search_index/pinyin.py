"""Chinese typed by its sound: pinyin in Latin letters, and characters mistaken for others.

The sounds are those of the names that the library knows (titles, aliases, glossary); they are
collected when an index is built, so that a query needs no dictionary of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from numpy.typing import NDArray

from search_index.analysis import fold, is_han
from search_index.stored import Stored, dictionary, records

LONGEST = 5
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_LATIN_RUN = re.compile(r"[a-z]+(?:[ ']+[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Sounds:
    """What the library's names sound like.

    `names` gives for a sound (syllables joined, no tones) the commonest stretch of a name that has
    it; `whole` are the names of two characters; `syllables` the sound of each character; `spelled`
    the syllables of each run of characters in a name, and `made_by` the version that spelled them.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    whole: Collection[str] = ()
    syllables: Mapping[str, str] = field(default_factory=dict)
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    made_by: str = ""

    @classmethod
    def read(cls, file: Stored) -> Sounds:
        """The sounds that were kept in a file."""
        whole, syllables, made_by = file.records("characters")[0]
        names, spelled = file.dictionary("sounds"), file.dictionary("spelled")
        return cls(names, frozenset(whole), syllables, spelled, made_by)

    def parts(self) -> dict[str, NDArray[Any]]:
        """What `read` reads."""
        kept = (tuple(self.whole), dict(self.syllables), self.made_by)
        return {
            **dictionary("sounds", self.names),
            **dictionary("spelled", self.spelled),
            **records("characters", [kept]),
        }


def sounds_of(names: Iterable[str], before: Sounds | None = None) -> Sounds:
    """The sounds of names, by every stretch of two to five characters.

    What `before` knows, if it was made by the same version, is not spelled again.

    >>> sounds_of(["飞线充电"]).names["chongdian"]
    '充电'
    """
    made_by = metadata.version("pypinyin")
    known = before if before is not None and before.made_by == made_by else Sounds()
    spelled: dict[str, tuple[str, ...]] = {}
    counts: dict[str, Counter[str]] = {}
    whole: set[str] = set()
    for name in names:
        for run in _HAN_RUN.findall(fold(name)):
            if run not in spelled:
                spelled[run] = known.spelled.get(run) or _spelled(run)
            if len(run) == len(name.strip()) == 2:  # noqa: PLR2004 - characters
                whole.add(run)
            for low, high in _stretches(len(run)):
                sound = "".join(spelled[run][low:high])
                counts.setdefault(sound, Counter())[run[low:high]] += 1
    return Sounds(
        {sound: _commonest(found) for sound, found in counts.items()},
        tuple(sorted(whole)),
        known.syllables or _common_characters(),
        spelled,
        made_by,
    )


def _spelled(run: str) -> tuple[str, ...]:
    # Imported when an index is built, never while a query waits: its tables are large.
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(run))


def _common_characters() -> dict[str, str]:
    """The sound of every character in everyday use."""
    every = (chr(code) for code in range(0x4E00, 0x9FA6))
    return {character: _spelled(character)[0] for character in every if _in_gb2312(character)}


def _stretches(length: int) -> Iterator[tuple[int, int]]:
    for size in range(2, min(LONGEST, length) + 1):
        for low in range(length - size + 1):
            yield low, low + size


def _commonest(found: Counter[str]) -> str:
    if len(found) == 1:
        return next(iter(found))
    return min(found, key=lambda stretch: (-found[stretch], stretch))


def _in_gb2312(character: str) -> bool:
    """Whether a character is one of those in everyday use."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def from_latin(folded: str, sounds: Sounds, is_known: Callable[[str], bool]) -> str:
    """A query with pinyin in Latin letters turned into the characters it stands for.

    Known words are words, not pinyin, unless they stand between syllables of one name.

    >>> from_latin("feixian chong dian", sounds_of(["飞线充电"]), lambda word: False)
    '飞线充电'
    """

    def spelled(match: re.Match[str]) -> str:
        words = match[0].split()
        known = list(map(is_known, words))
        if all(known):
            return match[0]
        out: list[str] = []
        at = 0
        while at < len(words):
            size, han = _longest(words[at:], known[at:], sounds)
            out.append(han or words[at])
            at += size
        return _joined(out)

    return _LATIN_RUN.sub(spelled, folded)


def _longest(words: list[str], known: list[bool], sounds: Sounds) -> tuple[int, str]:
    """How many of the first words make up a name's sound, and the name; (1, "") if none do."""
    for size in range(min(len(words), LONGEST), 0, -1):
        if not all(known[:size]):
            han = sounds.names.get("".join(words[:size]).replace("'", ""))
            if han is not None:
                return size, han
    return 1, ""


def _joined(parts: list[str]) -> str:
    text = ""
    for part in parts:
        close = text and is_han(text[-1]) and is_han(part)
        text += part if close or not text else f" {part}"
    return text


def from_homophones(folded: str, sounds: Sounds, known: Container[str]) -> str:
    """A query with characters that only sound right replaced by those that are.

    A stretch is replaced where none of its pairs of characters is in `known`, a name of the library
    sounds the same, and the two share a character. Two characters alone must be a whole name: so
    short a stretch of a longer one sounds like too much.

    >>> from_homophones("电平车上楼", sounds_of(["电瓶车"]), {"上楼"})
    '电瓶车上楼'
    """
    if folded.isascii():
        return folded

    def mended(match: re.Match[str]) -> str:
        run = match[0]
        strange = _strange(run, known)
        if not any(strange):
            return run
        for low, high in sorted(_stretches(len(run)), key=lambda span: span[0] - span[1]):
            if not all(strange[low : high - 1]):
                continue
            typed = run[low:high]
            right = sounds.names.get("".join(sounds.syllables.get(c, "?") for c in typed))
            alike = right is not None and len(right) == len(typed) and set(right) & set(typed)
            enough = len(typed) > 2 or right in sounds.whole  # noqa: PLR2004 - characters
            if right and alike and enough:
                run = run[:low] + right + run[high:]
                strange = _strange(run, known)
        return run

    return _HAN_RUN.sub(mended, folded)


def _strange(run: str, known: Container[str]) -> list[bool]:
    """For each pair of neighbouring characters whether no page has it."""
    return [run[n : n + 2] not in known for n in range(len(run) - 1)]
