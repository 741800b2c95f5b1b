from hypothesis import given
from hypothesis import strategies as st

from kb_app.site.links import anchors, annotated, mended

KNOWN = {
    "problems/lock.md": frozenset({"do", "responses"}),
    "cases/dajing.md": frozenset({"result"}),
}


def mend(text: str) -> str:
    return mended("problems/lock.md", text, KNOWN)


def test_a_link_to_a_page_and_a_part_that_are_there_stays():
    text = "[A](../cases/dajing.md#result), [B](../cases/dajing.md), [C](#do), [D](lock.md#do)"
    assert mend(text) == text


def test_a_link_to_a_page_that_is_not_published_becomes_its_words():
    assert mend("See [the **draft**](../cases/draft.md).") == "See the **draft**."


def test_a_link_to_a_part_that_is_not_there_leads_to_the_page():
    assert mend("[A](../cases/dajing.md#quiz)") == "[A](../cases/dajing.md)"
    assert mend("[A](#quiz)") == "A"


def test_pictures_and_links_elsewhere_are_left_alone():
    text = "![Plan](../diagrams/plan.svg) [119](tel:119) [News](https://example.org/a.md?x)"
    assert mend(text) == text


def test_ids_are_found_in_headings_and_in_elements():
    assert anchors('## A {#one}\n<div class="x" id="two">') == {"one", "two"}


def test_a_note_follows_only_links_to_known_cases():
    text = "[A](../cases/a.md), [B](../problems/a.md), [C](../cases/c.md)"
    noted = annotated(text, ["a"], lambda slug: f"*{slug}*")
    assert noted == "[A](../cases/a.md) *a*, [B](../problems/a.md), [C](../cases/c.md)"


@given(st.text(alphabet="[]()#.md/a!\\ ", max_size=40))
def test_any_text_can_be_mended(text):
    assert isinstance(mend(text), str)
