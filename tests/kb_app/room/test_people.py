import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_app.room import PeopleError, Person, read_people
from kb_app.room.people import same
from search_index import Lang


def test_a_list_is_read_in_either_encoding_with_its_columns_in_any_order():
    text = "巷,姓名,备注,岗位\n一巷, 甲 ,随便,巷长\n\n二巷,乙,,街长\n"
    people = (Person("甲", "巷长", "一巷"), Person("乙", "街长", "二巷"))
    assert read_people(text.encode("gbk")) == people
    assert read_people(text.encode("utf-8-sig")) == people
    assert read_people(b"Staff code,Role,Street\r\nA1,chief,First lane\r\n") == (
        Person("A1", "chief", "First lane"),
    )


def test_everything_that_is_wrong_is_said_at_once_by_line():
    text = f"工号,岗位,巷\nA1,巷长,一巷\nA2,,二巷\n Ａ1,巷长,三巷\nA4,巷长,{'长' * 61}\n"
    with pytest.raises(PeopleError) as refused:
        read_people(text.encode())
    said = refused.value.lines(Lang.ZH)
    assert [line.partition("：")[0] for line in said] == ["第3行", "第4行", "第5行"]
    assert "两次" in said[1]


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff", "谁,哪\n甲,一巷\n".encode(), b'"a\nb'])
def test_what_is_no_list_is_refused_with_its_reason(data):
    with pytest.raises(PeopleError) as refused:
        read_people(data)
    assert refused.value.lines(Lang.EN)


@given(st.binary() | st.text().map(lambda text: f"工号,岗位,巷\n{text}".encode(errors="replace")))
def test_any_bytes_are_read_or_refused(data):
    try:
        people = read_people(data)
    except PeopleError as error:
        said = error.lines(Lang.ZH)
    else:
        said = people
        assert len({same(each.who) for each in people}) == len(people)
    assert said or data.strip()


@given(st.text())
def test_blanks_around_a_name_change_nothing(who):
    assert same(f" {who}\t") == same(who)
