"""The tables, indexes and views, for both engines; `schema.sql` is this for SQLite, written out."""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from tasktimer.store import SCHEMA_VERSION
from tasktimer.store.sqlite.connection import APPLICATION_ID

metadata = MetaData()

# Names are compared by their code points, on both engines.
_NAME = Text().with_variant(Text(collation="C"), "postgresql")

tasks = Table(
    "tasks",
    metadata,
    # Not "always": a task that was deleted comes back with its id.
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("description", Text, nullable=False),
    Column("start_time", BigInteger, nullable=False),  # microseconds since 1970-01-01T00:00Z
    Column("end_time", BigInteger),  # the same; none while the task runs
    Column("project", _NAME),
    Column("tags", _NAME),  # in order, with a space between two; what `task_tags` holds, to be read with the task
    Column("note", Text),
    Column("folded", Text),  # what is searched, casefolded; none where that is the description as it stands
    CheckConstraint("user_id >= 1", name="user_id_positive"),
    CheckConstraint("end_time IS NULL OR end_time >= start_time", name="end_not_before_start"),
    sqlite_autoincrement=True,  # an id is never used again
)

# Who may use the server; the secret itself is never stored.
tokens = Table(
    "tokens",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of the secret, in hexadecimal
    Column("user_id", BigInteger, nullable=False),
    Column("admin", Integer, nullable=False),  # 1: may act for every user
    Column("name", Text),
    Column("created_time", BigInteger, nullable=False),  # microseconds, as all times here
    Column("expiry_time", BigInteger),
    Column("revoked_time", BigInteger),
    CheckConstraint("user_id >= 1", name="token_user_id_positive"),
    sqlite_autoincrement=True,
)

# What a request with an Idempotency-Key was answered, so that its repetition gets the same.
answers = Table(
    "answers",
    metadata,
    Column("token_id", BigInteger, primary_key=True, autoincrement=False),  # 0: a server without tokens
    Column("idempotency_key", Text, primary_key=True),
    Column("request", Text, nullable=False),  # SHA-256 of what was asked, in hexadecimal
    Column("status", Integer),  # none while it is worked on
    Column("body", Text),
    Column("created_time", BigInteger, nullable=False),
)

# Which task has a tag.
task_tags = Table(
    "task_tags",
    metadata,
    Column("task_id", BigInteger, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", _NAME, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    # The rows stand in their key, not beside it. The key comes first: SQLite 3.40 checks them wrongly otherwise.
    sqlite_with_rowid=False,
)

# The journal: the commands that changed tasks, whoever gave them through whichever door.
commands = Table(
    "commands",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True),
    Column("user_id", BigInteger, nullable=False),  # who gave it
    Column("name", Text, nullable=False),
    Column("given_time", BigInteger, nullable=False),
    Column("undone", Integer, nullable=False, server_default="0"),  # 1: can be redone; 2: something else came since
    Column("reverses", BigInteger),  # the command that an undo or a redo is about
    sqlite_autoincrement=True,
)

# What a command changed: each task as it was before (none: it came into being) and after (none: it was deleted).
changes = Table(
    "changes",
    metadata,
    Column("command_id", BigInteger, ForeignKey("commands.id", ondelete="CASCADE"), primary_key=True),
    Column("task_id", BigInteger, primary_key=True, autoincrement=False),
    Column("is_after", Integer, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False),
    Column("description", Text, nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger),
    Column("project", _NAME),
    Column("tags", _NAME),
    Column("note", Text),
    sqlite_with_rowid=False,
)

# Each part of the question "what overlaps this window?" has its index, for every user and for one. Of two that would
# serve, SQLite takes the one made last: the partial ones come last.
_CONDITIONS = {
    "tasks": None,
    "long_tasks": text("end_time - start_time > 86400000000"),
    "running_tasks": text("end_time IS NULL"),
}
INDEXES = [
    Index(f"{part}_by_{key}", *columns, sqlite_where=condition, postgresql_where=condition)
    for part, condition in _CONDITIONS.items()
    for key, columns in (("start", [tasks.c.start_time]), ("user_start", [tasks.c.user_id, tasks.c.start_time]))
]
_HAS_PROJECT = text("project IS NOT NULL")
INDEXES += [
    Index("answers_by_created", answers.c.created_time),
    Index("tasks_by_project", tasks.c.project, sqlite_where=_HAS_PROJECT, postgresql_where=_HAS_PROJECT),
    Index(
        "tasks_by_user_project",
        tasks.c.user_id,
        tasks.c.project,
        sqlite_where=_HAS_PROJECT,
        postgresql_where=_HAS_PROJECT,
    ),
    Index("task_tags_by_tag", task_tags.c.tag, task_tags.c.task_id),
    Index("task_tags_by_user_tag", task_tags.c.user_id, task_tags.c.tag, task_tags.c.task_id),
    Index("commands_by_user", commands.c.user_id, commands.c.id),
    Index(
        "undoable_commands_by_user",
        commands.c.user_id,
        commands.c.undone,
        commands.c.id,
        sqlite_where=text("reverses IS NULL"),
        postgresql_where=text("reverses IS NULL"),
    ),
    Index("changes_by_task", changes.c.task_id, changes.c.command_id),
]

_SQLITE_LOCAL = "strftime('%Y-%m-%d %H:%M:%S', {} / 1000000, 'unixepoch', 'localtime')"
_SQLITE_NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
_POSTGRES_LOCAL = "to_char(to_timestamp({} / 1000000), 'YYYY-MM-DD HH24:MI:SS')"
_POSTGRES_NOW = "CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)"


def _views(local: str, now: str, greatest: str) -> tuple[str, str]:
    """Write the views for people: times as local text, lengths in whole seconds, never negative."""
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
    _create_view = DDL(_view.replace("%", "%%")).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
    event.listen(metadata, "after_create", _create_view)


def sqlite_script() -> str:
    """What makes an empty SQLite file a tasktimer file: the content of schema.sql."""
    dialect = sqlite.dialect()
    tables = map(CreateTable, metadata.sorted_tables)
    elements: list[ExecutableDDLElement] = [*tables, *map(CreateIndex, INDEXES)]
    statements = (str(element.compile(dialect=dialect)) for element in elements)
    script = [
        f"PRAGMA application_id = {APPLICATION_ID}",
        f"PRAGMA user_version = {SCHEMA_VERSION}",
        *(statement.strip().replace("\t", "  ").replace(" \n", "\n") for statement in statements),
        *SQLITE_VIEWS,
    ]
    first = "-- Written from schema.py by the tests' --update-golden; do not edit.\n"
    return first + "".join(f"{statement};\n" for statement in script)
