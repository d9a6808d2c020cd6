"""A count of the requests that take a single statement."""

from collections.abc import Sequence

import pytest

from tasktimer.store.postgres import direct_statements
from tasktimer.store.postgres.async_store import AsyncPostgresStore
from tasktimer.store.protocols import Parameters, Row


class Spy:
    """Counts the requests that took a single statement, or makes all of them use a service."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.is_disabled = False
        run = AsyncPostgresStore.run_directly

        async def run_directly(
            store: AsyncPostgresStore, statement: str, parameters: Parameters, *, is_reading: bool
        ) -> Sequence[Row] | None:
            rows = None if self.is_disabled else await run(store, statement, parameters, is_reading=is_reading)
            is_times = statement is direct_statements.SELECT_TIMES
            self.count += rows is not None and rows[0][1] is not None and (is_times or rows[0][5] is not None)
            return rows

        monkeypatch.setattr(AsyncPostgresStore, "run_directly", run_directly)
