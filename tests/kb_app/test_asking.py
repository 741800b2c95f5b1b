import json
import sqlite3
import threading

import jsonschema
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import select

from kb_app.accounts import Role
from kb_app.models import Feedback, Search
from kb_app.questions import Answering

ENGLISH = {"Accept-Language": "en"}
TEXT = {"text": "六号楼飞线充电没人管", "lang": "zh"}


@pytest.fixture
def asked(app_with):
    return app_with()


@pytest.fixture
def browser(asked):
    return asked.test_client()


@pytest.fixture
def kept(asked):
    return asked.extensions["lanewise"].kept


def send(browser, address="/api/v1/questions", body=None, key="k1", **headers):
    named = {
        "Idempotency-Key": key,
        **ENGLISH,
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    sent = {k: v for k, v in named.items() if v is not None}
    return browser.post(address, json=TEXT if body is None else body, headers=sent, buffered=True)


@pytest.fixture
def as_described(asked):
    """Check a response against the description of its route."""
    described = json.loads(asked.test_client().get("/openapi.json").data)

    def check(response, path, method):
        promised = described["paths"][path][method]["responses"][str(response.status_code)]
        if "$ref" in promised:
            promised = described["components"]["responses"][promised["$ref"].rsplit("/", 1)[1]]
        schema = promised["content"][response.mimetype]["schema"]
        jsonschema.validate(response.get_json(), {**schema, "components": described["components"]})

    return check


def api_of(receipt):
    """Where a program asks what has become of a question."""
    return f"/api/v1/questions/{receipt['number']}?code={receipt['code']}"


# Asking ------------------------------------------------------------------------------------------


def test_a_question_gets_a_number_a_code_and_what_comes_near(browser, as_described):
    response = send(browser)
    assert response.status_code == 201
    receipt = response.get_json()
    assert list(receipt) == ["number", "code", "status_url", "similar", "emergency"]
    assert receipt["number"] == 1
    assert receipt["similar"][0]["id"] == "ebike-flying-wire"
    as_described(response, "/api/v1/questions", "post")


def test_the_same_request_again_gets_the_same_answer(browser):
    first, again = send(browser), send(browser)
    assert first.data == again.data
    assert send(browser, key="k2").get_json()["number"] == 2


def test_the_same_key_with_other_words_is_a_conflict(browser, as_described):
    send(browser)
    response = send(browser, body={**TEXT, "text": "别的事"})
    assert response.status_code == 409
    assert "new text with a new key" in response.get_json()["detail"]
    as_described(response, "/api/v1/questions", "post")


def test_a_danger_to_life_is_answered_with_whom_to_call_and_gets_no_clock(browser):
    receipt = send(browser, body={"text": "楼道里着火了", "lang": "zh"}).get_json()
    assert receipt["emergency"]["call"] == ["119"]
    status = browser.get(api_of(receipt)).get_json()
    assert (status["danger"], status["echo_due"], status["settled_due"]) == (True, None, None)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "`lang` is missing"),
        ({"lang": "zh"}, "`text` is missing"),
        ({"text": " ", "lang": "zh"}, "`text` is missing"),
        ({"text": 5, "lang": "zh"}, "`text` must be a text"),
        ({"text": "x\0", "lang": "zh"}, "`text` must be a text"),
        ({"text": "\ud800", "lang": "zh"}, "`text` must be a text"),
        ({"text": "x" * 2001, "lang": "zh"}, "at most 2000"),
        ({"text": "x", "lang": "fr"}, "one of: zh, en"),
        ({**TEXT, "contact": "x" * 101}, "at most 100"),
        ({**TEXT, "query": ["x"]}, "`query` must be a text"),
        ([], "no JSON object"),
        ("x", "no JSON object"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(browser, kept, body, detail):
    response = send(browser, body=body)
    assert response.status_code == 400
    assert detail in response.get_json()["detail"]
    assert kept.questions.counts().received == 0


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"NaN", b'{"text": 1e999}'])
def test_what_is_no_json_object_is_refused(browser, data):
    response = browser.post(
        "/api/v1/questions",
        data=data,
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert response.status_code == 400


@pytest.mark.parametrize(
    "key", [None, "", "x" * 201, "with space", "钥匙".encode().decode("latin-1")]
)
def test_a_key_is_needed_to_count_once(browser, key):
    response = send(browser, key=key)
    assert response.status_code == 400
    assert "Idempotency-Key" in response.get_json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_no_page_of_another_site_can_ask(browser, headers):
    assert send(browser, **headers).status_code == 400
    form = browser.post("/api/v1/questions", data=TEXT, headers={"Idempotency-Key": "k"})
    assert form.status_code == 400


def test_a_page_of_this_site_can(app_with):
    browser = app_with(site_url="https://kb.example").test_client()
    for number, origin in enumerate(("http://localhost", "https://kb.example")):
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        assert send(browser, key=f"k{number}", **headers).status_code == 201


def test_too_much_at_once_is_refused(browser):
    response = browser.post(
        "/api/v1/questions", data=b"x" * 1_100_000, content_type="application/json"
    )
    assert response.status_code == 413


@how(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["text", "lang", "contact", "query", "x"]),
        st.one_of(st.none(), st.booleans(), st.text(max_size=20), st.integers(), st.just("zh")),
    ),
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=10),
)
def test_any_body_and_key_is_taken_or_refused(browser, body, key):
    assert send(browser, body=body, key=key).status_code in {201, 400, 409}


# Looking -----------------------------------------------------------------------------------------


def test_the_status_tells_the_asker_everything_but_who_works_on_it(browser, kept, as_described):
    receipt = send(browser, body={**TEXT, "contact": "138"}).get_json()
    editor = kept.accounts.add("li", Role.EDITOR, "a long password").id
    kept.questions.classify(1, "ebike-flying-wire", actor=editor, seen=1)
    kept.questions.assign(1, editor, actor=editor, seen=2)
    kept.questions.answer(
        1, Answering(["ebike-flying-wire"], "请看"), actor=editor, seen=3, has_page=lambda _: True
    )
    response = browser.get(api_of(receipt))
    as_described(response, "/api/v1/questions/{number}", "get")
    status = response.get_json()
    assert (status["state"], status["settled"]) == ("answered", False)
    assert status["links"][0]["url"] == "/zh/problems/ebike-flying-wire/"
    assert [event["kind"] for event in status["events"]] == ["received", "assigned", "answered"]
    assert status["events"][2]["text"] == "请看"
    assert "li" not in {event["by"] for event in status["events"]}
    assert "138" not in response.get_data(as_text=True)


def test_a_page_that_is_gone_is_still_named(browser, kept):
    receipt = send(browser).get_json()
    editor = kept.accounts.add("li", Role.EDITOR, "a long password").id
    kept.questions.answer(1, Answering(["gone"]), actor=editor, seen=1, has_page=lambda _: True)
    links = browser.get(api_of(receipt)).get_json()["links"]
    assert links == [{"id": "gone", "title": None, "url": None}]


@pytest.mark.parametrize(
    "address", ["1?code=", "1?code=WRONGWRO", "1", "2?code=AAAAAAAA", "0", "999999999"]
)
def test_a_wrong_number_and_a_wrong_code_are_refused_alike(browser, address, as_described):
    send(browser)
    response = browser.get(f"/api/v1/questions/{address}", headers=ENGLISH)
    assert response.status_code == 404
    assert "this number and check code" in response.get_json()["detail"]
    as_described(response, "/api/v1/questions/{number}", "get")


def test_who_guesses_codes_is_stopped_and_others_are_not(app_with):
    app = app_with(wrong_codes_per_hour=3)
    guesser, other = app.test_client(), app.test_client()
    receipt = send(guesser).get_json()
    for _ in range(3):
        assert guesser.get("/api/v1/questions/1?code=WRONGWRO").status_code == 404
    stopped = guesser.get(api_of(receipt))
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0
    assert other.get(api_of(receipt)).status_code == 200


# Limits and visitors -----------------------------------------------------------------------------


def test_a_visitor_who_writes_too_much_comes_back_later_and_others_go_on(app_with):
    app = app_with(writes_per_hour=2)
    wild, other = app.test_client(), app.test_client()
    send(wild, key="first")  # before he had a cookie
    found = [send(wild, key=f"w{number}") for number in range(3)]
    assert [response.status_code for response in found] == [201, 201, 429]
    assert int(found[2].headers["Retry-After"]) > 3000
    assert "try again" in found[2].get_json()["detail"]
    assert send(other, key="o").status_code == 201


def test_who_keeps_no_cookie_shares_a_larger_limit_with_his_address(app_with):
    app = app_with(writes_per_hour=1)
    statuses = [send(app.test_client(), key=f"k{number}").status_code for number in range(21)]
    assert statuses == [201] * 20 + [429]


def test_a_visitor_is_known_by_a_cookie_that_no_script_reads_and_nobody_can_make_up(browser):
    cookie = send(browser).headers["Set-Cookie"]
    assert cookie.startswith("visitor=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Set-Cookie" not in send(browser, key="k2").headers
    browser.set_cookie("visitor", "made-up.0000")
    assert "Set-Cookie" in send(browser, key="k3").headers


# Feedback ----------------------------------------------------------------------------------------


def test_one_tap_is_kept_once_and_says_nothing_about_who(browser, kept, as_described):
    body = {"page": "ebike-corridor", "lang": "zh", "verdict": "out-of-date", "note": "电话换了"}
    for _ in range(2):
        response = send(browser, "/api/v1/feedback", body)
        assert response.status_code == 201
        assert response.get_json() == {"received": True}
    as_described(response, "/api/v1/feedback", "post")
    with kept.database.reading() as session:
        (row,) = session.scalars(select(Feedback)).all()
    assert (row.page, row.verdict, row.note) == ("ebike-corridor", "out-of-date", "电话换了")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"page": "nowhere"}, 404),
        ({"page": None}, 400),
        ({"verdict": "good"}, 400),
        ({"verdict": None}, 400),
        ({"note": "x" * 501}, 400),
    ],
)
def test_feedback_that_fits_nothing_is_refused(browser, as_described, change, status):
    body = {"page": "ebike-corridor", "lang": "zh", "verdict": "useful", **change}
    response = send(browser, "/api/v1/feedback", body)
    assert response.status_code == status
    as_described(response, "/api/v1/feedback", "post")


# Searches ----------------------------------------------------------------------------------------


def test_searches_are_counted_with_what_was_opened_and_without_who(browser, kept):
    browser.get("/api/v1/search?q=电瓶车上楼")
    browser.get("/zh/search?q=怎么烤面包")
    assert (
        browser.post(
            "/api/v1/opened", json={"page": "ebike-corridor", "query": "电瓶车上楼"}
        ).status_code
        == 204
    )
    kept.searches.write(everything=True)
    with kept.database.reading() as session:
        rows = session.scalars(select(Search).order_by(Search.id)).all()
    assert [(r.words, r.answered, r.opened) for r in rows] == [
        ("电瓶车上楼", True, True),
        ("怎么烤面包", False, False),
    ]
    assert rows[0].problem == "ebike-corridor"
    assert rows[0].visit == rows[1].visit
    assert "visitor" not in rows[0].visit


def test_what_was_opened_is_a_page(browser):
    assert browser.post("/api/v1/opened", json={"page": "x", "query": "y"}).status_code == 404
    assert browser.post("/api/v1/opened", json={"page": "ebike-corridor"}).status_code == 400


def test_further_results_of_the_same_search_are_not_counted_again(browser, kept):
    browser.get("/api/v1/search?q=充电&offset=1")
    kept.searches.write(everything=True)
    with kept.database.reading() as session:
        assert session.scalars(select(Search)).all() == []


# A database that fails ---------------------------------------------------------------------------


def test_while_the_database_is_locked_questions_come_later_and_searches_go_on(
    app_with, tmp_path, monkeypatch
):
    monkeypatch.setattr("kb_app.database._SQLITE_SETTINGS", ("foreign_keys=ON", "busy_timeout=100"))
    app = app_with()
    browser = app.test_client()
    other = sqlite3.connect(tmp_path / "var" / "lanewise.db")
    other.execute("begin exclusive")
    response = send(browser)
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "cannot be kept now" in response.get_json()["detail"]
    browser.get("/api/v1/search?q=飞线")
    assert browser.get("/api/v1/search?q=飞线").status_code == 200
    health = browser.get("/healthz")
    assert (health.status_code, health.get_json()["database"]) == (503, "unavailable")
    counted = browser.get("/metrics").get_data(as_text=True)
    assert "lanewise_questions" not in counted
    other.rollback()
    assert send(browser).status_code == 201
    other.close()


def test_the_counts_tell_what_is_open_and_settled(browser):
    send(browser)
    counted = browser.get("/metrics").get_data(as_text=True)
    assert "lanewise_questions_received 1" in counted
    assert "lanewise_questions_open 1" in counted
    assert "lanewise_questions_overdue 0" in counted


def test_many_at_once_get_numbers_without_a_gap(asked, kept):
    numbers = []

    def ask(start):
        browser = asked.test_client()
        for number in range(5):
            response = send(browser, key=f"{start}-{number}")
            assert response.status_code == 201, response.get_data(as_text=True)
            numbers.append(response.get_json()["number"])

    threads = [threading.Thread(target=ask, args=[n]) for n in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(numbers) == list(range(1, 31))
    assert kept.questions.counts().received == 30


# What comes near ---------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [TEXT, {"text": " ", "lang": "en"}, {"lang": "zh"}])
def test_what_comes_near_is_as_described_and_nothing_is_kept(browser, kept, as_described, body):
    response = browser.post("/api/v1/similar", json=body)
    assert response.status_code == 200
    as_described(response, "/api/v1/similar", "post")
    assert kept.questions.counts().received == 0


@pytest.mark.parametrize("body", [{"text": "x"}, {"text": "x" * 2001, "lang": "zh"}, []])
def test_what_cannot_be_compared_is_refused_in_words(browser, as_described, body):
    response = browser.post("/api/v1/similar", json=body)
    assert response.status_code == 400
    as_described(response, "/api/v1/similar", "post")
