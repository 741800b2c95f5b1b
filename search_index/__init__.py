"""From Markdown to answers: reads a content folder, builds an index, searches and answers.

This is the package's public face; what is not named here is its own business.
"""

from search_index.answer import Answers, Parts
from search_index.build import build_index, fingerprint
from search_index.checks import is_slug
from search_index.content import (
    AgendaItem,
    AgendaKind,
    Card,
    Case,
    Emergency,
    Evidence,
    Finding,
    Grade,
    Group,
    Guide,
    Kind,
    Lang,
    Library,
    Outcome,
    Page,
    PartialDate,
    Plan,
    ProblemType,
    Proof,
    Provenance,
    QuizItem,
    Recheck,
    Rule,
    Section,
    Session,
    Source,
    Status,
    Term,
    Topic,
    evidence,
)
from search_index.emergency import Alarm
from search_index.errors import (
    BuildBusyError,
    ContentError,
    IndexMissingError,
    QueryError,
    SearchIndexError,
)
from search_index.evaluate import ablations, judge, read_judged, scores
from search_index.fields import Field, Sort, fields_of
from search_index.form import Form, form_of, parts_of, text_of, to_translate
from search_index.generations import BuildFolder, Current
from search_index.headings import FIXED, MADE, heading
from search_index.markdown import MARKDOWN_CONFIGS, MARKDOWN_EXTENSIONS, blocks, render
from search_index.memo import Memo
from search_index.new import new_page
from search_index.pack import pack_of, short_numbers
from search_index.query import MAX_LENGTH
from search_index.reader import (
    Reading,
    mark_translated,
    marked_translated,
    read_drafts,
    read_library,
)
from search_index.results import (
    Answer,
    AnswerPassage,
    Correction,
    Found,
    Listed,
    PageHit,
    Suggestion,
)
from search_index.tables import read_holidays

__all__ = [
    "FIXED",
    "MADE",
    "MARKDOWN_CONFIGS",
    "MARKDOWN_EXTENSIONS",
    "MAX_LENGTH",
    "AgendaItem",
    "AgendaKind",
    "Alarm",
    "Answer",
    "AnswerPassage",
    "Answers",
    "BuildBusyError",
    "BuildFolder",
    "Card",
    "Case",
    "ContentError",
    "Correction",
    "Current",
    "Emergency",
    "Evidence",
    "Field",
    "Finding",
    "Form",
    "Found",
    "Grade",
    "Group",
    "Guide",
    "IndexMissingError",
    "Kind",
    "Lang",
    "Library",
    "Listed",
    "Memo",
    "Outcome",
    "Page",
    "PageHit",
    "PartialDate",
    "Parts",
    "Plan",
    "ProblemType",
    "Proof",
    "Provenance",
    "QueryError",
    "QuizItem",
    "Reading",
    "Recheck",
    "Rule",
    "SearchIndexError",
    "Section",
    "Session",
    "Sort",
    "Source",
    "Status",
    "Suggestion",
    "Term",
    "Topic",
    "ablations",
    "blocks",
    "build_index",
    "evidence",
    "fields_of",
    "fingerprint",
    "form_of",
    "heading",
    "is_slug",
    "judge",
    "mark_translated",
    "marked_translated",
    "new_page",
    "pack_of",
    "parts_of",
    "read_drafts",
    "read_holidays",
    "read_judged",
    "read_library",
    "render",
    "scores",
    "short_numbers",
    "text_of",
    "to_translate",
]
