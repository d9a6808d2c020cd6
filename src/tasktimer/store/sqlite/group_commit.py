"""Services that run in one transaction, in which an error of one does not affect the others."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasktimer.store.protocols import Store
from tasktimer.store.savepoint import SavepointStore
from tasktimer.store.sqlite.connection import translate_errors


def run(service: Callable[[Store], Any], store: Store, path: Path) -> tuple[Any, Exception | None]:
    """Run a service; return its result or its error."""
    try:
        with translate_errors(path):
            return service(store), None
    except Exception as error:  # noqa: BLE001 (raised in the caller)
        return None, error


def run_in_savepoint(
    connection: sqlite3.Connection, service: Callable[[Store], Any], path: Path
) -> tuple[Any, Exception | None]:
    """Run a service in a savepoint, so that an error does not affect other services; return its result or error."""
    connection.execute("SAVEPOINT request")
    result, error = run(service, SavepointStore(connection), path)
    if error is not None:
        if not connection.in_transaction:  # SQLite has rolled back: the disk is full or failing
            raise error
        connection.execute("ROLLBACK TO SAVEPOINT request")
    connection.execute("RELEASE SAVEPOINT request")
    return result, error
