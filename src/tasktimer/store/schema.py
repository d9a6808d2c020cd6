"""Tables, indexes and views for both engines; for SQLite, `schema.sql` is generated from these definitions."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from tasktimer.store.protocols import SCHEMA_VERSION
from tasktimer.store.sqlite.open_files import APPLICATION_ID

metadata = sa.MetaData()

# Names are compared by code point on both engines.
_NAME_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

tasks = sa.Table(
    "tasks",
    metadata,
    # Not GENERATED ALWAYS: undo restores a deleted task with its original ID.
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("start_time", sa.BigInteger, nullable=False),  # microseconds since 1970-01-01T00:00Z
    sa.Column("end_time", sa.BigInteger),  # microseconds; NULL while the task is running
    sa.Column("project", _NAME_TEXT),
    sa.Column("tags", _NAME_TEXT),  # sorted, space-separated; a copy of `task_tags` that is read with the task
    sa.Column("note", sa.Text),
    sa.Column("folded", sa.Text),  # casefolded text for search; NULL if it equals the description
    sa.CheckConstraint("user_id >= 1", name="user_id_positive"),
    sa.CheckConstraint("end_time IS NULL OR end_time >= start_time", name="end_not_before_start"),
    sqlite_autoincrement=True,  # IDs are never reused
)

# The server's access tokens; the secrets themselves are never stored.
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=True), primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),  # SHA-256 of the secret, in hexadecimal
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("admin", sa.Integer, nullable=False),  # 1: may act for any user
    sa.Column("name", sa.Text),
    sa.Column("created_time", sa.BigInteger, nullable=False),  # microseconds, like all times
    sa.Column("expiry_time", sa.BigInteger),
    sa.Column("revoked_time", sa.BigInteger),
    sa.Column("access", sa.Text, nullable=False, server_default="write"),  # write, read or reports
    sa.Column("last_used_time", sa.BigInteger),  # the start of the hour
    sa.CheckConstraint("user_id >= 1", name="token_user_id_positive"),
    sqlite_autoincrement=True,
)

# The names of users, who need none: the other tables contain only their numbers.
users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.CheckConstraint("id >= 1", name="users_id_positive"),
)

# Responses to requests with an Idempotency-Key, replayed when a request is repeated.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("token_id", sa.BigInteger, primary_key=True, autoincrement=False),  # 0 if the server has no tokens
    sa.Column("idempotency_key", sa.Text, primary_key=True),
    sa.Column("request", sa.Text, nullable=False),  # SHA-256 of the request, in hexadecimal
    sa.Column("status", sa.Integer),  # NULL while the request is being processed
    sa.Column("body", sa.Text),
    sa.Column("created_time", sa.BigInteger, nullable=False),
)

# The tags of each task, for finding tasks by tag.
task_tags = sa.Table(
    "task_tags",
    metadata,
    sa.Column("task_id", sa.BigInteger, sa.ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag", _NAME_TEXT, primary_key=True),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    # The key columns must come first: otherwise SQLite 3.40's integrity_check fails.
    sqlite_with_rowid=False,
)

# The journal: the commands that changed tasks, through any interface.
commands = sa.Table(
    "commands",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=True), primary_key=True),
    sa.Column("user_id", sa.BigInteger, nullable=False),  # the user who ran the command
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("given_time", sa.BigInteger, nullable=False),
    sa.Column("undone", sa.Integer, nullable=False, server_default="0"),  # 1: can be redone; 2: can no longer be redone
    sa.Column("reverses", sa.BigInteger),  # the ID of the command that an undo or redo reverts
    sqlite_autoincrement=True,
)

# The changes made by a command: the state of each task before (no row if new) and after (no row if deleted).
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("command_id", sa.BigInteger, sa.ForeignKey("commands.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("task_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("is_after", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("start_time", sa.BigInteger, nullable=False),
    sa.Column("end_time", sa.BigInteger),
    sa.Column("project", _NAME_TEXT),
    sa.Column("tags", _NAME_TEXT),
    sa.Column("note", sa.Text),
    sqlite_with_rowid=False,
)

# The sources of imported tasks, so that a second import of the same rows adds nothing. The rows of an import are its
# journal entry's changes: it has none in `changes`, which would double the size of the history.
sources = sa.Table(
    "sources",
    metadata,
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "identity", sa.BigInteger, primary_key=True, autoincrement=False
    ),  # a digest of the row, see formats/identity.py
    sa.Column("task_id", sa.BigInteger, nullable=False),  # of a task that may have been deleted since
    sa.Column("command_id", sa.BigInteger, nullable=False),  # of an entry that may have been pruned since
    sqlite_with_rowid=False,
)

# Two indexes for each part of SELECT_OVERLAPPING: one for all users, one for a single user. If several indexes are
# suitable, SQLite prefers the one that was created last, so the partial indexes come last.
_CONDITIONS = {
    "tasks": None,
    "long_tasks": sa.text("end_time - start_time > 86400000000"),
    "running_tasks": sa.text("end_time IS NULL"),
}


def _index(name: str, *columns: sa.Column[Any], where: sa.TextClause | None = None) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


INDEXES = [
    _index(f"{part}_by_{key}", *columns, where=condition)
    for part, condition in _CONDITIONS.items()
    for key, columns in (("start", [tasks.c.start_time]), ("user_start", [tasks.c.user_id, tasks.c.start_time]))
]
_HAS_PROJECT = sa.text("project IS NOT NULL")
INDEXES += [
    _index("answers_by_created", answers.c.created_time),
    _index("tasks_by_project", tasks.c.project, where=_HAS_PROJECT),
    _index("tasks_by_user_project", tasks.c.user_id, tasks.c.project, where=_HAS_PROJECT),
    _index("task_tags_by_tag", task_tags.c.tag, task_tags.c.task_id),
    _index("task_tags_by_user_tag", task_tags.c.user_id, task_tags.c.tag, task_tags.c.task_id),
    _index("commands_by_user", commands.c.user_id, commands.c.id),
    _index(
        "undoable_commands_by_user",
        *(commands.c.user_id, commands.c.undone, commands.c.id),
        where=sa.text("reverses IS NULL"),
    ),
    _index("changes_by_task", changes.c.task_id, changes.c.command_id),
    _index("sources_by_command", sources.c.command_id, sources.c.task_id),
    _index("imports", commands.c.id, where=sa.text("name = 'import'")),
]

_SQLITE_LOCAL = "strftime('%Y-%m-%d %H:%M:%S', {} / 1000000, 'unixepoch', 'localtime')"
_SQLITE_NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
_POSTGRES_LOCAL = "to_char(to_timestamp({} / 1000000), 'YYYY-MM-DD HH24:MI:SS')"
_POSTGRES_NOW = "CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)"


def _views(local: str, now: str, greatest: str) -> tuple[str, str]:
    """Return the statements that create the views, which show local times as text and lengths in seconds."""
    started, ended = local.format("start_time"), local.format("end_time")
    return (
        f"""\
CREATE VIEW timesheet AS
SELECT id, user_id, description,
  {started} AS started,
  {ended} AS ended,
  {greatest}(coalesce(end_time, {now}) - start_time, 0) / 1000000 AS seconds,
  project, tags, note
FROM tasks""",
        f"""\
CREATE VIEW running AS
SELECT id, user_id, description,
  {started} AS started,
  {greatest}({now} - start_time, 0) / 1000000 AS seconds,
  project, tags, note
FROM tasks
WHERE end_time IS NULL""",
    )


SQLITE_VIEWS = _views(_SQLITE_LOCAL, _SQLITE_NOW, "max")
POSTGRES_VIEWS = _views(_POSTGRES_LOCAL, _POSTGRES_NOW, "greatest")
for _view in POSTGRES_VIEWS:
    _create_view = sa.DDL(_view.replace("%", "%%")).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
    sa.event.listen(metadata, "after_create", _create_view)


def sqlite_script() -> str:
    """Return the content of `schema.sql`, the script that creates the tables, indexes and views in a SQLite file."""
    elements: list[ExecutableDDLElement] = [*map(CreateTable, metadata.sorted_tables), *map(CreateIndex, INDEXES)]
    statements = (str(element.compile(dialect=sqlite.dialect())) for element in elements)
    script = [
        f"PRAGMA application_id = {APPLICATION_ID}",
        f"PRAGMA user_version = {SCHEMA_VERSION}",
        *(statement.strip().replace("\t", "  ").replace(" \n", "\n") for statement in statements),
        *SQLITE_VIEWS,
    ]
    first = "-- Generated from schema.py by pytest --update-golden; do not edit.\n"
    return first + "".join(f"{statement};\n" for statement in script)
