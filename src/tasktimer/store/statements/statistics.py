"""The statement that counts what a store holds."""

from tasktimer.core.store_info import StoreStats
from tasktimer.store import Connection
from tasktimer.store.statements.distinct_values import distinct_values

# COUNT(DISTINCT …) would read every task; users, projects and tags are few.
SELECT_COUNTS = f"""
WITH RECURSIVE {distinct_values("users", "user_id", "tasks", "1 = 1")},
{distinct_values("projects", "project", "tasks", "project IS NOT NULL")},
{distinct_values("labels", "tag", "task_tags", "1 = 1")}
SELECT (SELECT COUNT(*) FROM tasks),
(SELECT COUNT(*) FROM tasks WHERE end_time IS NULL),
(SELECT COUNT(value) FROM users),
(SELECT COUNT(value) FROM projects),
(SELECT COUNT(value) FROM labels),
(SELECT COUNT(*) FROM commands)
"""


def store_stats(connection: Connection) -> StoreStats:
    """Return the number of tasks, running tasks, users, projects, tags and journal entries."""
    ((*counts,),) = connection.execute(SELECT_COUNTS, {})
    return StoreStats(*counts)
