"""The site's own words: all there in both languages, none mixed, none forgotten."""

import re
from pathlib import Path
from string import Formatter

import pytest

import kb_app.site
from kb_app.site.words import EXAMPLES, IN_BROWSER, WORDS, in_browser, said
from search_index import AgendaKind, Evidence, Grade, Kind, Lang, Outcome

SITE = Path(kb_app.site.__file__).parent
HAN = re.compile(r"[\u3400-\u9fff]")
# Proper names, keys of a keyboard, and licences stay as they are.
LATIN_IN_CHINESE = re.compile(r"CC BY 4\.0|MIT|Esc|\{\w+\}")
IN_THE_OTHER = {"language", "other_language"}


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("key", WORDS)
def test_every_word_stands_in_both_languages(key):
    zh, en = WORDS[key]
    assert zh.strip()
    assert en.strip()
    assert fields(zh) == fields(en)


@pytest.mark.parametrize("key", sorted(set(WORDS) - IN_THE_OTHER))
def test_no_language_borrows_from_the_other(key):
    zh, en = WORDS[key]
    assert not re.search(r"[A-Za-z]{2}", LATIN_IN_CHINESE.sub("", zh))
    assert not HAN.search(en)


def test_every_word_is_used():
    sources = [*SITE.glob("*.py"), *SITE.rglob("*.html"), *SITE.rglob("*.js")]
    text = "\n".join(path.read_text("utf-8") for path in sources if path.name != "words.py")
    made = [f"n_{kind}s" for kind in Kind] + [f"outcome_{each}" for each in Outcome]
    made += [f"grade_{each.value.lower()}" for each in Grade]
    made += [f"agenda_{each}" for each in AgendaKind]
    made += [*Evidence, *Kind]
    made += [f"{kind}s_{part}" for kind in Kind for part in ("title", "lead")]
    made += ["about_title", "about_lead"]
    unused = [key for key in WORDS if f'"{key}"' not in text and f".{key} " not in text]
    assert sorted(set(unused) - set(made)) == []


def test_fixed_choices_have_a_name_in_both_languages():
    for lang in Lang:
        for choice in (Evidence, Kind, Outcome, Grade):
            names = [said(lang, value) for value in choice]
            assert len(set(names)) == len(names)


def test_the_browser_gets_what_its_script_says():
    scripts = "".join(path.read_text("utf-8") for path in SITE.rglob("*.js"))
    asked = set(re.findall(r'say\("(\w+)"', scripts))
    assert asked <= set(IN_BROWSER)
    assert set(in_browser(Lang.ZH)) == set(IN_BROWSER)


def test_examples_are_in_the_readers_language():
    assert all(HAN.search(words) for words in EXAMPLES[Lang.ZH])
    assert not any(HAN.search(words) for words in EXAMPLES[Lang.EN])
