"""Requests over persistent connections on loopback, one after another from each of some clients at once."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

WARM_UP = 5


@dataclass(frozen=True)
class Request:
    """One request; `expect` is the status without which the figure would mean nothing."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    expect: int = 200


@dataclass(frozen=True)
class Figure:
    """Milliseconds of a request as its client saw them; `statements` of the last one; bytes of its body as sent."""

    clients: int
    requests: int
    p50: float
    p95: float
    statements: int
    size: int


class Portal:
    """A server of the portal on `port`. `make` gives the request number n: a submission differs from the one before."""

    def __init__(self, port: int) -> None:
        self.port = port

    def measure(self, make: Callable[[int], Request], *, clients: int = 1, each: int = 60) -> Figure:
        self._run(make, range(-WARM_UP, 0), [])
        taken: list[tuple[float, int, int]] = []
        threads = [
            threading.Thread(target=self._run, args=(make, range(n * each, (n + 1) * each), taken))
            for n in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(taken) != clients * each:
            raise RuntimeError(f"only {len(taken)} of {clients * each} requests to {make(0).path} were answered")
        times = sorted(one[0] for one in taken)
        p95 = times[max(0, round(len(times) * 0.95) - 1)]
        _, statements, size = taken[-1]
        return Figure(clients, len(times), statistics.median(times) * 1000, p95 * 1000, statements, size)

    def _run(self, make: Callable[[int], Request], numbers: range, taken: list[tuple[float, int, int]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            for number in numbers:
                taken.append(self._ask(connection, make(number)))
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection, request: Request) -> tuple[float, int, int]:
        headers = {"Accept-Encoding": "gzip", **request.headers}
        started = time.perf_counter()
        connection.request(request.method, request.path, body=request.body, headers=headers)
        response = connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - started
        if response.status != request.expect:
            raise RuntimeError(f"{request.method} {request.path} answered {response.status}: {body[:300]!r}")
        return seconds, int(response.headers.get("X-Statements", 0)), len(body)

    def get(self, path: str, headers: Mapping[str, str] = {}) -> tuple[bytes, http.client.HTTPMessage]:
        """One answer of whatever status, uncompressed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers=dict(headers))
            response = connection.getresponse()
            return response.read(), response.headers
        finally:
            connection.close()
