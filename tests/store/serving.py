"""Run coroutines against a served file."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasktimer.core.task import Actor, Task
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.async_store import AsyncSqliteStore

NINE = datetime(2023, 7, 16, 9, tzinfo=UTC)
NOON = datetime(2023, 7, 16, 12, tzinfo=UTC)


def tracking(description: str) -> Callable[[Store], Task]:
    return lambda store: start_task(store, Actor(1, 1), NewTask(description, start_time=NINE), now=NOON)


def run(
    path: Path,
    work: Callable[[AsyncSqliteStore], Coroutine[Any, Any, Any]],
    *,
    lock_timeout: float = 2,
    checkpoint_delay: float = 1,
) -> Any:
    """Run a coroutine function with a served file, then close the file."""

    async def whole() -> Any:
        served = AsyncSqliteStore(path, lock_timeout=lock_timeout, checkpoint_delay=checkpoint_delay)
        try:
            return await work(served)
        finally:
            await served.close()

    return asyncio.run(whole())


def journal_mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])
