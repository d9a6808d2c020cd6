"""The statement that counts what a store holds."""

from tasktimer.core.store_info import StoreStats
from tasktimer.store import Connection

SELECT_COUNTS = """
SELECT (SELECT COUNT(*) FROM tasks),
(SELECT COUNT(*) FROM tasks WHERE end_time IS NULL),
(SELECT COUNT(DISTINCT user_id) FROM tasks),
(SELECT COUNT(DISTINCT project) FROM tasks WHERE project IS NOT NULL),
(SELECT COUNT(DISTINCT tag) FROM task_tags),
(SELECT COUNT(*) FROM commands)
"""


def store_stats(connection: Connection) -> StoreStats:
    """How much the store holds."""
    ((*counts,),) = connection.execute(SELECT_COUNTS, {})
    return StoreStats(*counts)
