"""The web server: one process, many threads, and an orderly end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GRACE_SECONDS = 20.0
MAX_BODY = 10_000_000
_LOOK_SECONDS = 0.3


def serve(
    app: WSGIApplication, *, host: str, port: int, threads: int, ready: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what has been asked and return.

    `ready` is called once requests are accepted. A second signal ends the process at once. Raises
    OSError where the address cannot be had.
    """
    sockets: dict[int, Any] = {}
    server = create_server(
        app,
        map=sockets,
        host=host,
        port=port,
        threads=threads,
        ident="lanewise",
        connection_limit=900,
        channel_timeout=30,
        max_request_body_size=MAX_BODY,
        asyncore_use_poll=True,
    )
    try:
        with _signalled() as stop:
            ready()
            while not stop.is_set():
                _turn(sockets, _LOOK_SECONDS)
        _finish(sockets)
    finally:
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)


@contextmanager
def _signalled() -> Iterator[threading.Event]:
    """An event that is set when somebody asks the process to end."""
    stop = threading.Event()
    names = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(name, lambda *_: stop.set()) for name in names]
    try:
        yield stop
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


def _turn(sockets: dict[int, Any], seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=True, map=sockets, count=1)


def _finish(sockets: dict[int, Any]) -> None:
    """Take in whoever already waits at the door, close it, and answer everybody inside."""
    known = 0
    while known != len(sockets):
        known = len(sockets)
        _turn(sockets, 0)
    for door in [each for each in sockets.values() if getattr(each, "accepting", False)]:
        wasyncore.dispatcher.close(door)
    deadline = time.monotonic() + GRACE_SECONDS
    busy = True
    while busy and time.monotonic() < deadline:
        _turn(sockets, 0.1)
        busy = any(_is_busy(each) for each in list(sockets.values()))


def _is_busy(channel: Any) -> bool:
    return isinstance(channel, HTTPChannel) and bool(
        channel.requests or channel.request or channel.total_outbufs_len
    )
