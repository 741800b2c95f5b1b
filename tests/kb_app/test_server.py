import http.client
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator

import pytest

SLOW = """
    import sys, time
    from kb_app.server import serve

    def app(environ, start_response):
        time.sleep(float(environ["PATH_INFO"].strip("/") or 0))
        body = b"x" * 3_000_000
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=4,
          ready=lambda: print("ready", flush=True))
    print("ended", flush=True)
"""


@pytest.fixture
def slow(unused_port, measuring) -> Iterator[subprocess.Popen[str]]:
    """A service whose answers take as many seconds as the path says."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW), str(unused_port)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | measuring,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


def ask(port: int, path: str, into: list[object]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        into.append(len(connection.getresponse().read()))
    except OSError as error:
        into.append(error)
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_is_finished_before_the_end(slow, unused_port, number):
    """Twice as many requests as threads: some of them still wait when the signal comes."""
    answers: list[object] = []
    askers = [threading.Thread(target=ask, args=(unused_port, "/0.5", answers)) for _ in range(8)]
    for asker in askers:
        asker.start()
    time.sleep(0.25)
    slow.send_signal(number)
    for asker in askers:
        asker.join()
    assert answers == [3_000_000] * 8
    assert slow.wait(10) == 0
    assert slow.stdout.read() == "ended\n"


def test_an_idle_service_ends_at_once_and_so_do_idle_connections(slow, unused_port):
    connection = http.client.HTTPConnection("127.0.0.1", unused_port, timeout=10)
    connection.request("GET", "/0")
    connection.getresponse().read()
    began = time.monotonic()
    slow.send_signal(signal.SIGTERM)
    assert slow.wait(10) == 0
    assert time.monotonic() - began < 5
    connection.close()


def test_nobody_is_let_in_after_the_signal(slow, unused_port):
    answers: list[object] = []
    asker = threading.Thread(target=ask, args=(unused_port, "/1.5", answers))
    asker.start()
    time.sleep(0.3)
    slow.send_signal(signal.SIGTERM)
    time.sleep(0.6)
    late: list[object] = []
    ask(unused_port, "/0", late)
    asker.join()
    assert isinstance(late[0], ConnectionError)
    assert answers == [3_000_000]


def test_a_second_signal_does_not_wait(slow, unused_port):
    asker = threading.Thread(target=ask, args=(unused_port, "/5", []))
    asker.start()
    time.sleep(0.3)
    slow.send_signal(signal.SIGTERM)
    time.sleep(0.8)
    slow.send_signal(signal.SIGTERM)
    assert slow.wait(3) != 0
    asker.join()


@pytest.mark.usefixtures("slow")
def test_a_taken_port_is_an_error_of_the_machine(unused_port, kb, built):
    found = kb("serve", port=unused_port, build_dir=built.build_dir, data_dir=built.data_dir)
    assert found.returncode == 3
    assert "in use" in found.stderr.lower()
    assert "Traceback" not in found.stderr
