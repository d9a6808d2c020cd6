"""The state that all requests of an application share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from tasktimer.server.metrics import Metrics
from tasktimer.server.settings import ServerOptions
from tasktimer.store.protocols import AsyncStore

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
    def of(cls, app: Any) -> "AppState":
        """Return the state of an application built by `build_app`."""
        state: AppState = app.state.tasktimer
        return state

    def now(self) -> datetime:
        """Return the current time in the server's zone."""
        return self.clock(self.zone)
