import io
from contextlib import suppress
from zipfile import ZipFile

import openpyxl
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


@given(st.text(), st.text(st.sampled_from(" \t\u3000\u200b\ufeff")), st.integers(0, 20))
def test_blanks_and_what_cannot_be_seen_tell_nobody_apart(who, blank, place):
    assert same(who[:place] + blank + who[place:]) == same(who)


@given(st.text("aZ ４Ａ甲\u3000"))
def test_width_and_capitals_tell_nobody_apart(who):
    assert same(who.upper()) == same(same(who))


def sheet(*rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_a_spreadsheet_is_read_like_text_and_its_codes_stay_codes():
    head = ("工号", "岗位", "巷")
    read = read_people(sheet((), head, (), (1024, "巷长", "一巷"), ("007", "街长", "二巷")))
    assert read == (Person("1024", "巷长", "一巷"), Person("007", "街长", "二巷"))
    with pytest.raises(PeopleError) as refused:
        read_people(sheet(head, ("A1", "巷长", None), (), ("A2", "", "二巷")))
    assert [w.line for w in refused.value.wrong] == [2, 4]
    many = [(f"A{n}", "巷长", "一巷") for n in range(5001)]
    with pytest.raises(PeopleError, match="mistakes") as refused:
        read_people(sheet(head, *many))
    assert "太多" in refused.value.lines(Lang.ZH)[0]


@pytest.mark.parametrize("size", [10, 50_000_001])
def test_what_only_looks_like_a_spreadsheet_is_refused(size):
    file = io.BytesIO()
    with ZipFile(file, "w", 8, compresslevel=1) as packed:
        packed.writestr("xl/workbook.xml", "x" * size)
    with pytest.raises(PeopleError):
        read_people(file.getvalue())
    with pytest.raises(PeopleError):
        read_people(file.getvalue()[: len(file.getvalue()) // 2])


@pytest.mark.parametrize("place", range(40, 3000, 400))
def test_a_spreadsheet_with_a_wrong_byte_is_read_or_refused(place):
    data = bytearray(
        sheet(("工号", "岗位", "巷"), *[(f"A{n}", "巷长", "一巷") for n in range(200)])
    )
    data[place] ^= 0xFF
    with suppress(PeopleError):
        assert read_people(bytes(data))


def test_a_sheet_that_claims_every_column_is_read_for_what_is_in_it():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(("工号", "岗位", "巷"))
    book.active.append(("A1", "巷长", "一巷"))
    book.active["XFD4000"] = "x"
    book.save(file)
    assert read_people(file.getvalue())[0] == Person("A1", "巷长", "一巷")


def test_two_whose_rare_characters_differ_are_two():
    assert same("王\ue000") != same("王\ue001")
    assert same("王\U000323b0") != same("王\U000323b1")


def test_rare_characters_and_names_that_cannot_be_seen():
    rare = Person("A1", "巷长", "㐀巷")
    assert read_people("工号,岗位,巷\nA1,巷长,㐀巷\n".encode("gb18030")) == (rare,)
    with pytest.raises(PeopleError):
        read_people("工号,岗位,巷\n\u200b,巷长,一巷\n".encode())
