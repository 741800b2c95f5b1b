"""What the rules of the library say, in the language of whoever writes.

The rules themselves speak English, with names and numbers filled in; here their sentences are known
again by their shape. A sentence that is not known is shown as it is.
"""

from __future__ import annotations

import re
import string
from functools import cache

from kb_app.translations import mark, say
from search_index import Lang

_HINT = re.compile(r"(.*); did you mean `(.+)`\?", re.DOTALL)
_MEANT = mark("{said}; did you mean `{word}`?")

# More special sentences stand before those that would swallow them.
SENTENCES = (
    mark("`{name}` is missing; a published page needs it"),
    mark("`{name}` is empty; a published page needs it"),
    mark("`translation_of` is missing; run `kb translated` on this file"),
    mark("`{name}` is a fact and contradicts the source (its line {line}); leave it out"),
    mark("`{name}` is a fact and stands in the source file; leave it out here"),
    mark("`{name}` does not stand in the source file"),
    mark("`{name}` has {mine} items, the source {theirs}"),
    mark("`{name}` is not translated"),
    mark("`{name}` is written twice"),
    mark("`{name}` is missing"),
    mark("`{name}` is empty"),
    mark("`{word}` is not one of {words}"),
    mark("`{word}` is not in taxonomy.yml"),
    mark("`{word}` is not a number"),
    mark("`{word}` is not a whole number"),
    mark("`{word}` is not a number of months such as `6m`"),
    mark("`{word}` is not a month (1 to 12)"),
    mark("`{word}` is not `true` or `false`"),
    mark("`{word}` is not a web address"),
    mark("`{word}` is not a version such as `2026.1`"),
    mark("`{word}` is not an article number such as `97` or `37, 47`"),
    mark("`{word}` is not a day such as `2026-11-22`"),
    mark("`{word}` is not a date such as `2026`, `2026-11` or `2026-11-22`"),
    mark("`{word}` is in the future"),
    mark("`{name}` is not allowed on a page"),
    mark("`{word}` stands too late; see the order"),
    mark("`lesson` has {size} characters; {most} at the most"),
    mark("`lesson` has {size} words; {most} at the most"),
    mark("`card` has {size} characters in all; {most} fit one screen"),
    mark("`card` has {size} words in all; {most} fit one screen"),
    mark("`happened` ends before it begins"),
    mark("`answer` {answer} of {count} options"),
    mark("`at: {word}` is no part of this case"),
    mark("`{page}` has no part `#{part}`"),
    mark("text expected here, not a list or a mapping"),
    mark("this is empty"),
    mark("a list is expected here: `[a, b]` or lines that begin with `- `"),
    mark("fields are expected here: {names}"),
    mark("more than {most} items"),
    mark("unknown field `{word}`"),
    mark("unknown heading `{word}`"),
    mark("unknown problem or duty id `{word}`"),
    mark("unknown glossary term `{word}`"),
    mark("unknown page `{word}`"),
    mark("the part `## {name}` is missing or empty"),
    mark("one of `## {one}` and `## {other}` is missing"),
    mark("text before the first heading `## {name}`"),
    mark("heading `{word}` is used twice (line {line})"),
    mark("the title stands in the front matter; begin with `##`"),
    mark("HTML is not allowed; write Markdown"),
    mark("a mobile number looks like personal data; take it out"),
    mark("an identity number looks like personal data; take it out"),
    mark("a number plate looks like personal data; take it out"),
    mark("a decision point needs two options or more"),
    mark("the front matter is missing: the first line must be `---`"),
    mark("the front matter has no end: a line `---` is missing"),
    mark("the front matter must be fields: `title: …`"),
    mark("the name `{word}` is taken by {path}"),
    mark("a file name is small Latin letters, digits and hyphens: `shed-first.md`"),
    mark("dead link `{word}`"),
    mark("the link `{word}` leads out of the content"),
    mark("the link `{word}` is of a sort that is not allowed"),
    mark("the picture `{word}` has no words for those who cannot see it"),
    mark("the picture `{word}` lies on another host; put it beside the pages"),
    mark(
        "the source text changed after this translation; read it again, mend this file, then run"
        " `kb translated` on it"
    ),
    mark("broken YAML: {why}; put quotes around text with `? : , {{ }} [ ]` in it"),
    mark("broken YAML: {why}"),
    mark("YAML aliases (`*name`) are not allowed"),
    mark("a field name must be plain text"),
    mark("a NUL character"),
)


def in_words(message: str, lang: Lang) -> str:
    """A finding in a language.

    >>> in_words("unknown field `titel`; did you mean `title`?", Lang.ZH)
    '没有 `titel` 这个字段；是不是 `title`？'
    >>> in_words("nobody has said this before", Lang.ZH)
    'nobody has said this before'
    """
    hint = _HINT.fullmatch(message)
    if hint:
        return say(lang, _MEANT, said=in_words(hint[1], lang), word=hint[2])
    for sentence in SENTENCES:
        found = _shape(sentence).fullmatch(message)
        if found:
            # Without places there is nothing to fill in, and a brace is a brace.
            return (
                say(lang, sentence, **found.groupdict())
                if found.groupdict()
                else say(lang, sentence)
            )
    return message


@cache
def _shape(sentence: str) -> re.Pattern[str]:
    """What a sentence looks like with anything in its places."""
    parts = string.Formatter().parse(sentence)
    pattern = "".join(
        re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, _, _ in parts
    )
    return re.compile(pattern, re.DOTALL)
