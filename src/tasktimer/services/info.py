"""The service that reports a store's state and statistics."""

from tasktimer.core.store_info import Info, State
from tasktimer.errors import TasktimerError
from tasktimer.store.protocols import SCHEMA_VERSION, StoreHandle
from tasktimer.store.statements import statistics


def store_info(store: StoreHandle) -> Info:
    """Return information about a store, without creating or upgrading it.

    If the store cannot be used, return the error in the field `problem` instead of raising it.
    """
    state: State = "unusable"
    problem: TasktimerError | None = None
    size = engine = schema = counts = users = None
    try:
        # Read these values first, because they are available even if the store cannot be used.
        size, engine = store.size(), store.engine()
        schema = store.version()
        if schema is not None and schema >= SCHEMA_VERSION:  # opening an older store would upgrade it
            with store.read() as connection:
                counts, users = statistics.store_stats(connection), statistics.users(connection)
        users = [] if schema is None else users
        state = "missing" if schema is None else "older" if counts is None else "current"
    except TasktimerError as error:
        problem = error
    return Info(
        state=state,
        size=size,
        engine=engine,
        schema=schema,
        needed_schema=SCHEMA_VERSION,
        counts=counts,
        all_users=users,
        problem=problem,
    )
