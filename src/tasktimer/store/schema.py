"""The tables, indexes and views, for both engines; `schema.sql` is this for SQLite, written out."""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
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
from tasktimer.store.sqlite import APPLICATION_ID

metadata = MetaData()

tasks = Table(
    "tasks",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("description", Text, nullable=False),
    Column("start_time", BigInteger, nullable=False),  # microseconds since 1970-01-01T00:00Z
    Column("end_time", BigInteger),  # the same; none while the task runs
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
INDEXES.append(Index("answers_by_created", answers.c.created_time))

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
  {greatest}(coalesce(end_time, {now}) - start_time, 0) / 1000000 AS seconds
FROM tasks""",  # noqa: S608 (no text of a user)
        f"""\
CREATE VIEW running AS
SELECT id, user_id, description,
  {started} AS started,
  {greatest}({now} - start_time, 0) / 1000000 AS seconds
FROM tasks
WHERE end_time IS NULL""",  # noqa: S608
    )


SQLITE_VIEWS = _views(_SQLITE_LOCAL, _SQLITE_NOW, "max")
POSTGRES_VIEWS = _views(_POSTGRES_LOCAL, _POSTGRES_NOW, "greatest")
for _view in POSTGRES_VIEWS:
    _create_view = DDL(_view.replace("%", "%%")).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
    event.listen(metadata, "after_create", _create_view)


def sqlite_script() -> str:
    """What makes an empty SQLite file a tasktimer file: the content of schema.sql."""
    dialect = sqlite.dialect()
    tables = map(CreateTable, (tasks, tokens, answers))
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
