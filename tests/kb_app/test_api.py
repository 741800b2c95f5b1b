import json
import re
from urllib.parse import quote_from_bytes

import jsonschema
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from openapi_spec_validator import validate

SAMPLE_ENGLISH = "/api/v1/search?q=wires hanging from windows to charge scooters"


@pytest.fixture(scope="session")
def description(app) -> dict:
    return json.loads(app.test_client().get("/openapi.json").data)


@pytest.fixture
def fits(description):
    """Check a response against what the description promises for its route and status."""

    def check(response, path: str) -> None:
        promised = description["paths"][path]["get"]["responses"]
        assert str(response.status_code) in promised, response.get_data(as_text=True)
        its = promised[str(response.status_code)]
        if "$ref" in its:
            its = description["components"]["responses"][its["$ref"].rsplit("/", 1)[1]]
        schema = its["content"][response.mimetype].get("schema", {})
        if response.is_json:
            jsonschema.validate(
                response.get_json(), {**schema, "components": description["components"]}
            )

    return check


# Search ------------------------------------------------------------------------------------------


def test_a_search_has_exactly_the_fields_of_the_interface_in_their_order(client):
    found = json.loads(client.get("/api/v1/search?q=电瓶车上楼").data)
    assert list(found) == [
        "query", "lang", "total", "took_ms", "answered", "coverage", "corrected", "emergency",
        "facets", "hits", "names",
    ]  # fmt: skip
    assert found["names"]["ebike-corridor"] == "楼道停放充电"
    assert list(found["hits"][0]) == [
        "id", "kind", "lang", "title", "lesson", "url", "section", "snippet", "score", "problems",
        "evidence", "relapsed", "checked_on", "stale",
    ]  # fmt: skip
    assert found["query"] == "电瓶车上楼"
    assert found["lang"] == "zh"
    assert set(found["facets"]) == {"kind", "problem"}


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("/api/v1/search?q=电瓶车上楼", "ebike-corridor"),
        (SAMPLE_ENGLISH, "ebike-flying-wire"),
        ("/api/v1/search?q=地锁&lang=en", "locks-came-back"),
    ],
)
def test_the_right_page_comes_first(client, address, first):
    assert client.get(address).get_json()["hits"][0]["id"] == first


def test_a_search_measures_its_own_time(client):
    found = client.get("/api/v1/search?q=飞线").get_json()
    assert 0 < found["took_ms"] < 5000


def test_a_page_is_shown_in_the_wanted_language_where_it_exists(client):
    hits = client.get("/api/v1/search?q=垃圾桶 地锁&lang=en").get_json()["hits"]
    shown = {hit["id"]: hit["lang"] for hit in hits}
    assert shown["locks-came-back"] == "en"
    assert shown["bins-moved"] == "zh"


def test_every_hit_leads_to_a_page_that_exists(client):
    for hit in client.get("/api/v1/search?q=充电").get_json()["hits"]:
        page, _, anchor = hit["url"].partition("#")
        text = client.get(page).get_data(as_text=True)
        assert anchor == "" or f'id="{anchor}"' in text, hit["url"]


def test_hits_can_be_filtered_and_paged(client):
    every = [hit["id"] for hit in client.get("/api/v1/search?q=充电&limit=50").get_json()["hits"]]
    paged = [
        hit["id"]
        for offset in range(0, len(every), 2)
        for hit in client.get(f"/api/v1/search?q=充电&limit=2&offset={offset}").get_json()["hits"]
    ]
    assert paged == every
    cases = client.get("/api/v1/search?q=充电&kind=case").get_json()
    assert {hit["kind"] for hit in cases["hits"]} == {"case"}
    locks = client.get("/api/v1/search?q=三个月&problem=parking-lock").get_json()
    assert [hit["id"] for hit in locks["hits"]] == ["locks-came-back"]


def test_a_draft_is_never_found(client):
    assert client.get("/api/v1/search?q=鹦鹉螺").get_json()["hits"] == []


def test_danger_to_life_raises_the_banner_in_the_askers_language(client):
    found = client.get("/api/v1/search?q=着火了怎么办").get_json()
    assert found["emergency"]["call"] == ["119"]
    assert "先把人带出去" in found["emergency"]["message"]
    assert client.get("/api/v1/answer?q=fire coming out").get_json()["emergency"]["call"] == ["119"]
    assert client.get("/api/v1/search?q=消防演练着火").get_json()["emergency"] is None


# Answer and suggestions --------------------------------------------------------------------------


def test_an_answer_quotes_published_text_to_the_letter(client, sample):
    answer = client.get("/api/v1/answer?q=电瓶车上楼找谁管").get_json()
    assert list(answer) == [
        "query", "lang", "answered", "reason", "passages", "related", "emergency",
    ]  # fmt: skip
    assert answer["answered"] is True
    assert answer["reason"] is None
    page = (sample / "zh/problems/ebike-corridor.md").read_text("utf-8")
    for passage in answer["passages"]:
        assert list(passage) == [
            "role", "text", "id", "kind", "title", "section", "url", "problems",
        ]  # fmt: skip
        assert passage["text"] in page


def test_what_the_library_does_not_cover_is_not_answered_and_the_reason_is_given(client):
    answer = client.get("/api/v1/answer?q=how do I bake sourdough&lang=en").get_json()
    assert answer["answered"] is False
    assert answer["reason"]
    assert answer["passages"] == []


def test_suggestions_continue_what_is_typed(client):
    found = client.get("/api/v1/suggest?q=电瓶车").get_json()["suggestions"]
    assert {"text": "电瓶车上楼", "url": "/zh/problems/ebike-corridor/", "kind": "problem"} in found
    assert client.get("/api/v1/suggest?q=").get_json() == {"suggestions": []}
    assert len(client.get("/api/v1/suggest?q=电&limit=1").get_json()["suggestions"]) <= 1


# Health, counts, description ---------------------------------------------------------------------


def test_health_tells_version_index_and_database(client):
    health = client.get("/healthz").get_json()
    assert list(health) == ["status", "version", "index", "database"]
    assert health["status"] == "ok"
    assert list(health["index"]) == ["passages", "built_at", "fingerprint"]
    assert health["index"]["passages"] > 50
    assert health["database"] == "ok"


def test_health_is_unavailable_before_the_first_build(empty_client):
    response = empty_client.get("/healthz")
    assert response.status_code == 503
    assert response.get_json()["status"] == "unavailable"
    assert response.get_json()["index"] is None


def test_counts_speak_of_routes_and_never_of_words(client):
    client.get("/api/v1/search?q=绝密的字")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'route="api.search",status="200"' in text
    assert "绝密" not in text
    assert "lanewise_passages" in text


def test_the_description_is_valid_and_carries_the_version(description, client):
    validate(description)
    assert description["info"]["version"] == client.get("/healthz").get_json()["version"]


# Forms for people, not for programs.
FORMS = ("desk.", "asker.", "phone.", "card.", "weekly.")


def test_the_description_names_every_route_and_no_other(description, app):
    routes = {
        re.sub(r"<(?:[^>]*:)?(\w+)>", r"{\1}", rule.rule): rule.methods - {"HEAD", "OPTIONS"}
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(FORMS)
    }
    described = {
        path: {method.upper() for method in its} for path, its in description["paths"].items()
    }
    assert described == routes


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/api/v1/search?q=电瓶车上楼", "/api/v1/search"),
        ("/api/v1/search?q=着火", "/api/v1/search"),
        ("/api/v1/search?q=充电&lang=en&limit=100", "/api/v1/search"),
        ("/api/v1/search?q=zzzz", "/api/v1/search"),
        ("/api/v1/search?q=", "/api/v1/search"),
        ("/api/v1/answer?q=飞线找谁", "/api/v1/answer"),
        ("/api/v1/answer?q=sourdough", "/api/v1/answer"),
        ("/api/v1/answer", "/api/v1/answer"),
        ("/api/v1/suggest?q=电", "/api/v1/suggest"),
        ("/healthz", "/healthz"),
        ("/metrics", "/metrics"),
        ("/openapi.json", "/openapi.json"),
        ("/zh/search?q=飞线", "/{lang}/search"),
        ("/en/search?limit=0", "/{lang}/search"),
    ],
)
def test_every_response_is_as_described(client, fits, address, path):
    fits(client.get(address), path)


@pytest.mark.parametrize(
    "path", ["/api/v1/search", "/api/v1/answer", "/api/v1/suggest", "/healthz"]
)
def test_every_response_before_the_first_build_is_as_described(empty_client, fits, path):
    response = empty_client.get(f"{path}?q=x")
    assert response.status_code == 503
    fits(response, path)


# Bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "Please say what you are looking for"),
        ("q=%20%09", "Please say what you are looking for"),
        ("q=" + "x" * 501, "at most 500 characters"),
        ("q=x&lang=fr", "`lang` must be one of: zh, en."),
        ("q=x&kind=cases", "`kind` must be one of: problem, case"),
        ("q=x&problem=Fire lane", "such as fire-lane"),
        ("q=x&limit=0", "`limit` must be a number from 1 to 100."),
        ("q=x&limit=101", "`limit`"),
        ("q=x&limit=-1", "`limit`"),
        ("q=x&limit=1e1", "`limit`"),
        ("q=x&limit=١", "`limit`"),
        ("q=x&offset=10001", "`offset` must be a number from 0 to 10000."),
        ("q=x&offset=99999999999999999999", "`offset`"),
        ("q=x&literal=yes", "`literal` must be a number from 0 to 1."),
        ("q=%ff%fe", "not UTF-8"),
        ("q=x&kind=%c3", "not UTF-8"),
    ],
)
def test_bad_input_is_refused_in_words(client, query, detail):
    response = client.get(f"/api/v1/search?{query}", headers={"Accept-Language": "en"})
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == 400
    assert problem["title"] == "Bad Request"
    assert problem["type"] == "about:blank"
    assert detail in problem["detail"]


@pytest.mark.parametrize(
    ("query", "headers", "kept", "lang"),
    [
        ("q=&lang=zh", {"Accept-Language": "en"}, "", "zh"),
        ("q=", {"Accept-Language": "en-GB,en;q=0.9"}, "", "en"),
        ("q=", {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "", "zh"),
        ("q=", {"Accept-Language": "en"}, "zh", "zh"),
        ("q=", {"Accept-Language": "fr"}, "", "zh"),
        ("q=", {}, "", "zh"),
    ],
)
def test_a_problem_speaks_the_askers_language(client, query, headers, kept, lang):
    client.set_cookie("lang", kept)
    response = client.get(f"/api/v1/search?{query}", headers=headers)
    words = {"zh": "请用几个字", "en": "in a few words"}
    assert words[lang] in response.get_json()["detail"]
    assert response.headers["Content-Language"] == lang


def test_empty_parameters_stand_at_their_default(client):
    full = client.get(
        "/api/v1/search?q=飞线&lang=&kind=&problem=&limit=&offset=&literal="
    ).get_json()
    short = client.get("/api/v1/search?q=飞线").get_json()
    assert full["hits"] == short["hits"]


def test_unknown_parameters_change_nothing(client):
    assert client.get("/api/v1/search?q=飞线&utm_source=x").get_json()["total"] > 0


arguments = st.dictionaries(
    st.sampled_from(["q", "lang", "kind", "problem", "limit", "offset", "literal", "x"]),
    st.one_of(
        st.text(max_size=700),
        st.sampled_from(["zh", "en", "case", "0", "1", "10", "-1", "", "\x00", "飞线" * 400]),
        st.integers().map(str),
    ),
)


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["search", "answer", "suggest"]), arguments)
def test_any_arguments_are_answered_or_refused(client, route, given_arguments):
    response = client.get(f"/api/v1/{route}", query_string=given_arguments)
    assert response.status_code in {200, 400}
    assert response.get_json()


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["q", "lang", "limit", "kind"]), st.binary(max_size=300))
def test_any_bytes_are_answered_or_refused(client, name, data):
    response = client.get(f"/api/v1/search?q=x&{name}={quote_from_bytes(data)}")
    assert response.status_code in {200, 400}


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=500))
def test_any_words_are_searched_within_the_bounds_of_the_interface(client, description, words):
    response = client.get("/api/v1/search", query_string={"q": words})
    if response.status_code == 200:
        schema = {"$ref": "#/components/schemas/Found", "components": description["components"]}
        jsonschema.validate(response.get_json(), schema)
        assert response.get_json()["query"] == words
