from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from kb_app.site.html import Html, foreign, html, joined, tag


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.words = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@given(words, words)
def test_whatever_people_write_stays_text(said, named):
    reader = Reader()
    reader.feed(tag("p", tag("b", said), title=named))
    reader.close()
    assert [name for name, _ in reader.tags] == ["p", "b"]
    assert reader.tags[0][1]["title"] == named
    assert reader.words.split() == said.split()


@given(words)
def test_an_element_is_one_line(said):
    assert "\n" not in tag("p", said)


def test_html_is_escaped_once_only():
    assert html(html("a & b")) == "a &amp; b"
    assert joined("<", Html("<i>"), None, "") == "&lt;<i>"


def test_attributes_that_are_not_there_are_left_out():
    assert tag("input", checked=True, disabled=False, value=None) == "<input checked />"


def test_chinese_words_are_marked_on_english_pages_only():
    assert foreign("新京报", "en") == "zh"
    assert foreign("新京报", "zh") is None
    assert foreign("Times", "en") is None
