"""What the requests of one process share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from starlette.responses import Response

from tasktimer.server.metrics import Metrics
from tasktimer.server.problem_details import Problem
from tasktimer.server.settings import ServerOptions
from tasktimer.store.async_store import AsyncStore

Clock = Callable[[tzinfo], datetime]


@dataclass(frozen=True, slots=True)
class AppState:
    """The world of a server: its options, its store, its zone and its clock."""

    options: ServerOptions
    store: AsyncStore
    zone: tzinfo
    clock: Clock
    metrics: Metrics = field(default_factory=Metrics)

    def now(self) -> datetime:
        """The moment of a request, in the zone of the server."""
        return self.clock(self.zone)

    def tell(self, problem: Problem) -> Response:
        """Count a refusal, and give what the client gets."""
        self.metrics.problems.labels(problem.code).inc()
        return problem.response()
