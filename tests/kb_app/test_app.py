import pytest

from kb_app import api, service
from kb_app.app import create_app
from search_index import Answers, QueryError


@pytest.fixture
def failing(client, monkeypatch):
    """Let every search fail in a way."""

    def fail_with(error: BaseException):
        def search(*_, **__):
            raise error

        monkeypatch.setattr(Answers, "search", search)
        return client

    return fail_with


def test_a_bug_is_noted_down_and_said_without_its_details(failing, caplog):
    client = failing(RuntimeError("the secret cause"))
    response = client.get("/api/v1/search?q=不可告人", headers={"Accept-Language": "en"})
    assert response.status_code == 500
    assert response.mimetype == "application/problem+json"
    assert "It was not your fault" in response.get_json()["detail"]
    assert "secret" not in response.get_data(as_text=True)
    assert "the secret cause" in caplog.text
    assert "/api/v1/search" in caplog.text
    assert "不可告人" not in caplog.text


def test_a_bug_on_a_page_is_said_on_a_page(failing):
    response = failing(RuntimeError()).get("/zh/search?q=x")
    assert response.status_code == 500
    assert "不是你的问题" in response.get_data(as_text=True)


def test_a_query_that_cannot_be_answered_is_explained_in_its_own_words(failing):
    response = failing(QueryError("too many quotes")).get("/api/v1/search?q=x")
    assert response.status_code == 400
    assert response.get_json()["detail"] == "too many quotes"


@pytest.mark.parametrize("address", ["/nothing", "/api/v1/nothing", "/api/v1/search/", "/favicon"])
def test_an_unknown_address_is_a_problem_of_its_own(client, address):
    response = client.get(address, headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["detail"] == "There is nothing at this address."


def test_an_address_with_a_slash_too_many_leads_to_the_right_one(client):
    response = client.get("/api//v1/search?q=x")
    assert response.status_code == 308
    assert response.headers["Location"].endswith("/api/v1/search?q=x")


def test_a_wrong_method_names_the_right_ones(client):
    response = client.post("/api/v1/search?q=x")
    assert response.status_code == 405
    assert response.mimetype == "application/problem+json"
    assert "GET" in response.headers["Allow"]


def test_before_the_first_build_every_address_asks_to_come_back(empty_client):
    for address in ("/api/v1/search?q=x", "/zh/", "/en/cases/x/", "/nothing"):
        response = empty_client.get(address)
        assert response.status_code == 503, address
        assert response.headers["Retry-After"] == "30"
    assert empty_client.get("/").status_code == 302
    assert empty_client.get("/metrics").status_code == 200
    assert empty_client.get("/openapi.json").status_code == 200


def test_it_answers_as_soon_as_something_is_built(empty_client, publish):
    assert empty_client.get("/api/v1/search?q=充电").status_code == 503
    publish()
    assert empty_client.get("/api/v1/search?q=充电").get_json()["total"] > 0
    assert "kb-results" in empty_client.get("/zh/search?q=充电").get_data(as_text=True)


def test_a_request_is_answered_by_one_generation_from_its_beginning_to_its_end(
    settings, publish, monkeypatch
):
    """Between search and answer of one page, another generation becomes the live one."""
    publish()
    generations = service.open_generations(settings, seconds_between_looks=0)
    client = create_app(settings, generations=generations).test_client()
    search = Answers.search
    used = []

    def and_publish(answers, *args, **kwargs):
        used.append(answers)
        publish(without="shed-before-ban")
        generations.lease().close()
        return search(answers, *args, **kwargs)

    monkeypatch.setattr(Answers, "search", and_publish)
    assert client.get("/zh/search?q=充电", buffered=True).status_code == 200
    assert len(used) == 2
    assert used[0] is used[1]
    generations.close()


def test_two_applications_share_nothing(built, settings):
    first, second = create_app(built), create_app(settings)
    assert first.extensions["lanewise"] is not second.extensions["lanewise"]
    assert first.secret_key != second.secret_key


def test_the_version_is_the_installed_one(client):
    assert client.get("/healthz").get_json()["version"] == service.version()
    assert api.service.version().count(".") == 2
