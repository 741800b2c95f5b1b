"""What stands before the pages: files of the built site, security headers, log and counts."""

from __future__ import annotations

import json
import logging
import string
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wsgi import ClosingIterator
from whitenoise import WhiteNoise

from kb_app.generation import Generation, Generations, Lease
from kb_app.metrics import Metrics
from kb_app.visitor import LEASED, ROUTE
from search_index import IndexMissingError

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

requests_log = logging.getLogger("kb_app.requests")


class Front:
    """Lends every request the live generation; answers it with a file of its site, or the app."""

    def __init__(
        self, app: WSGIApplication, generations: Generations, metrics: Metrics, *, log: bool
    ) -> None:
        self._app = app
        self._generations = generations
        self._metrics = metrics
        self._log = log

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, whatever it is."""
        response = _Response(environ, start_response)
        # Nothing here is long enough to be sent in pieces.
        environ.pop("HTTP_RANGE", None)
        # Bytes that the asker did not quote are quoted here, for they need not be UTF-8.
        asked = environ.get("QUERY_STRING", "")
        environ["QUERY_STRING"] = quote(asked, safe=string.printable, encoding="latin-1")
        body = self._file(environ, response)
        if body is None:
            body = self._made(environ, response)
        self._metrics.observe(response.route, response.status, response.seconds)
        if self._log:
            requests_log.info(response.line())
        return body

    def _file(self, environ: WSGIEnvironment, response: _Response) -> Iterable[bytes] | None:
        """A file of the site; None where there is none at this address.

        A folder that was deleted under a generation is looked for once more in its successor.
        """
        for _ in range(2):
            lease = self._lease()
            if lease is None:
                return None
            try:
                found = lease.generation.files.files.get(response.path)
                if found is None:
                    return None
                response.generation = lease.generation
                body: Iterable[bytes] = WhiteNoise.serve(found, environ, response.start)
                return body  # noqa: TRY300 - the file is open now, the generation may go
            except FileNotFoundError:
                self._generations.look()
            finally:
                lease.close()
        return None

    def _made(self, environ: WSGIEnvironment, response: _Response) -> Iterable[bytes]:
        lease = self._lease()
        if lease is None:
            environ[LEASED] = None
            return self._app(environ, response.start)
        response.generation = environ[LEASED] = lease.generation
        try:
            return ClosingIterator(self._app(environ, response.start), lease.close)
        except BaseException:
            lease.close()
            raise

    def _lease(self) -> Lease | None:
        try:
            return self._generations.lease()
        except IndexMissingError:
            return None


class _Response:
    """What one response came to, for the log and the counts."""

    def __init__(self, environ: WSGIEnvironment, start_response: StartResponse) -> None:
        self._environ = environ
        self._start_response = start_response
        self._began = time.perf_counter()
        self.generation: Generation | None = None
        self.path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        self.status = 500
        self._length = "0"

    def start(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: OptExcInfo | None = None,
        /,
    ) -> Callable[[bytes], object]:
        """Begin the response, with the headers that make browsers careful."""
        self.status = int(status[:3])
        self._length = dict(headers).get("Content-Length", "0")
        hashes = self.generation.script_hashes if self.generation else ()
        careful = [*headers, *security_headers(hashes)]
        return self._start_response(status, careful, exc_info)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    @property
    def route(self) -> str:
        return str(self._environ.get(ROUTE) or "site")

    def line(self) -> str:
        """What may be kept of a request: neither what was asked nor who asked it."""
        return json.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "method": self._environ.get("REQUEST_METHOD", ""),
                "path": self.path,
                "status": self.status,
                "bytes": int(self._length),
                "ms": round(self.seconds * 1000, 1),
            },
            ensure_ascii=False,
        )


@lru_cache(maxsize=8)
def security_headers(script_hashes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The headers of every response; only the site's own scripts run, known by their hashes."""
    scripts = " ".join(["'self'", *(f"'{each}'" for each in script_hashes)])
    policy = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self'",
        "manifest-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return (
        ("Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in policy.items())),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    )
