import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from markupsafe import escape

from kb_app.generation import CONTENT_MARK, TITLE_MARK


@pytest.mark.parametrize(
    ("accepted", "kept", "target"),
    [
        ("en-GB,en;q=0.9", "", "/en/"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "/zh/"),
        ("en;q=0.5, zh-Hant;q=0.8", "", "/zh/"),
        ("fr, en-US;q=0.3, zh;q=0", "", "/en/"),
        ("de", "", "/zh/"),
        ("", "", "/zh/"),
        ("zh", "en", "/en/"),
        ("en", "klingon", "/en/"),
    ],
)
def test_the_root_leads_to_the_readers_language(client, accepted, kept, target):
    client.set_cookie("lang", kept)
    response = client.get("/", headers={"Accept-Language": accepted})
    assert response.status_code == 302
    assert response.headers["Location"] == target
    assert "Accept-Language" in response.headers["Vary"]
    assert "Cookie" in response.headers["Vary"]


def test_the_results_stand_in_the_sites_shell(client):
    text = client.get("/zh/search?q=电瓶车上楼").get_data(as_text=True)
    assert "<title>搜索：电瓶车上楼 · 巷知</title>" in text
    assert TITLE_MARK not in text
    assert CONTENT_MARK not in text
    assert 'href="/zh/problems/ebike-corridor/' in text


def test_the_results_are_in_the_language_of_the_address(client):
    text = client.get("/en/search?q=wires from windows&lang=zh").get_data(as_text=True)
    assert "Cables hung from windows to charge e-bikes" in text
    assert "worked, measured" in text
    assert client.get("/en/search?q=x").headers["Content-Language"] == "en"


def test_the_language_switch_keeps_the_words(client):
    text = client.get("/zh/search?q=%E9%A3%9E%E7%BA%BF&kind=case").get_data(as_text=True)
    assert 'href="/en/search?q=%E9%A3%9E%E7%BA%BF&amp;kind=case" hreflang="en"' in text
    text = client.get("/en/search").get_data(as_text=True)
    assert 'href="/zh/search" hreflang="zh"' in text


def test_the_language_switch_of_a_missing_page_leads_home(client):
    text = client.get("/zh/nothing").get_data(as_text=True)
    assert 'href="/en/" hreflang="en"' in text


def test_without_words_there_is_only_the_box(client):
    for address in ("/zh/search", "/zh/search/", "/zh/search?q=", "/zh/search?q=%20"):
        response = client.get(address)
        assert response.status_code == 200
        text = response.get_data(as_text=True)
        assert 'name="q"' in text
        assert "kb-results" not in text


def test_the_answer_stands_above_the_results_with_its_source(client):
    text = client.get("/zh/search?q=电瓶车上楼找谁").get_data(as_text=True)
    assert "物业先劝,劝不动找街道办事处。" in text
    assert text.index("kb-answer") < text.index("kb-results")
    assert "找谁" in text


def test_danger_to_life_stands_on_top_with_a_number_to_tap(client):
    text = client.get("/zh/search?q=楼道着火了").get_data(as_text=True)
    assert '<a href="tel:119">119</a>' in text
    assert text.index("kb-emergency") < text.index("kb-result")


def test_what_is_not_in_the_library_is_said_so(client):
    text = client.get("/en/search?q=zzzzqqqq").get_data(as_text=True)
    assert "Not in the library yet" in text


def test_results_can_be_narrowed_to_a_kind_and_back(client):
    text = client.get("/zh/search?q=充电").get_data(as_text=True)
    link = re.search(r'href="(/zh/search\?q=[^"]*kind=case[^"]*)"', text)
    assert link
    narrowed = client.get(link[1].replace("&amp;", "&")).get_data(as_text=True)
    assert 'aria-current="true"' in narrowed
    assert "/zh/cases/shed-before-ban/" in narrowed
    assert '<li class="kb-result">' in narrowed
    results = narrowed.partition('<ol class="kb-results"')[2].partition("</ol>")[0]
    assert set(re.findall(r'href="/zh/(\w+)/', results)) == {"cases"}


def test_results_can_be_paged_through(client):
    first = client.get("/zh/search?q=充电&limit=2").get_data(as_text=True)
    following = re.search(r'rel="next" href="([^"]*)"', first)
    assert following
    second = client.get(following[1].replace("&amp;", "&")).get_data(as_text=True)
    assert '<ol class="kb-results" start="3">' in second
    back = re.search(r'rel="prev" href="([^"]*)"', second)
    assert back
    again = client.get(back[1].replace("&amp;", "&")).get_data(as_text=True)
    assert '<ol class="kb-results" start="1">' in again


def test_a_corrected_search_says_so_and_offers_the_words_as_typed(client):
    text = client.get("/en/search?q=windowz chargng").get_data(as_text=True)
    assert "window" in text
    assert "literal=1" in text


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;"]
)
def test_what_was_typed_is_never_markup(client, words):
    text = client.get("/zh/search", query_string={"q": words}).get_data(as_text=True)
    assert words not in text
    assert str(escape(words)) in text


def test_what_was_typed_is_never_a_place_in_the_shell(client):
    asked = {"q": f"飞线 {CONTENT_MARK}{TITLE_MARK}"}
    text = client.get("/zh/search", query_string=asked).get_data(as_text=True)
    assert text.count('<div class="kb-search">') == 1


def test_no_page_made_here_has_styles_or_scripts_of_its_own(client):
    for address in ("/zh/search?q=充电", "/en/search?q=fire", "/zh/nothing"):
        text = client.get(address).get_data(as_text=True)
        main = text[text.index("kb-") :]
        assert " style=" not in main.split("</ol>")[0]
        assert " onclick=" not in text


@pytest.mark.parametrize("address", ["/zh/nothing/", "/en/cases/nothing", "/zh/search/deeper"])
def test_a_missing_page_says_so_in_the_sites_shell_and_offers_a_search(client, address):
    response = client.get(address, headers={"Accept-Language": "de"})
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    text = response.get_data(as_text=True)
    lang = address[1:3]
    assert f'action="/{lang}/search"' in text
    assert {"zh": "没有这个页面", "en": "There is nothing at this address"}[lang] in text


@pytest.mark.parametrize(
    "query", ["limit=0", "kind=x", "q=" + "长" * 501, "q=%ff", "problem=%00", "literal=2"]
)
def test_bad_input_is_refused_on_a_page(client, query):
    response = client.get(f"/zh/search?{query}")
    assert response.status_code == 400
    assert response.mimetype == "text/html"
    assert "kb-trouble" in response.get_data(as_text=True)


def test_before_the_first_build_the_page_says_so(empty_client):
    response = empty_client.get("/zh/search?q=x")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "资料库正在准备" in response.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/zh/search", "/zh/nothing", "/api/v1/search"])
@pytest.mark.parametrize("query", ["q=\xff", "\xe9=\xa3", "q=\xe9\xa3\x9e", 'q="><b>', "%", "&&=&"])
def test_any_raw_bytes_behind_the_question_mark_are_answered(client, address, query):
    """As they come from a connection, where nothing has quoted them."""
    response = client.get(address, environ_overrides={"QUERY_STRING": query})
    assert response.status_code in {200, 400, 404}
    assert response.is_json or "<b>" not in response.get_data(as_text=True)


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["zh", "en"]),
    st.dictionaries(
        st.sampled_from(["q", "kind", "problem", "limit", "offset", "literal"]),
        st.one_of(st.text(max_size=600), st.sampled_from(["case", "1", "10", "9999"])),
    ),
)
def test_any_arguments_make_a_page(client, lang, arguments):
    response = client.get(f"/{lang}/search", query_string=arguments)
    assert response.status_code in {200, 400}
    assert "kb-search__form" in response.get_data(as_text=True)


def test_a_danger_without_a_passage_leaves_no_empty_answer_card(client):
    asked = "e-bike in the corridor fire coming out"
    found = client.get("/api/v1/answer", query_string={"q": asked, "lang": "en"}).get_json()
    assert (found["answered"], found["passages"]) == (True, [])
    text = client.get("/en/search", query_string={"q": asked}).get_data(as_text=True)
    assert "kb-emergency" in text
    assert "kb-answer" not in text
