"""The state shared by all requests to an application."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from tasktimer.core.local_time import current_second
from tasktimer.server.metrics import Metrics
from tasktimer.server.settings import ServerOptions
from tasktimer.server.token_uses import TokenUses
from tasktimer.store.async_store import AsyncStore

Clock = Callable[[tzinfo], datetime]


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
