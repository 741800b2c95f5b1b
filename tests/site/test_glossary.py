from kb_app.site.glossary import by_letter, glossary_parts
from search_index import Lang, Term

TERMS = (
    Term("物业", "property firm", ("管家",), ("manager",), "a firm"),
    Term("巷长", "lane chief"),
    Term("12345热线", "12345 hotline"),
)


def test_chinese_terms_stand_under_their_pinyin_and_english_ones_under_their_letter():
    assert list(by_letter(TERMS, Lang.ZH)) == ["W", "X", "#"]
    assert list(by_letter(TERMS, Lang.EN)) == ["L", "P", "#"]


def test_every_term_is_there_once_with_its_twin_and_other_names(make_edition, text):
    page = text(glossary_parts(make_edition(glossary=TERMS)))
    for words in ("<dt>巷长</dt>", ">lane chief<", "也叫 管家"):
        assert page.count(words) == 1
    assert 'lang="en"' in page
    assert 'href="#letter-w"' in page
    assert "{#letter-other}" in page


def test_notes_are_english_and_stay_on_english_pages(make_edition, text):
    assert "a firm" not in text(glossary_parts(make_edition(glossary=TERMS)))
    page = text(glossary_parts(make_edition(glossary=TERMS, lang=Lang.EN)))
    assert "a firm" in page
    assert "also manager" in page
    assert 'lang="zh"' in page


def test_a_term_keeps_its_address_in_both_languages(make_edition, text):
    for lang in Lang:
        assert 'id="term-巷长"' in text(glossary_parts(make_edition(glossary=TERMS, lang=lang)))


def test_the_filter_waits_for_a_script(make_edition, text):
    page = text(glossary_parts(make_edition(glossary=TERMS)))
    assert "kb-needs-script" in page
