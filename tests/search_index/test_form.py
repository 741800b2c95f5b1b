import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from search_index import FIXED, Form, Kind, Lang, fields_of, form_of, text_of, to_translate

WORDS = st.one_of(
    st.text(alphabet="abc 车:#-'\"{}[],&*!|>%@`~", min_size=1, max_size=12).map(
        lambda text: " ".join(text.split()) or "a"
    ),
    st.sampled_from(["null", "true", "2026-11-22", "1.0", "- a", "a: b", "é😀", "---"]),
)
PROSE = st.text(alphabet="abc 车棚。*-|&", min_size=1, max_size=40).map(str.strip).filter(bool)


def value_of(its):
    inner = WORDS
    if its.fields:
        plain = sorted(name for name, each in its.fields.items() if not each.is_list)
        inner = st.dictionaries(st.sampled_from(plain), WORDS, min_size=1)
    return st.lists(inner, min_size=1, max_size=3) if its.is_list else inner


def forms(kind):
    fields = {name: value_of(its) for name, its in fields_of(kind).items()}
    parts = dict.fromkeys(FIXED[kind], PROSE)
    return st.builds(
        Form,
        st.fixed_dictionaries({}, optional=fields),
        st.fixed_dictionaries({}, optional=parts),
    )


@pytest.mark.parametrize("kind", [Kind.CASE, Kind.PROBLEM])
@pytest.mark.parametrize("lang", list(Lang))
def test_what_is_filled_in_comes_back_from_the_text(kind, lang):
    @given(forms(kind))
    @how(max_examples=60)
    def check(form):
        assert form_of(text_of(form, kind, lang), kind, lang) == form

    check()


@given(st.text())
def test_any_text_has_a_form_or_has_none(text):
    found = form_of(text, Kind.CASE, Lang.ZH)
    if found is not None:
        assert form_of(text_of(found, Kind.CASE, Lang.ZH), Kind.CASE, Lang.ZH) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\ntitle: a\n",
        "---\ntitel: a\n---\n",
        "---\ntitle: [a]\n---\n",
        "---\nproblems: a\n---\n",
        "---\nsources: [a]\n---\n",
        "---\n- a\n---\n",
        "---\ntitle: a\n---\nbefore\n## 结果\n",
        "---\ntitle: a\n---\n## 结局\nx\n",
        "---\ntitle: a\n---\n## 结果\nx\n## 结果\ny\n",
        "---\ntitle: a\n---\n# 结果\nx\n",
    ],
)
def test_what_no_form_can_say_has_none(text):
    assert form_of(text, Kind.CASE, Lang.ZH) is None
    assert form_of("---\ntitle: a\n---\n", Kind.GUIDE, Lang.ZH) is None


def test_every_page_of_the_library_has_a_form_that_says_the_same(sample):
    for kind in (Kind.CASE, Kind.PROBLEM):
        for lang in Lang:
            for path in (sample / lang / kind.folder).glob("*.md"):
                form = form_of(path.read_text("utf-8"), kind, lang)
                assert form is not None
                assert form_of(text_of(form, kind, lang), kind, lang) == form


def test_a_translator_gets_texts_and_no_facts():
    form = Form(
        {
            "title": "a",
            "outcome": "worked",
            "owner": "街道办事处",
            "measure": {"what": "锁", "before": "3"},
            "rechecks": [{"on": "2026", "held": "true"}],
        },
        {"result": "r"},
    )
    assert to_translate(form, Kind.CASE) == Form(
        {"title": "a", "measure": {"what": "锁"}}, {"result": "r"}
    )
