"""The state that all requests of an application share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from starlette.datastructures import State
from starlette.responses import Response

from tasktimer.server.metrics import Metrics
from tasktimer.server.problem_details import Problem
from tasktimer.server.settings import ServerOptions
from tasktimer.store.async_store import AsyncStore

Clock = Callable[[tzinfo], datetime]


@dataclass(frozen=True, slots=True)
class AppState:
    """The options, store, default time zone and clock of an application, and its metrics."""

    options: ServerOptions
    store: AsyncStore
    zone: tzinfo
    clock: Clock
    metrics: Metrics = field(default_factory=Metrics)

    @classmethod
    def of(cls, app: object) -> "AppState":
        """Return the state of an application built by `build_app`."""
        state: State = app.state  # type: ignore[attr-defined]
        found: AppState = state.tasktimer
        return found

    def now(self) -> datetime:
        """Return the current time in the server's zone."""
        return self.clock(self.zone)

    def problem_response(self, problem: Problem) -> Response:
        """Count a problem in the metrics and return its response."""
        self.metrics.problems.labels(problem.code).inc()
        return problem.response()
