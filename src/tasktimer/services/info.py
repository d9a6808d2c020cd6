"""The verb that says what a store is, and how much it holds."""

from typing import TYPE_CHECKING

from tasktimer.core.store_info import Info, State
from tasktimer.errors import TasktimerError
from tasktimer.store import SCHEMA_VERSION
from tasktimer.store.statements import statistics

if TYPE_CHECKING:
    from tasktimer.store.protocols import StoreHandle


def store_info(store: "StoreHandle") -> Info:
    """As much of what can be told of a store as can be found out; it is neither created nor upgraded for that.

    What hinders is told in `problem`, not raised.
    """
    state: State = "unusable"
    problem: TasktimerError | None = None
    size = engine = schema = held = None
    try:
        # First what can be told of a store that cannot be used.
        size, engine = store.size(), store.engine()
        schema = store.version()
        if schema == SCHEMA_VERSION:  # an older one is not upgraded to be looked at
            with store.read() as connection:
                held = statistics.store_stats(connection)
        state = "missing" if schema is None else "older" if held is None else "current"
    except TasktimerError as error:
        problem = error
    return Info(
        state=state, size=size, engine=engine, schema=schema, needed_schema=SCHEMA_VERSION, counts=held, problem=problem
    )
