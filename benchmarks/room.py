"""A training room full of phones: who joins, signs in and votes, and whether every vote is counted.

    python -m benchmarks.room BUILD_DIR [--phones 100] [--decisions 4] [--quiz 8] [--restart]

BUILD_DIR is what `kb build` made of the content beside it. The real service is started with a
database of its own; every phone is a client of its own with its own cookies, all from one address.
People read for up to two seconds before they tap. Some reload the page, some are slow, some lose
the connection before the answer comes and send again. `--restart` kills the service in the middle
of a vote and starts it again. What the phones believe is compared with what is counted in the end;
a difference is an error.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from benchmarks.load import HOST
from kb_app import service as kb_service
from kb_app.accounts import Role
from kb_app.settings import Settings

PASSWORD = "a long password"
PAGE = "session-waste-and-smells"
LOOK_SECONDS = 1.5
CHANGES = 0.3  # so many change their mind once
MIDDLE = {"X-Part": "middle"}
_DOOR = re.compile(r'kb-door__code">(\d+) (\d+)<')
_SEEN = re.compile(r'name="seen" value="(\d+)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Away(Exception):  # noqa: N818 - it is no error that a service is away for a moment
    """The service did not answer."""


@dataclass
class Client:
    """A browser without a screen: it keeps its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(HOST, self.port, timeout=20)

    def ask(
        self,
        path: str,
        form: dict[str, str] | None = None,
        *,
        middle: bool = False,
        drops: bool = False,
    ) -> tuple[int, str, str]:
        """Status, place to go on, and text; all empty with `drops`, which waits for no answer."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers |= MIDDLE if middle else {}
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request("POST" if body is not None else "GET", path, body, headers)
            if drops:
                self._connection.close()
                return 0, "", ""
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()  # the next request opens it again
            raise Away from error
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), text

    def page(self, path: str, *, middle: bool = False) -> str:
        """The text of a page, however long the service is away."""
        while True:
            try:
                status, location, text = self.ask(path, middle=middle)
            except Away:
                time.sleep(0.5)
                continue
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                time.sleep(0.5)
            elif location:
                path = re.sub(r"^https?://[^/]+", "", location)
            else:
                return text

    def token(self, path: str) -> str:
        """The token of the forms of a page."""
        return _TOKEN.search(self.page(path))[1]  # type: ignore[index]


@dataclass
class Phone:
    """Somebody in the room; `believed` is what the phone was told to have been received."""

    number: int
    client: Client
    code: str
    believed: dict[str, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    signed_in: bool = False

    @property
    def temper(self) -> str:
        """Every fifth reloads, every fifth is slow, every fifth loses its connection."""
        return ("calm", "reloads", "calm", "slow", "drops")[self.number % 5]

    def sign_in(self, code_by_the_door: Callable[[], str]) -> None:
        """Scan the code by the door, and fill in the form."""
        while not self.signed_in:
            code = code_by_the_door()
            here = f"/zh/room/{self.code}/here"
            self.client.page(f"{here}?c={code}")
            sent = {"csrf_token": self.client.token(here), "who": f"P{self.number:03}",
                    "role": "巷长", "lane": "一巷"}  # fmt: skip
            try:
                self.signed_in = self.client.ask(here, sent)[0] == HTTPStatus.OK
            except Away:
                time.sleep(0.5)

    def run(self, stop: threading.Event) -> None:
        """Look every second and a half, and vote in whatever is open."""
        chance = random.Random(self.number)
        there = f"/zh/room/{self.code}"
        while not stop.is_set():
            time.sleep(LOOK_SECONDS * chance.uniform(0.85, 1.15))
            try:
                _, _, text = self.client.ask(f"/api/v1/rooms/{self.code}")
                opened = json.loads(text)["open"]
            except (Away, ValueError, KeyError):
                continue
            for ballot in opened:
                if ballot not in self.believed:
                    self._vote(there, ballot, chance)

    def _vote(self, there: str, ballot: str, chance: random.Random) -> None:
        time.sleep(chance.uniform(1, 4) if self.temper == "slow" else chance.uniform(0, 2))
        page = self.client.page(there, middle=True)
        size, token = page.count("kb-phone__option"), _TOKEN.search(page)
        if not size or token is None:  # it was closed meanwhile
            return
        changes_its_mind = chance.random() < CHANGES
        for choice in chance.sample(range(1, size + 1), 2)[: 1 + changes_its_mind]:
            if not self._sent(there, token[1], ballot, choice):
                return
        if self.temper == "reloads":
            shown = self.client.page(there, middle=True)
            pressed = re.search(r'value="(\d+)"[^>]*aria-pressed="true"', shown)
            if pressed and int(pressed[1]) != self.believed[ballot]:
                message = f"phone {self.number} sees another vote than it sent"
                raise AssertionError(message)

    def _sent(self, there: str, token: str, ballot: str, choice: int) -> bool:
        tap = str(time.time_ns() // 1_000_000)
        form = {"csrf_token": token, "ballot": ballot, "choice": str(choice), "tap": tap}
        drops = self.temper == "drops"
        while True:
            began = time.perf_counter()
            try:
                status, _, _ = self.client.ask(f"{there}/vote", form, middle=True, drops=drops)
            except Away:
                drops = False
                time.sleep(0.3)
                continue
            if not status:
                drops = False
                continue
            if status == HTTPStatus.OK:
                self.waits.append(time.perf_counter() - began)
                self.believed[ballot] = choice
                return True
            if status == HTTPStatus.CONFLICT:  # the vote was closed before this came
                return False
            time.sleep(0.5)


class Service:
    """The real service, one process with a database of its own, that can be killed and started."""

    def __init__(self, build: Path, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = int(probe.getsockname()[1])
        self.settings = Settings(
            build_dir=build, data_dir=data, port=self.port, secret_key="of the benchmark"
        )
        named = {"BUILD_DIR": build, "DATA_DIR": data, "PORT": self.port,
                 "SECRET_KEY": self.settings.secret_key, "LOG_REQUESTS": "no"}  # fmt: skip
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        self._environment = kept | {f"KB_{name}": str(value) for name, value in named.items()}
        with kb_service.kept(self.settings) as found:
            found.accounts.add("trainer", Role.TRAINER, PASSWORD)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-c", "from kb_app.cli import main; main(['serve'])"]
        self._process = subprocess.Popen(command, env=self._environment, stderr=subprocess.DEVNULL)
        Client(self.port).page("/healthz")

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in good order."""
        self._process.terminate()
        self._process.wait(30)


def opened(service: Service, page: str) -> tuple[Client, int]:
    """A trainer who has signed in and opened a room, and the room's number."""
    client = Client(service.port)
    sign_in = "/zh/desk/sign-in"
    client.ask(sign_in, {"csrf_token": client.token(sign_in), "name": "trainer",
                         "password": PASSWORD})  # fmt: skip
    form = {"csrf_token": client.token("/zh/desk/rooms/new"), "page": page, "screen": "zh"}
    _, location, _ = client.ask("/zh/desk/rooms", form)
    return client, int(location.rsplit("/", 1)[1])


def press(client: Client, room: str, **act: str) -> None:
    """Press one of the trainer's buttons, however long the service is away."""
    while True:
        shown = client.page(room)
        seen, token = _SEEN.search(shown), _TOKEN.search(shown)
        if seen and token:
            form = {"csrf_token": token[1], "seen": seen[1], **act}
            try:
                if client.ask(f"{room}/move", form, middle=True)[0] == HTTPStatus.OK:
                    return
            except Away:
                pass
        time.sleep(0.2)


def chart_after(client: Client, room: str) -> float:
    """Seconds from closing a vote until a screen that looks once a second shows its chart."""
    began = time.perf_counter()
    press(client, room, act="next")
    while "kb-chart__count" not in client.page(f"{room}/screen"):
        time.sleep(1)
    return time.perf_counter() - began


def held(service: Service, arguments: argparse.Namespace) -> Mapping[str, object]:
    """Hold the session, and compare what the phones believe with what is counted."""
    trainer, number = opened(service, arguments.page)
    room = f"/zh/desk/rooms/{number}"
    with kb_service.kept(service.settings) as kept:
        plan = kept.rooms.get(number)
    voted = [(n, s.part) for n, s in enumerate(plan.slides) if s.part in {"ask", "quiz"}]
    places = [*[n for n, part in voted if part == "ask"][: arguments.decisions],
              *[n for n, part in voted if part == "quiz"][: arguments.quiz]]  # fmt: skip
    phones = [Phone(n, Client(service.port), plan.code) for n in range(arguments.phones)]
    stop, charts, one_at_a_time = threading.Event(), [], threading.Lock()

    def door() -> str:
        with one_at_a_time:
            seen = _DOOR.search(trainer.page(f"{room}/door"))
        return "".join(seen.groups()) if seen else ""

    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(lambda phone: phone.sign_in(door), phones))
        running = [pool.submit(phone.run, stop) for phone in phones]
        for turn, place in enumerate(places):
            press(trainer, room, act="to", place=str(place))
            if arguments.restart and turn == len(places) // 2:
                time.sleep(LOOK_SECONDS)
                service.kill()
                service.start()
            _wait_for_all(phones, plan.slides[place].name, running)
            charts.append(chart_after(trainer, room))
        stop.set()
        for each in running:
            each.result()
    return _compared(service, number, phones, charts)


def _wait_for_all(phones: Sequence[Phone], name: str, running: Sequence[Future[None]]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and not all(name in phone.believed for phone in phones):
        for each in running:
            if each.done():
                each.result()
        time.sleep(0.2)


def _compared(
    service: Service, number: int, phones: Sequence[Phone], charts: Sequence[float]
) -> Mapping[str, object]:
    with kb_service.kept(service.settings) as kept:
        record = kept.records.record(number)
    believed = Counter((name, choice) for p in phones for name, choice in p.believed.items())
    counted = Counter(
        {
            (result.ballot.name, n): votes
            for result in record.results
            for n, votes in enumerate(result.options, 1)
        }
    )
    waits = [1000 * wait for phone in phones for wait in phone.waits]
    return {
        "phones": len(phones),
        "signed in": record.present,
        "votes held": len(record.results),
        "votes believed": sum(believed.values()),
        "votes counted": sum(counted.values()),
        "lost or doubled": ((believed - counted) + (counted - believed)).total(),
        "acknowledged, p50 ms": round(quantiles(waits, n=100)[49]),
        "acknowledged, p95 ms": round(quantiles(waits, n=100)[94]),
        "chart after closing, slowest s": round(max(charts), 2),
    }


def main() -> None:
    """Measure, print, and fail if a vote or a name was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.room")
    parser.add_argument("build", type=Path)
    parser.add_argument("--phones", type=int, default=100)
    parser.add_argument("--decisions", type=int, default=4)
    parser.add_argument("--quiz", type=int, default=8)
    parser.add_argument("--page", default=PAGE)
    parser.add_argument("--restart", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        service = Service(arguments.build.absolute(), Path(data))
        try:
            found = held(service, arguments)
        finally:
            service.stop()
    for name, value in found.items():
        print(f"{name:32}{value}")
    if found["lost or doubled"] or found["signed in"] != found["phones"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
