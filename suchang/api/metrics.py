"""Numbers for operators at ``/metrics`` (Prometheus text format): requests by endpoint and status, and their time.

Labels are endpoint names and statuses, never ids. With several worker processes ``PROMETHEUS_MULTIPROC_DIR`` makes the
numbers those of all of them.
"""

from __future__ import annotations

import os
import time
from functools import cache

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("suchang_requests", "Requests answered", ["endpoint", "status"])
SECONDS = Histogram(
    "suchang_request_seconds",
    "Time to answer a request",
    ["endpoint"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)


def count_requests(app: Flask) -> None:
    """Count every request and its time."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        _requests(endpoint, response.status_code).inc()
        started = g.get("started")
        if started is not None:
            _seconds(endpoint).observe(time.perf_counter() - started)
        return response


# The library checks and locks at each call of ``labels``.
@cache
def _requests(endpoint: str, status: int) -> Counter:
    return REQUESTS.labels(endpoint, str(status))


@cache
def _seconds(endpoint: str) -> Histogram:
    return SECONDS.labels(endpoint)


def exposition() -> Response:
    """Write the numbers."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
