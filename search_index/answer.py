"""Search and answers from one generation of the index."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from search_index.analysis import fold, is_han, language_of, stem, terms, words
from search_index.build import Row, Tables, read_tables, squeezed, tables_of
from search_index.content import Kind, Lang, Library
from search_index.emergency import Alarm, Alarms
from search_index.engine import Engine, Hit, Query, open_engine
from search_index.errors import IndexMissingError, SearchIndexError
from search_index.passages import Passage, cut_all
from search_index.phrases import Phrases
from search_index.pinyin import from_homophones, from_latin
from search_index.query import Parsed, asks_about_nothing, content_words, parse
from search_index.query import words as query_words
from search_index.results import (
    Answer,
    AnswerPassage,
    Correction,
    Found,
    Listed,
    PageHit,
    Suggestion,
)
from search_index.snippet import snippet

# The share of a query that the best three pages must speak of, on average, for it to count as
# answered: a question about something else meets single words on pages that have nothing in common.
# It falls with the query's length, since a long story has more words that no page has a reason to
# share. Fitted by logistic regression on the development set, where it parts the two sorts.
ANSWERED, ANSWERED_FALL = 1.01, 0.3
BEST = 3
FAVOUR: Mapping[Kind, float] = {Kind.PROBLEM: 1.15, Kind.SESSION: 0.7, Kind.ABOUT: 0.7}
GLOSSARY = 0.4
NAMED = 1.5
PREFIX = 0.3
MOST_BEGUN = 48

_REASON = {
    Lang.ZH: "资料库里没有讲到这个问题{unknown}。可以带着它去问办公室。",
    Lang.EN: "The library does not cover this{unknown}. Take the question to the office.",
}
SEPARATOR = {Lang.ZH: "、", Lang.EN: ", "}
_UNKNOWN = {Lang.ZH: "，没有一页提到：{words}", Lang.EN: "; no page mentions: {words}"}
QUOTES = 3
# Words by which a question asks for a certain sort of passage.
_ASKS: Mapping[str, tuple[str, ...]] = {
    "who": ("谁", "哪个部门", "哪家", "who", "whose", "whom", "department", "responsible"),
    "basis": (
        "罚", "依据", "条例", "规定", "违法", "合法", "fine", "fined", "penalty", "law", "legal",
        "illegal", "rule", "article", "allowed", "ban", "banned",
    ),
    "routine": ("多久", "几次", "几天", "多长时间", "often"),
    "measure": ("见效", "怎么算", "算不算", "复查", "worked", "measure"),
}  # fmt: skip
_ROLES_BY_DEFAULT = ("do", "who", "basis", "lesson")
# Parts that speak of teaching or sources, or whose cells say nothing alone.
_NOT_QUOTED = frozenset(
    {"", "quiz", "decision-points", "discussion", "sources", "options", "responses", "shares"}
)
_TELLING = frozenset({Kind.PROBLEM, Kind.GUIDE})
_CARD = frozenset({"look", "do", "who", "basis", "dont", "steps"})
_LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the understanding of queries, each of which can be switched off to measure it."""

    glossary: bool = True
    correction: bool = True
    pinyin: bool = True
    homophones: bool = True
    prefix: bool = True
    hints: bool = True
    favour: bool = True
    named: bool = True
    stop_words: bool = True


class Answers:
    """Search and answers from one generation; safe for any number of threads."""

    def __init__(self, engine: Engine, tables: Tables, parts: Parts | None = None) -> None:
        self._engine = engine
        self._tables = tables
        self._parts = parts or Parts()
        self._called = Phrases(tables.glossary)
        self._corrector = tables.corrector
        self._alarms = Alarms(tables.emergencies)
        self.built_at = tables.built_at
        self.fingerprint = engine.fingerprint() or ""

    @classmethod
    def open(cls, url: str) -> Answers:
        """The index at an engine's address; raises IndexMissingError if there is none."""
        engine = open_engine(url)
        try:
            return cls(engine, read_tables(url, engine.fingerprint() or "none"))
        except IndexMissingError:
            engine.close()
            raise

    @classmethod
    def of(cls, library: Library, parts: Parts | None = None) -> Answers:
        """An index of a library in memory, for tests and experiments."""
        engine = open_engine("whoosh:")
        engine.rebuild(cut_all(library), fingerprint="memory")
        return cls(engine, tables_of(library, engine), parts)

    def with_parts(self, parts: Parts) -> Answers:
        """The same index with other parts switched on; closing one closes both."""
        return Answers(self._engine, self._tables, parts)

    @property
    def passages(self) -> int:
        """How many passages the index holds."""
        return self._tables.passages

    def listed(self) -> tuple[Listed, ...]:
        """Every page in each of its languages, by id."""
        names = self._tables.names()
        return tuple(
            Listed(
                id=slug,
                lang=lang,
                kind=row.kind,
                title=row.title,
                url=row.url,
                names=tuple(names[lang, slug]),
                relapsed=row.relapsed,
                checked_on=row.checked_on,
                review_due=row.review_due,
            )
            for slug, lang, row in self._tables.rows()
        )

    def close(self) -> None:
        """Let go of the index's files."""
        self._engine.close()

    def search(  # noqa: PLR0913 - the parameters of the interface
        self,
        text: str,
        *,
        lang: Lang | None = None,
        kind: Kind | None = None,
        problem: str | None = None,
        limit: int = 10,
        offset: int = 0,
        literal: bool = False,
    ) -> Found:
        """Pages that speak of `text`, best first, one row a page.

        `lang` is the language to show them in, that of the text if left out; both are searched.
        `literal` searches the words as they were typed, without corrections and glossary.
        """
        began = time.perf_counter()
        asked = _Asked.of(text, lang, kind, problem)
        fixed = None if literal else self._corrected(asked.parsed.words)
        if fixed and lang is None:
            # Pinyin is Chinese, whatever letters it is typed in.
            asked = replace(asked, lang=language_of(fixed) or asked.lang)
        query = self._query(asked, fixed or asked.parsed.words, literal=literal)
        hits = self._engine.search(query, offset=offset, limit=limit)
        marks, today = self._marks(query), datetime.now(UTC).date()
        return Found(
            query=text,
            lang=asked.lang,
            total=hits.total,
            answered=_answered(hits.coverage, len(query.units)) and not asked.about_nothing,
            coverage=hits.coverage,
            corrected=Correction(fixed) if fixed else None,
            emergency=self.alarm(text, asked.lang)
            or (self.alarm(fixed, asked.lang) if fixed else None),
            facets=hits.facets,
            hits=tuple([self._row(hit, marks, today) for hit in hits.hits]),
            took_ms=round((time.perf_counter() - began) * 1000, 2),
        )

    def answer(self, text: str, *, lang: Lang | None = None, literal: bool = False) -> Answer:
        """Up to three passages, verbatim, that answer `text`; or an honest no with its reason.

        Where life is in danger there may be no passage beside the emergency banner. `literal` takes
        the words as they were typed.
        """
        found = self.search(text, lang=lang, limit=6, literal=literal)
        asked = _Asked.of(text, found.lang, None, None)
        said = found.corrected.query if found.corrected else asked.parsed.words
        passages = tuple(self._quotes(found, asked, said)) if found.answered else ()
        if not passages and found.emergency is None:
            return Answer(
                text, found.lang, answered=False, reason=self._reason(asked),
                related=found.hits[:3], emergency=None,
            )  # fmt: skip
        quoted = {passage.id for passage in passages}
        return Answer(
            text, found.lang, answered=found.answered,
            reason=None if found.answered else self._reason(asked), passages=passages,
            related=tuple(hit for hit in found.hits if hit.id not in quoted)[:5],
            emergency=found.emergency,
        )  # fmt: skip

    def _reason(self, asked: _Asked) -> str:
        """Why there is no answer, with the words that no page has."""
        unknown = self._unknown(asked.parsed.words)
        said = _UNKNOWN[asked.lang].format(words=SEPARATOR[asked.lang].join(unknown[:5]))
        return _REASON[asked.lang].format(unknown=said if unknown else "")

    def _unknown(self, said: str) -> list[str]:
        """The stretches of a query that stand on no page: runs of characters, and words."""
        runs: list[str] = []
        before = -2
        for place, (name, showing) in enumerate(query_words(said).units):
            # A lone character says nothing by its absence.
            paired = is_han(name) and len(showing[0]) > 1
            if paired and not any(term in self._tables.pairs for term in showing):
                runs[-1:] = [runs[-1] + name] if before == place - 1 else [*runs[-1:], name]
                before = place
        return runs + [w for w in words(content_words(said)) if not self._corrector.knows(stem(w))]

    def suggest(
        self, text: str, *, lang: Lang | None = None, limit: int = 8
    ) -> tuple[Suggestion, ...]:
        """Pages whose title or alias holds what is being typed; those that begin with it first."""
        typed = " ".join(fold(text).split())
        shown = lang or language_of(text) or Lang.ZH
        found: list[tuple[bool, int, str, Suggestion]] = []
        for slug, name in self._tables.with_name(typed, shown) if typed else ():
            row = self._tables.row(shown, slug)
            if row is not None:
                late = not fold(name).startswith(typed)
                found.append((late, len(name), slug, Suggestion(name, row.url, row.kind)))
        return tuple(suggestion for *_, suggestion in sorted(found, key=lambda f: f[:3])[:limit])

    def related(self, page_id: str, *, lang: Lang, limit: int = 5) -> tuple[PageHit, ...]:
        """Pages near to a page: what its title and lesson would find, without itself."""
        row = self._either(lang, page_id)
        if row is None:
            return ()
        found = self.search(f"{row.title} {row.lesson}", lang=lang, limit=limit + 1, literal=True)
        return tuple(hit for hit in found.hits if hit.id != page_id)[:limit]

    def page(self, page_id: str, *, lang: Lang) -> Suggestion | None:
        """A published page by its id, in that language if there is one; None for any other id."""
        row = self._either(lang, page_id)
        return Suggestion(row.title, row.url, row.kind) if row else None

    def _either(self, lang: Lang, page_id: str) -> Row | None:
        """What is shown of a page in a language, or where it has no such version in the other."""
        return self._tables.row(lang, page_id) or self._tables.row(lang.other, page_id)

    def problems(self, page_id: str) -> tuple[str, ...]:
        """The problem types that a published page speaks of, in its order; none for another id."""
        row = self._either(Lang.ZH, page_id)
        return row.problems if row else ()

    def alarm(self, text: str, lang: Lang) -> Alarm | None:
        """The banner for a text that speaks of danger to life."""
        return self._alarms.alarm(text, lang)

    # Understanding the query ---------------------------------------------------------------------

    def _corrected(self, typed: str) -> str | None:
        """The query with slips mended and pinyin understood; None if nothing was."""
        folded = fold(typed)
        said = folded
        tables = self._tables
        if self._parts.pinyin:
            said = from_latin(said, tables.sounds, self._corrector.is_common)
        if self._parts.homophones:
            said = from_homophones(said, tables.sounds, tables.pairs)
        if self._parts.correction:
            said = self._corrector.corrected(said)
        return said if said != folded else None

    def _query(self, asked: _Asked, said: str, *, literal: bool) -> Query:
        parsed = asked.parsed
        found = query_words(said, phrases=parsed.phrases, strip=self._parts.stop_words)
        extras: dict[str, float] = {}
        if not literal and self._parts.glossary:
            extras |= self._expanded(said)
        if not literal and self._parts.prefix:
            # What was taken for pinyin may be the beginning of a word all the same.
            extras |= self._prefixed(asked.parsed.words) | self._prefixed(said)
        return Query(
            terms=found.terms,
            units=found.units,
            extras={term: weight for term, weight in extras.items() if term not in found.terms},
            hints=found.hints if self._parts.hints else {},
            phrases=parsed.phrases,
            excluded=parsed.excluded,
            kinds=asked.kinds,
            problems=asked.problems,
            favour=FAVOUR if self._parts.favour else {},
            named=self._named(said) if self._parts.named else {},
            lang=asked.lang,
        )

    def _named(self, said: str) -> dict[str, float]:
        """The pages that a query calls by their name or alias, and by nothing else."""
        return dict.fromkeys(self._tables.named(squeezed(said)), NAMED)

    def _expanded(self, said: str) -> dict[str, float]:
        """The official terms for everything in a query that people call otherwise."""
        called = self._called.within(fold(said))
        return {term: GLOSSARY for name in called for term in self._tables.glossary[name]}

    def _prefixed(self, said: str) -> dict[str, float]:
        """The words that the last word may be the beginning of."""
        folded = fold(said)
        last = words(folded)[-1:] or [""]
        if len(last[0]) < 3 or not folded.rstrip().endswith(last[0]):  # noqa: PLR2004 - letters
            return {}
        return {stem(word): PREFIX for word in self._corrector.beginning(last[0], MOST_BEGUN)}

    # Showing what was found ----------------------------------------------------------------------

    def _marks(self, query: Query) -> list[tuple[str, str]]:
        """The terms to mark, each with the texts that stand for it."""
        forms = self._tables.forms
        return [
            (term, said)
            for term in dict.fromkeys((*query.terms, *query.extras))
            for said in forms(term)
        ]

    def _row(self, hit: Hit, marks: Collection[tuple[str, str]], today: date) -> PageHit:
        passage = hit.passage
        row = self._shown(passage.lang, passage.page)
        return PageHit(
            passage.page, passage.kind, passage.lang, row.title, row.lesson, _url(row, passage),
            passage.section, snippet(passage.blocks, marks), hit.score, row.problems, row.evidence,
            row.relapsed, row.checked_on, row.review_due is not None and today > row.review_due,
        )  # fmt: skip

    def _shown(self, lang: Lang, page: str) -> Row:
        """What is shown of a page that has passages in the index."""
        row = self._tables.row(lang, page)
        if row is None:
            msg = f"the index and its tables differ about {lang}/{page}; run `kb build`"
            raise SearchIndexError(msg)
        return row

    def _quotes(self, found: Found, asked: _Asked, said: str) -> Iterator[AnswerPassage]:
        """Up to three passages of one page, those that answer this question first.

        The page is the best of those that say what to do; a case tells what somebody did.
        """
        wanted = set(query_words(said, phrases=asked.parsed.phrases).terms)
        best = found.hits[:BEST]
        telling = [hit for hit in best if hit.kind in _TELLING]
        for hit in (*telling, *best):
            chosen = self._chosen(hit, wanted, said, danger=found.emergency is not None)
            row = self._shown(hit.lang, hit.id)
            for passage, text in chosen:
                yield AnswerPassage(
                    passage.role, text, passage.page, passage.kind, row.title, passage.section,
                    _url(row, passage), row.problems,
                )  # fmt: skip
            if chosen:
                return

    def _chosen(
        self, hit: PageHit, wanted: set[str], said: str, *, danger: bool
    ) -> Sequence[tuple[Passage, str]]:
        """What to quote of a page."""
        passages = self._engine.passages(hit.id, hit.lang)
        if danger:
            # The banner says what to do; nothing but a page's own danger signs may stand beside it.
            nearest = _nearest([p for p in passages if p.role == "danger"], wanted, 1)
            return [nearest] if nearest else []
        return _chosen(passages, _roles_asked_for(said), wanted)[:QUOTES]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, with the query taken apart and its language settled."""

    text: str
    parsed: Parsed
    lang: Lang
    kinds: frozenset[Kind]
    problems: frozenset[str]

    @property
    def about_nothing(self) -> bool:
        """Whether it only asks, and does not say about what."""
        return not self.parsed.phrases and asks_about_nothing(self.parsed.words)

    @classmethod
    def of(cls, text: str, lang: Lang | None, kind: Kind | None, problem: str | None) -> _Asked:
        parsed = parse(text)
        return cls(
            text,
            parsed,
            lang or language_of(" ".join((parsed.words, *parsed.phrases))) or Lang.ZH,
            parsed.kinds | ({kind} if kind else set()),
            parsed.problems | ({problem} if problem else set()),
        )


def _roles_asked_for(text: str) -> list[str]:
    """The roles that a question names: who answers for it, what the rules say, how often."""
    folded = fold(text)
    said = set(_LATIN.findall(folded))
    return [
        role
        for role, signs in _ASKS.items()
        if any((sign in said) if sign.isascii() else (sign in folded) for sign in signs)
    ]


def _chosen(
    passages: Sequence[Passage], roles: Sequence[str], wanted: set[str]
) -> list[tuple[Passage, str]]:
    """Blocks to quote: of the roles asked for, the one nearest to the words, then what to do."""
    told = [passage for passage in passages if passage.anchor not in _NOT_QUOTED]
    groups = [[p for p in told if p.role == role] for role in roles]
    groups += [told] + [[p for p in told if p.role == role] for role in _ROLES_BY_DEFAULT]
    chosen: list[tuple[Passage, str]] = []
    for number, group in enumerate(groups):
        least = 2 if number == len(roles) else 0
        quote = _nearest(group, wanted, least)
        if quote is not None and quote[1] not in {text for _, text in chosen}:
            chosen.append(quote)
    return chosen


def _nearest(
    passages: Sequence[Passage], wanted: set[str], least: int
) -> tuple[Passage, str] | None:
    """The block that has most of the wanted terms, the first of equals; None below `least`."""
    best: tuple[int, Passage, str] | None = None
    for passage in passages:
        for block in passage.blocks:
            shared = len(wanted & set(terms(block)))
            if (
                _stands_alone(passage, block)
                and shared >= least
                and (best is None or shared > best[0])
            ):
                best = (shared, passage, block)
    return None if best is None else best[1:]


def _stands_alone(passage: Passage, block: str) -> bool:
    """Whether a block says something by itself, as a card's row does and a column's head not."""
    return passage.anchor in _CARD or len(block) > 8  # noqa: PLR2004 - characters


def _answered(coverage: float, units: int) -> bool:
    """Whether the best pages speak of enough of a query of so many words and characters."""
    needed = ANSWERED - ANSWERED_FALL * math.log(units + 1)
    return units > 0 and coverage >= min(max(needed, 0.1), 0.8)


def _url(row: Row, passage: Passage) -> str:
    return f"{row.url}#{passage.anchor}" if passage.anchor else row.url
