import csv
import io
from datetime import date

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from kb_app.importing import COLUMNS, ImportRefusedError, read_file, read_mapping, template
from search_index import Kind, Lang, form_of

ROW = {
    "事项": "楼道电动车清走了",
    "日期": "2026年3月5日",
    "城市": "北京",
    "描述": "三号楼楼道停了六辆车 <b> # 还有",
    "措施": "建了车棚",
    "效果": "三个月后剩一辆",
    "类型": "飞线充电、ebike-corridor",
    "处理结果": "见效",
}
MAPPING = {"描述": "situation"}


@pytest.fixture
def read(settings, tmp_path):
    """Read rows as a ledger, or a file that is there: `read([ROW])`."""

    def go(rows, name="ledger.csv", mapping=MAPPING, drafted=None, encoding="utf-8"):
        path = tmp_path / name
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        elif rows is not None:
            path.write_text(as_csv(rows), encoding)
        taken = (drafted or {}).get
        return read_file(settings, path, lang=Lang.ZH, mapping=mapping, taken=taken)

    return go


def as_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def reasons(found, lang=Lang.EN):
    return {row.number: [each.said(lang) for each in row.refused] for row in found.rows}


def test_a_row_becomes_a_draft_that_says_the_same(read):
    found = read([ROW | {"备注": "x"}])
    assert (reasons(found), found.is_sound, found.unknown) == ({2: []}, True, ("备注",))
    (new,) = found.drafts(Lang.ZH)
    assert new.slug == "lou-dao-dian-dong-che-qing"
    form = form_of(new.text, Kind.CASE, Lang.ZH)
    assert form.fields == {
        "title": "楼道电动车清走了",
        "problems": ["ebike-flying-wire", "ebike-corridor"],
        "status": "draft",
        "place": {"city": "北京"},
        "happened": {"from": "2026-03-05"},
        "outcome": "worked",
    }
    assert form.parts["situation"] == "三号楼楼道停了六辆车 &lt;b&gt; # 还有"


def test_a_ledger_of_an_office_program_is_read_in_its_own_encoding(read):
    assert read([ROW], encoding="gb18030").rows == read([ROW]).rows


def test_a_workbook_is_read_as_the_same_rows(read, tmp_path):
    book = openpyxl.Workbook()
    book.active.append([])
    book.active.append(list(ROW))
    book.active.append([date(2026, 3, 5) if n == "日期" else v for n, v in ROW.items()])
    book.save(tmp_path / "ledger.xlsx")
    (row,) = read(None, "ledger.xlsx").rows
    assert row.text == read([ROW]).rows[0].text


def test_every_reason_of_every_row_is_said_at_once(read):
    rows = [
        ROW,
        ROW | {"事项": "", "描述": ""},
        ROW | {"日期": "soon", "类型": "飞碟", "处理结果": "大概"},
        ROW | {"描述": "请打 13800000000，车牌京A12345"},
    ]
    found = read(rows)
    assert not found.is_sound
    said = reasons(found)
    assert said[2] == []
    assert said[3] == ["It has no title.", "It does not say what the situation was."]
    assert len(said[4]) == 3
    assert said[5] == [
        "It holds personal data (a mobile number, a number plate); take it out of the file."
    ]
    assert all(any("一" <= c <= "鿿" for c in each) for each in reasons(found, Lang.ZH)[4])


def test_names_are_made_apart_and_a_second_import_is_noticed(read):
    first, second = read([ROW, ROW | {"描述": "别的"}]).rows
    assert (first.slug, second.slug) == (
        "lou-dao-dian-dong-che-qing",
        "lou-dao-dian-dong-che-qing-2",
    )
    again = read([ROW], drafted={first.slug: first.text})
    assert reasons(again) == {2: [f"It was imported before, as {first.slug}."]}
    other = read([ROW], drafted={first.slug: "another text"})
    assert other.rows[0].slug == f"{first.slug}-2"


@pytest.mark.parametrize("slug", ["Shed", "shed-before-ban", "../x"])
def test_a_name_that_is_given_is_kept_or_refused(read, slug):
    assert not read([ROW | {"slug": slug}]).is_sound
    assert read([ROW | {"slug": "my-shed"}]).rows[0].slug == "my-shed"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.pdf", b"x", "Only"),
        ("a.xlsx", b"x", "damaged"),
        ("a.docx", b"PK\x03\x04", "damaged"),
        ("a.csv", b"\xff\xfe\xff", "damaged"),
        ("a.csv", b"", "nothing"),
        ("a.csv", "事项\n".encode(), "nothing"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "title"),
        ("a.csv", "事项\n".encode() + b"x\n" * 2001, "more than"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(read, name, data, why):
    with pytest.raises(ImportRefusedError, match=why):
        read(data, name)


@pytest.mark.parametrize("line", ["描述", "描述 = nowhere", "= title"])
def test_a_mapping_names_columns_and_fields(line):
    with pytest.raises(ImportRefusedError, match="Line 1"):
        read_mapping(line)


@pytest.mark.parametrize("lang", list(Lang))
def test_the_template_that_is_filled_in_becomes_a_case(settings, tmp_path, lang):
    blank = template(lang)
    words = {
        COLUMNS["title"][lang is Lang.EN]: "车棚",
        COLUMNS["outcome"][lang is Lang.EN]: "worked",
    }
    for row in blank.tables[0].rows:
        row.cells[1].text = words.get(row.cells[0].text, "")
    for heading, below in zip(blank.paragraphs, blank.paragraphs[1:], strict=False):
        if heading.text in {"基本情况", "Situation"}:
            below.text = "三号楼有车。"
    path = tmp_path / "case.docx"
    blank.save(str(path))
    found = read_file(settings, path, lang=lang, mapping={}, taken=lambda _: None)
    assert reasons(found) == {1: []}
    form = form_of(found.rows[0].text, Kind.CASE, lang)
    assert (form.fields["title"], form.parts) == ("车棚", {"situation": "三号楼有车。"})


def test_an_empty_template_is_refused(read, tmp_path):
    template(Lang.ZH).save(str(tmp_path / "case.docx"))
    with pytest.raises(ImportRefusedError, match="nothing"):
        read(None, "case.docx")
    docx.Document().save(str(tmp_path / "empty.docx"))
    with pytest.raises(ImportRefusedError, match="nothing"):
        read(None, "empty.docx")


CELLS = st.text(max_size=40) | st.sampled_from(
    ["2026-13-45", "---", "## 结果", "{a: b", "- x", "1. a", "=1+1"]
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(ROW, CELLS)), min_size=1, max_size=4))
@how(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_ledger_becomes_drafts_or_is_explained(read, rows):
    try:
        found = read(
            [
                {
                    name: value.replace("\0", "").encode(errors="replace").decode()
                    for name, value in row.items()
                }
                for row in rows
            ]
        )
    except ImportRefusedError:
        return
    for row in found.rows:
        if not row.refused:
            form = form_of(row.text, Kind.CASE, Lang.ZH)
            assert form is not None
            assert form.parts["situation"]
        assert all(each.said(lang) for each in row.refused for lang in Lang)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.docx"])
def test_any_bytes_are_read_or_explained(read, name):
    @given(st.binary(max_size=300))
    @how(max_examples=40)
    def check(data):
        try:
            read(data, name)
        except ImportRefusedError:
            return

    check()
