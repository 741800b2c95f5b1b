"""How many requests, how fast, with which outcome: numbers for a monitor, never who or what."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Counts requests by route and status; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self._seconds: Counter[str] = Counter()

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        with self._lock:
            self._requests[route, status] += 1
            self._buckets[route][bisect_left(BUCKETS, seconds)] += 1
            self._seconds[route] += seconds  # type: ignore[assignment]

    def render(self, gauges: Mapping[str, float]) -> str:
        """Everything counted so far, and `gauges`, in the text format of Prometheus.

        >>> print(Metrics().render({"lanewise_passages": 812}).splitlines()[-1])
        lanewise_passages 812
        """
        with self._lock:
            lines = [*self._counts(), *self._durations()]
        for name, value in gauges.items():
            lines += [f"# TYPE {name} gauge", f"{name} {value:g}"]
        return "\n".join(lines) + "\n"

    def _counts(self) -> Iterator[str]:
        yield "# HELP lanewise_requests_total Requests answered, by route and status."
        yield "# TYPE lanewise_requests_total counter"
        for (route, status), count in sorted(self._requests.items()):
            yield f'lanewise_requests_total{{route="{route}",status="{status}"}} {count}'

    def _durations(self) -> Iterator[str]:
        name = "lanewise_request_seconds"
        yield f"# HELP {name} Time until a request was answered."
        yield f"# TYPE {name} histogram"
        for route, counts in sorted(self._buckets.items()):
            below = 0
            for limit, count in zip((*BUCKETS, "+Inf"), counts, strict=True):
                below += count
                yield f'{name}_bucket{{route="{route}",le="{limit}"}} {below}'
            yield f'{name}_sum{{route="{route}"}} {self._seconds[route]:.6f}'
            yield f'{name}_count{{route="{route}"}} {below}'
