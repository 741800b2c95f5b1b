import gzip
import json
import logging
import re
import shutil
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from kb_app import service
from kb_app.app import create_app
from kb_app.front import security_headers
from search_index import Answers, BuildFolder

CASE = "/zh/cases/shed-before-ban/"


def policy(response) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


# Files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/zh/manifest.webmanifest", "application/manifest+json"),
        ("/en/opensearch.xml", "application/opensearchdescription+xml"),
        ("/en/feed.atom", "application/atom+xml"),
        ("/zh/sitemap.xml", "text/xml"),
        ("/sitemap.xml", "text/xml"),
        ("/robots.txt", "text/plain"),
        ("/favicon.ico", "image/x-icon"),
        ("/icons/icon-192.png", "image/png"),
    ],
)
def test_what_stands_around_the_pages_is_served_with_its_type(client, path, kind):
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == kind
    assert policy(response)["manifest-src"] == "'self'"


def test_a_page_of_the_site_is_served_with_its_type_and_print(client):
    response = client.get(CASE)
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    assert "utf-8" in response.content_type
    assert "棚先建好" in response.get_data(as_text=True)
    again = client.get(CASE, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""


def test_a_page_is_sent_compressed_to_whoever_takes_it(client):
    plain = client.get(CASE)
    packed = client.get(CASE, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.get_data()) == plain.get_data()


def test_browsers_ask_again_for_pages_and_keep_files_with_a_hash_in_the_name(client, app):
    assert client.get(CASE).headers["Cache-Control"] == "max-age=0, public"
    with closing(app.extensions["lanewise"].generations.lease()) as lease:
        hashed = [
            address
            for address in lease.generation.files.files
            if re.search(r"\.[0-9a-f]{8}\.css$", address)
        ]
    assert hashed
    for address in hashed:
        assert "immutable" in client.get(address).headers["Cache-Control"]


def test_an_address_without_its_slash_leads_to_the_page(client):
    response = client.get(CASE.rstrip("/"))
    assert response.status_code == 302
    assert response.headers["Location"] == "shed-before-ban/"


@pytest.mark.parametrize(
    "address",
    ["/csp.json", "/names.json", "/shell/zh.html", "/zh/../csp.json", "/zh/%2e%2e/csp.json"],
)
def test_what_is_meant_for_the_service_is_not_served(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_page_cannot_be_written_to(client, method):
    response = getattr(client, method)(CASE)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_part_of_a_page_is_never_sent(client):
    for span in ("bytes=0-10", "bytes=-99999999999999999999999", "bytes=5-1", "lines=1"):
        assert client.get(CASE, headers={"Range": span}).status_code == 200


header = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Range", "If-None-Match", "If-Modified-Since", "Accept-Encoding", "Accept",
                "Accept-Language", "Cookie", "Host", "Content-Type",
            ]
        ),
        header,
    ),
    st.sampled_from([CASE, "/zh/search?q=x", "/api/v1/search?q=x", "/", "/healthz"]),
)  # fmt: skip
def test_any_headers_are_answered(client, headers, address):
    assert client.get(address, headers=headers).status_code < 500


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_path_is_answered(client, path):
    """As it comes from a connection: bytes, which need not be UTF-8."""
    raw = (b"/" + path).decode("latin-1")
    assert client.get("/", environ_overrides={"PATH_INFO": raw}).status_code < 500


# Generations -------------------------------------------------------------------------------------


def test_a_site_deleted_under_the_service_is_looked_for_in_its_successor(built, settings):
    """The service has seen the first site when it is replaced, and deleted, within a second."""
    shutil.copytree(built.build_dir, settings.build_dir)
    folder = BuildFolder(settings.build_dir)
    current = folder.current()
    assert current is not None
    assert current.site is not None
    with closing(service.open_generations(settings, seconds_between_looks=60)) as generations:
        client = create_app(settings, generations=generations).test_client()
        assert client.get(CASE, buffered=True).status_code == 200
        index, site = folder.new("index"), folder.new("site")
        for new, old in ((index, current.index), (site, current.site)):
            shutil.copytree(settings.build_dir / old, new, dirs_exist_ok=True)
            shutil.rmtree(settings.build_dir / old)
        folder.publish(index=index, site=site, fingerprint="x")
        assert client.get(CASE, buffered=True).status_code == 200


def test_a_site_deleted_without_a_successor_is_a_page_that_is_missing_not_a_failure(
    built, settings
):
    shutil.copytree(built.build_dir, settings.build_dir)
    with closing(service.open_generations(settings, seconds_between_looks=0)) as generations:
        client = create_app(settings, generations=generations).test_client()
        assert client.get(CASE, buffered=True).status_code == 200
        shutil.rmtree(settings.build_dir)
        assert client.get(CASE, buffered=True).status_code == 404
        assert client.get("/api/v1/search?q=充电", buffered=True).get_json()["total"] > 0


def test_a_request_that_is_torn_down_gives_its_generation_back(settings, publish, monkeypatch):
    publish()
    closed: list[Answers] = []
    close = Answers.close
    monkeypatch.setattr(Answers, "close", lambda answers: (closed.append(answers), close(answers)))

    def torn_down(*_, **__):
        raise SystemExit

    monkeypatch.setattr(Answers, "search", torn_down)
    with closing(service.open_generations(settings, seconds_between_looks=0)) as generations:
        client = create_app(settings, generations=generations).test_client()
        with pytest.raises(SystemExit):
            client.get("/api/v1/search?q=x", buffered=True)
        publish()
        generations.lease().close()
        assert len(closed) == 1


# Headers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        CASE,
        "/",
        "/zh/search?q=x",
        "/zh/nothing",
        "/api/v1/search?q=x",
        "/api/v1/search",
        "/nothing",
    ],
)
def test_every_response_tells_browsers_to_be_careful(client, address):
    response = client.get(address)
    its = policy(response)
    assert its["default-src"] == "'self'"
    assert its["style-src"] == "'self'"
    assert its["object-src"] == "'none'"
    assert its["frame-ancestors"] == "'none'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert len(response.headers.getlist("Content-Security-Policy")) == 1


def test_the_scripts_of_the_site_run_by_their_hashes(client, app):
    with closing(app.extensions["lanewise"].generations.lease()) as lease:
        hashes = lease.generation.script_hashes
    for address in (CASE, "/zh/search?q=x"):
        assert policy(client.get(address))["script-src"] == " ".join(
            ["'self'", *(f"'{each}'" for each in hashes)]
        )


@pytest.mark.parametrize(
    ("hashes", "allowed"),
    [
        ((), "script-src 'self';"),
        (("sha256-a", "sha256-b"), "script-src 'self' 'sha256-a' 'sha256-b';"),
    ],
)
def test_scripts_run_from_our_own_files_or_by_their_hashes(hashes, allowed):
    assert allowed in dict(security_headers(hashes))["Content-Security-Policy"]


# Log ---------------------------------------------------------------------------------------------


@pytest.fixture
def lines(built, caplog):
    """Make requests and get back what the log says of them."""
    logged = replace(built, log_requests=True)
    with closing(service.open_generations(logged)) as generations:
        client = create_app(logged, generations=generations).test_client()

        def request(*addresses: str, **headers: str) -> list[dict]:
            caplog.clear()
            with caplog.at_level(logging.INFO, logger="kb_app.requests"):
                for address in addresses:
                    client.get(address, headers=headers, buffered=True)
            return [json.loads(record.message) for record in caplog.records]

        yield request


def test_every_request_is_one_line_of_json(lines):
    page, search = lines(CASE, "/api/v1/search?q=x")
    assert list(page) == ["at", "method", "path", "status", "bytes", "ms"]
    assert (page["method"], page["path"], page["status"]) == ("GET", CASE, 200)
    assert page["bytes"] > 0
    assert page["ms"] >= 0
    assert search["path"] == "/api/v1/search"


def test_what_was_asked_never_reaches_the_log(lines, caplog):
    lines(
        "/api/v1/search?q=邻居的秘密",
        "/api/v1/search?q=邻居的秘密&limit=x",
        "/zh/search?q=邻居的秘密",
        "/zh/search?q=邻居的秘密&kind=邻居的秘密",
        Referer="http://localhost/zh/search?q=邻居的秘密".encode().decode("latin-1"),
        Cookie="lang=zh; who=me",
    )
    assert len(caplog.records) == 4
    assert "秘密" not in caplog.text
    assert "who=me" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_a_line_stays_one_line_whatever_the_path(lines):
    (line,) = lines("/zh/a%0Ab%00%1b[31m")
    assert line["path"] == "/zh/a\nb\x00\x1b[31m"


def test_the_log_can_be_switched_off(client, caplog):
    with caplog.at_level(logging.INFO):
        client.get(CASE)
    assert caplog.records == []


def test_the_worker_is_served_from_the_root_and_asked_for_anew(client):
    response = client.get("/sw.js")
    assert response.status_code == 200
    assert "max-age=0" in response.headers["Cache-Control"]
    assert response.mimetype in {"text/javascript", "application/javascript"}
    policy = response.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "connect-src 'self'" in policy


def test_the_bundle_may_be_kept_for_ever_and_the_list_not(client):
    listed = client.get("/offline/zh.json")
    bundle = client.get(listed.json["pages"]["url"])
    assert "immutable" in bundle.headers["Cache-Control"]
    assert "Content-Encoding" not in bundle.headers
    assert "max-age=0" in listed.headers["Cache-Control"]
