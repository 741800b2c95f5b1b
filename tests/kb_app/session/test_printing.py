import re

from kb_app.session.printing import browser, print_sheets


def test_a_sheet_is_printed_with_its_chinese_characters_inside(tmp_path):
    program = browser()
    assert program, "printing needs Chromium: run tests/install-browser.sh"
    page = tmp_path / "sheet.html"
    page.write_text("<!doctype html><meta charset=utf-8><p>先数数，再认人</p>", encoding="utf-8")
    (made,) = print_sheets(program, [page])
    data = made.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1
    assert re.search(rb"/FontFile|/Subtype */Type3", data)  # the letters come along


def test_a_sheet_that_cannot_be_printed_is_left_out(tmp_path):
    page = tmp_path / "sheet.html"
    page.write_text("<p>x</p>", encoding="utf-8")
    assert print_sheets("/bin/false", [page]) == []
    assert print_sheets(str(tmp_path / "no-browser"), [page]) == []
