"""What the web side counts for ``/metrics``.

Owns: request counts and durations by route, open streams, waiting and ready by queue at the moment of asking.
Not here: the endpoint (``api.health``), other parts' metrics (they register with the same registry).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from .web import Web

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


def install(app: Flask, parts: Web) -> None:
    """Count requests of ``app`` and offer the queue figures."""
    registry = parts.deps.metrics
    requests = Counter("zongji_http_requests", "Requests by route and status.", ["route", "status"], registry=registry)
    seconds = Histogram(
        "zongji_http_seconds", "Time to the first byte by route.", ["route"], registry=registry, buckets=BUCKETS
    )
    registry.register(Figures(parts))

    def begin() -> None:
        g.began = parts.deps.monotonic()

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        requests.labels(route, str(response.status_code)).inc()
        seconds.labels(route).observe(parts.deps.monotonic() - g.get("began", parts.deps.monotonic()))
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(end)


class Figures(Collector):
    """Read when somebody asks, from the shared snapshot."""

    def __init__(self, parts: Web) -> None:
        self._parts = parts

    def describe(self) -> list[Any]:
        """Nothing is read at registration."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        streams = GaugeMetricFamily("zongji_live_streams", "Open server-sent event streams.")
        streams.add_metric([], self._parts.streams)
        yield streams
        waiting = GaugeMetricFamily("zongji_queue_waiting", "Contacts waiting.", labels=["queue"])
        ready = GaugeMetricFamily("zongji_queue_ready", "Agents with a free slot.", labels=["queue"])
        for row in self._parts.board.queues(self._parts.board.snapshot()):
            waiting.add_metric([row["name"]], row["waiting"])
            ready.add_metric([row["name"]], row["ready"])
        yield waiting
        yield ready
