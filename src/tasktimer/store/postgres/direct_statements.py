"""Statements that look up a token and do all of the work of a request, in one round trip and one transaction.

Each first returns whether this program supports the schema, and the token, then its own columns. The columns of a
token that is not valid are NULL, and so are those of a request that cannot be carried out: a service then finds out
why.
"""

from tasktimer.store.statements.task_queries import TASK_COLUMNS, TASK_VALUES

# The timeout is set in the transaction, because a connection pooler may run each in another session.
_CALLER = """
WITH version AS MATERIALIZED (
  SELECT max(version) >= CAST(:version AS INTEGER)
    AND (max(version) = :version OR max(oldest_writer) <= :version) AS is_supported
  FROM tasktimer.schema_version
  WHERE pg_catalog.set_config('lock_timeout', CAST(:lock_timeout AS TEXT), true) IS NOT NULL
),
caller AS MATERIALIZED (
  SELECT id, user_id, admin, access FROM tasktimer.tokens
  WHERE digest = :digest AND revoked_time IS NULL AND (expiry_time IS NULL OR expiry_time > CAST(:now AS BIGINT))
)"""

_CALLER_COLUMNS = "version.is_supported, caller.id, caller.user_id, caller.admin, caller.access"
_CALLER_ROW = "FROM version LEFT JOIN caller ON true"

# After a new command, undone commands can no longer be redone.
_ENTRY = """
redoable AS (
  UPDATE tasktimer.commands SET undone = 2 FROM {changed}
  WHERE commands.user_id = (SELECT caller.user_id FROM caller) AND undone = 1 AND reverses IS NULL
),
entry AS (
  INSERT INTO tasktimer.commands (user_id, name, given_time)
  SELECT caller.user_id, '{name}', CAST(:now AS BIGINT) FROM caller, {changed} RETURNING id
)"""

# The user of the token, unless the request names one.
_OWNER = "COALESCE(CAST(:user_id AS BIGINT), caller.user_id)"

# The values of a task, except for its user.
_TASK_PARAMETERS = """CAST(:description AS TEXT), CAST(:start_time AS BIGINT), CAST(:end_time AS BIGINT),
    CAST(:project AS TEXT), CAST(:tags AS TEXT), CAST(:note AS TEXT)"""

TRACK = f"""{_CALLER},
task AS (
  INSERT INTO tasktimer.tasks ({TASK_VALUES}, folded)
  SELECT {_OWNER}, {_TASK_PARAMETERS}, CAST(:folded AS TEXT) FROM caller, version
  WHERE (caller.admin = 1 OR caller.user_id = {_OWNER}) AND caller.access = 'write' AND version.is_supported
  RETURNING id, user_id
),
tag AS (
  INSERT INTO tasktimer.task_tags (task_id, user_id, tag)
  SELECT task.id, task.user_id, tag FROM task, string_to_table(CAST(:tags AS TEXT), ' ') AS tag
),{_ENTRY.format(name="track", changed="task")},
state AS (
  INSERT INTO tasktimer.changes (command_id, task_id, is_after, {TASK_VALUES})
  SELECT entry.id, task.id, 1, task.user_id, {_TASK_PARAMETERS} FROM entry, task
)
SELECT {_CALLER_COLUMNS}, task.id {_CALLER_ROW} LEFT JOIN task ON true
"""

# With a plain condition, PostgreSQL would read the index of running tasks while there are few, and keep that plan.
STOP = f"""{_CALLER},
task AS (
  UPDATE tasktimer.tasks SET end_time = CAST(:end_time AS BIGINT) FROM caller, version
  WHERE tasks.id = :task_id AND CASE WHEN end_time IS NULL THEN start_time <= :end_time ELSE false END
  AND (caller.admin = 1 OR caller.user_id = tasks.user_id) AND caller.access = 'write' AND version.is_supported
  RETURNING {", ".join(f"tasks.{column}" for column in TASK_COLUMNS.split(", "))}
),{_ENTRY.format(name="stop", changed="task")},
state AS (
  INSERT INTO tasktimer.changes (command_id, task_id, is_after, {TASK_VALUES})
  SELECT entry.id, task.id, is_after, user_id, description, start_time,
    CASE WHEN is_after = 1 THEN end_time END, project, tags, note
  FROM entry, task, (VALUES (0), (1)) AS states (is_after)
)
SELECT {_CALLER_COLUMNS}, task.id {_CALLER_ROW} LEFT JOIN task ON true
"""

SELECT_TASK = f"""{_CALLER}
SELECT {_CALLER_COLUMNS}, task.* {_CALLER_ROW} LEFT JOIN (
  SELECT {TASK_COLUMNS} FROM tasktimer.tasks WHERE id = :task_id
) AS task ON caller.admin = 1 OR caller.user_id = task.user_id
"""

# The parts of SELECT_OVERLAPPING.
SELECT_TIMES = f"""{_CALLER}
SELECT {_CALLER_COLUMNS}, task.* {_CALLER_ROW} LEFT JOIN LATERAL (
  SELECT {TASK_COLUMNS} FROM tasktimer.tasks
  WHERE user_id = {_OWNER} AND start_time >= :earliest AND start_time < :window_end
  AND (start_time >= :window_start OR end_time > :window_start)
  UNION ALL
  SELECT {TASK_COLUMNS} FROM tasktimer.tasks
  WHERE end_time - start_time > 86400000000 AND user_id = {_OWNER} AND start_time < :earliest
  AND end_time > :window_start
  UNION ALL
  SELECT {TASK_COLUMNS} FROM tasktimer.tasks
  WHERE end_time IS NULL AND user_id = {_OWNER} AND start_time < :window_start
  AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT)
) AS task ON caller.admin = 1 OR caller.access = 'reports' OR caller.user_id = {_OWNER}
ORDER BY task.start_time, task.id
"""
