"""The state shared by all requests to an application, including its Prometheus metrics."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, CollectorRegistry, Counter, Histogram
from starlette.types import Scope

from tasktimer.core.local_time import current_second
from tasktimer.server.settings import ServerOptions
from tasktimer.server.token_uses import TokenUses
from tasktimer.store.async_store import AsyncStore

Clock = Callable[[tzinfo], datetime]

_METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The request metrics of an application."""

    def __init__(self) -> None:
        # Do not use the library's global registry: a second application could not register the same names there.
        self.registry = CollectorRegistry()
        for collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
            self.registry.register(collector)
        self.requests = Counter(
            "tasktimer_http_requests",
            "HTTP requests, by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.latency = Histogram(
            "tasktimer_http_request_duration_seconds",
            "Time from the start of a request to the end of its response.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.problems = Counter(
            "tasktimer_http_problems", "Problem responses, by code.", ("code",), registry=self.registry
        )

    def count_request(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request by its route, not its path, since clients could make up any number of paths."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        self.requests.labels(method, route, status).inc()
        self.latency.labels(method, route).observe(seconds)


@dataclass(frozen=True, slots=True)
class AppState:
    """The options, store, default time zone, clock, uses of tokens and metrics of an application."""

    options: ServerOptions
    store: AsyncStore
    zone: tzinfo
    clock: Clock
    token_uses: TokenUses
    metrics: Metrics = field(default_factory=Metrics)

    @classmethod
    def of(cls, app: Any) -> "AppState":
        """Return the state of an application built by `build_app`."""
        state: AppState = app.state.tasktimer
        return state

    def now(self) -> datetime:
        """Return the current time, truncated to the second, in the server's time zone."""
        return current_second(self.clock, self.zone)
