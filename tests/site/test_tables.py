import re

import markdown
from hypothesis import given
from hypothesis import strategies as st

from kb_app.site.tables import cells, labelled
from search_index import MARKDOWN_CONFIGS, MARKDOWN_EXTENSIONS


def rendered(text: str) -> str:
    configs = {name: dict(config) for name, config in MARKDOWN_CONFIGS.items()}
    return markdown.markdown(text, extensions=MARKDOWN_EXTENSIONS, extension_configs=configs)


def words(text: str) -> str:
    return re.sub(r"<[^>]*>", " ", rendered(text)).split()


def test_a_cell_carries_the_name_of_its_column():
    page = rendered(labelled("| 对策 | 留神 |\n|---|---|\n| 装插座 | [价钱](../cases/a.md) |"))
    assert '<td data-label="对策">装插座</td>' in page
    assert '<td data-label="留神"><a href="../cases/a.md">价钱</a></td>' in page


def test_a_table_of_many_columns_becomes_cards_on_a_phone():
    assert "kb-table--cards" in labelled("|a|b|c|d|\n|-|-|-|-|\n|1|2|3|4|")
    assert "kb-table--cards" not in labelled("|a|b|\n|-|-|\n|1|2|")


def test_an_empty_cell_stays_empty():
    assert "<td></td>" in rendered(labelled("|a|b|\n|-|-|\n| |2|"))


def test_code_that_looks_like_a_table_is_left_alone():
    code = "```\n| a | b |\n|---|---|\n```"
    assert labelled(code) == code


def test_text_before_and_after_a_table_is_kept():
    text = "One.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nTwo."
    assert words(labelled(text)) == words(text)


def test_a_row_that_is_too_long_or_too_short_does_no_harm():
    assert words(labelled("|a|b|\n|-|-|\n|1|\n|1|2|")) == ["a", "b", "1", "1", "2"]
    assert "3" not in words(labelled("|a|b|\n|-|-|\n|1|2|3|"))


@given(st.lists(st.sampled_from(["|", "\\|", "`", "``", "a", " ", "\\", "{", '"', "行"])))
def test_no_cell_is_lost(pieces):
    line = "|" + "".join(pieces) + "|"
    assert "".join(cells(line)).replace(" ", "").count("a") == line.count("a")


@given(st.text(alphabet="ab|-\n `{}[]()#*:", max_size=60))
def test_any_text_is_labelled_without_complaint(text):
    assert isinstance(labelled(text), str)
