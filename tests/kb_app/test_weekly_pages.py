"""The week's questions: the form without scripts, the totals, and the trainer's page."""

import json
import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kb_app.accounts import Role
from kb_app.weekly import After, KeptChoice

WEEKLY = "/api/v1/weekly"
PASSWORD = "a long password"
SAID = {
    "zh": ("答对了。", "这次没对", "这题没选", "请至少选一道题"),
    "en": ("Right.", "Not this time", "You chose none", "Please choose at least one"),
}


@pytest.fixture
def own(app_with):
    return app_with(site_url="https://kb.example")


def totals(app):
    choices = app.extensions["lanewise"].kept.totals.by_item()
    return {(r.item, r.after, r.choice): r.count for rows in choices.values() for r in rows}


def bank(client, lang="zh"):
    """The rows of the bank as a phone gets them."""
    return json.loads(client.get(f"/{lang}/weekly.json").text)[0]


def form(client, lang="zh"):
    """The hidden fields of the form, and its items in their order."""
    shown = client.get(f"/{lang}/weekly").text
    token, key = (
        re.search(rf'name="{name}" value="([^"]+)"', shown)[1] for name in ("csrf_token", "key")
    )
    items = re.findall(r'name="item" value="([^"]+)"', shown)
    return {"csrf_token": token, "key": key, "item": items}


def post(client, body, key="a"):
    return client.post(WEEKLY, json=body, headers={"Idempotency-Key": key})


# The form ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_scripts_the_five_are_one_form_and_the_reasons_follow(own, lang):
    client = own.test_client()
    sent = form(client, lang)
    rows = {row[0]: row for row in bank(client, lang)}
    assert sorted(sent["item"]) == sorted(rows)
    right, wrong = (rows[each] for each in sent["item"])
    answer = client.post(f"/{lang}/weekly", data=sent | {right[0]: right[3], wrong[0]: 1})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for words in (*SAID[lang][:2], right[4], wrong[4], right[5], right[6]):
        assert words in answer.text
    assert totals(own) == {(right[0], "new", right[3]): 1, (wrong[0], "new", 1): 1}


def test_a_form_that_is_sent_twice_counts_once_and_the_next_one_again(own):
    client = own.test_client()
    sent = form(client)
    one = sent["item"][0]
    for _ in range(2):
        assert SAID["zh"][2] in client.post("/zh/weekly", data=sent | {one: 1}).text
    assert totals(own) == {(one, "new", 1): 1}
    client.post("/zh/weekly", data=form(client) | {one: 1})
    assert totals(own) == {(one, "new", 1): 2}


@pytest.mark.parametrize("choice", ["", "0", "3", "-1", "１", "two"])
def test_a_form_without_a_choice_is_shown_again(own, choice):
    client = own.test_client()
    sent = form(client, "en")
    answer = client.post("/en/weekly", data=sent | {sent["item"][0]: choice})
    assert answer.status_code == 400
    assert SAID["en"][3] in answer.text
    assert "<fieldset" in answer.text
    assert totals(own) == {}


def test_items_that_are_gone_or_asked_too_often_are_left_out(own):
    client = own.test_client()
    sent = form(client)
    one = sent["item"][0]
    many = sent | {
        "item": ["gone.12345678", *[one] * 9],
        "gone.12345678": 1,
        one: 2,
        "key": "x" * 999,
    }
    answer = client.post("/zh/weekly", data=many)
    assert answer.text.count('class="kb-weekly__item"') == 1
    assert totals(own) == {(one, "new", 2): 1}


def test_a_form_of_another_site_is_refused(own):
    assert own.test_client().post("/zh/weekly", data={"item": "a"}).status_code == 400


def test_the_page_without_a_site_says_that_there_is_nothing_to_ask(empty_client, publish):
    publish()
    assert "There are no questions yet." in empty_client.get("/en/weekly").text


# The bank ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_bank_travels_compressed_and_is_not_sent_again_unchanged(client, lang):
    first = client.get(f"/{lang}/weekly.json", headers={"Accept-Encoding": "br"})
    assert first.headers["Content-Encoding"] == "br"
    again = client.get(f"/{lang}/weekly.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert len(bank(client, lang)) == 2


# The totals ----------------------------------------------------------------------------------------


def test_an_answer_counts_once_however_often_it_is_sent(own):
    client = own.test_client()
    item = bank(client)[0][0]
    body = {"item": item, "choice": 2, "after": "5w"}
    for key in ("a", "a", "b"):
        answer = post(client, body, key)
        assert (answer.status_code, answer.get_json()) == (201, {"received": True})
    assert totals(own) == {(item, "5w", 2): 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"item": "nothing.12345678"},
        {"item": None},
        {"item": 7},
        {"choice": 0},
        {"choice": 3},
        {"choice": "1"},
        {"choice": True},
        {"choice": None},
        {"after": "4w"},
        {"after": None},
    ],
    ids=str,
)
def test_what_cannot_be_counted_is_explained(own, wrong):
    client = own.test_client()
    good = {"item": bank(client)[0][0], "choice": 1, "after": "new"}
    answer = post(client, good | wrong)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"]
    assert totals(own) == {}


def test_an_answer_needs_a_key(own):
    client = own.test_client()
    body = {"item": bank(client)[0][0], "choice": 1, "after": "new"}
    assert client.post(WEEKLY, json=body).status_code == 400


def test_answers_are_limited_as_everything_that_is_written(app_with):
    client = app_with(writes_per_hour=1).test_client()
    body = {"item": bank(client)[0][0], "choice": 1, "after": "new"}
    found = [post(client, body, str(n)) for n in range(3)]
    assert [each.status_code for each in found][-1] == 429
    assert found[-1].headers["Retry-After"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.sampled_from(After),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=4,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.fixed_dictionaries({}, optional={"item": JSON, "choice": JSON, "after": JSON}))
def test_nothing_that_is_sent_breaks_the_service(client, body):
    assert post(client, body).status_code in {400, 429}


# The trainer's page --------------------------------------------------------------------------------


def signed_in(app):
    app.extensions["lanewise"].kept.accounts.add("wang", Role.TRAINER, PASSWORD)
    browser = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/zh/desk/sign-in").text)[1]
    sent = {"csrf_token": token, "name": "wang", "password": PASSWORD}
    assert browser.post("/zh/desk/sign-in", data=sent).status_code == 303
    return browser


def test_a_trainer_sees_sums_by_option_and_nothing_of_few(own):
    browser = signed_in(own)
    assert "No answers yet" in browser.get("/en/desk/weekly").text
    hard, few = (row[0] for row in bank(browser, "en"))
    for number in range(7):
        post(browser, {"item": hard, "choice": 1, "after": "new"}, f"h{number}")
    post(browser, {"item": few, "choice": 2, "after": "new"}, "f")
    shown = browser.get("/en/desk/weekly").text
    assert "<td>7</td><td>0</td>" in shown
    assert "0 of 7 right" in shown
    assert (
        shown.count("fewer than 5 answers") == 2
    )  # of one item at all, of the other after 5 weeks
    assert shown.count("<table") == 1
    assert "https://kb.example/en/weekly" in shown
    assert 'src="data:image/svg+xml' in shown


def test_a_trainer_is_told_of_answers_whose_question_is_gone_and_of_a_missing_address(app_with):
    app = app_with()
    browser = signed_in(app)
    kept = app.extensions["lanewise"].kept
    kept.totals.take(KeptChoice("gone.1", 1, After.NEW), "k", kept.questions.now().date())
    shown = browser.get("/en/desk/weekly").text
    assert "1 questions that are no longer in the library" in shown
    assert "KB_SITE_URL" in shown
    assert "weekly" in browser.get("/en/desk").text
