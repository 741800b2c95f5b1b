"""The real service, killed and crowded: what was acknowledged is there, and there once."""

import http.client
import json
import os
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

QUESTIONS = 1000
CLIENTS = 64
# The whole minute: LANEWISE_CROWD_SECONDS=60
CROWD_SECONDS = float(os.environ.get("LANEWISE_CROWD_SECONDS", "8"))


@pytest.fixture
def data(built, tmp_path):
    """Settings of the small library with a database of its own."""
    return {
        "content_dir": built.content_dir,
        "build_dir": built.build_dir,
        "data_dir": tmp_path / "var",
        "writes_per_hour": 1_000_000,
        "log_requests": "no",
    }


def post(url: str, number: int, key: str) -> tuple[int, dict]:
    """One attempt; 0 where nobody answered."""
    request = urllib.request.Request(
        f"{url}/api/v1/questions",
        json.dumps({"text": f"第{number}件：飞线充电", "lang": "zh"}).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}


def insist(url: str, number: int, stop: float) -> tuple[int, str]:
    """Send one question until it is acknowledged, as an outbox does."""
    while time.monotonic() < stop:
        status, receipt = post(url, number, f"key-{number}")
        if status == 201:
            return receipt["number"], receipt["code"]
        assert status in {0, 503}, status
        time.sleep(0.1)
    pytest.fail(f"question {number} was never acknowledged")


def audited(kb, data) -> dict:
    found = kb("audit", "--json", **data)
    assert found.returncode == 0, found.stdout + found.stderr
    return json.loads(found.stdout)


@pytest.mark.unmeasured
@pytest.mark.slow
def test_a_service_that_is_killed_again_and_again_loses_and_doubles_nothing(
    data, kb, start_service, unused_port
):
    url = f"http://127.0.0.1:{unused_port}"
    process = start_service(**data, port=unused_port)
    stop = time.monotonic() + 400
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(insist, url, number, stop) for number in range(QUESTIONS)]
        for done in (150, 400, 700):
            while sum(each.done() for each in sent) < done and time.monotonic() < stop:
                time.sleep(0.01)
            process.kill()
            process.wait()
            process = start_service(**data, port=unused_port)
        receipts = [each.result() for each in sent]
    assert len({number for number, _ in receipts}) == QUESTIONS
    number, code = receipts[0]
    with urllib.request.urlopen(f"{url}/api/v1/questions/{number}?code={code}") as response:
        assert json.load(response)["number"] == number
    process.terminate()
    assert process.wait(timeout=30) == 0
    found = audited(kb, data)
    # What was kept but not acknowledged was sent again with its key, so nothing is there twice.
    assert found["received"] == QUESTIONS
    assert sorted(number for number, _ in receipts) == list(range(1, QUESTIONS + 1))


@pytest.mark.unmeasured
@pytest.mark.slow
def test_a_crowd_that_asks_at_once_gets_numbers_or_an_honest_later(data, kb, serve):
    statuses: list[int] = []
    numbers: list[int] = []
    lock = threading.Lock()

    def ask(url: str, client: int, stop: float) -> None:
        count = 0
        while time.monotonic() < stop:
            status, receipt = post(url, client, f"{client}-{count}")
            count += 1
            with lock:
                statuses.append(status)
                numbers.extend([receipt["number"]] if receipt else [])

    with serve(**data) as url, ThreadPoolExecutor(CLIENTS) as pool:
        stop = time.monotonic() + CROWD_SECONDS
        for each in [pool.submit(ask, url, client, stop) for client in range(CLIENTS)]:
            each.result()
    assert set(statuses) <= {201, 429}
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert audited(kb, data)["received"] == len(numbers) > CLIENTS
    print(f"\n{len(numbers)} questions by {CLIENTS} clients in {CROWD_SECONDS:g} s")  # noqa: T201
