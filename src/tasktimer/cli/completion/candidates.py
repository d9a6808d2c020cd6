"""What the shell offers after TAB; each function is the `autocompletion` of a parameter."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import typer

from tasktimer.cli.context import Context
from tasktimer.core.actor import Actor
from tasktimer.core.task import Task
from tasktimer.core.timeparse.datetimes import WEEKDAYS, parse_datetime
from tasktimer.errors import InvalidValue, TasktimerError
from tasktimer.store import SCHEMA_VERSION, Store
from tasktimer.store.factory import open_store

if TYPE_CHECKING:
    from tasktimer.core.journal import JournalEntry

Candidates = list[tuple[str, str]]  # what is inserted, and what it is

_LOCK_TIMEOUT = 0.5  # seconds; better no candidates than a shell that hangs
_MAX_CANDIDATES = 200
_MAX_RECENT = 50

_Found = TypeVar("_Found")


def complete_running(ctx: typer.Context, incomplete: str) -> Candidates:
    """The ids of running tasks, with their descriptions, but those already on the line."""
    from tasktimer.services.completion import running_tasks

    tasks = _query_store(ctx, running_tasks)
    return _ids(ctx, incomplete, tasks)[:_MAX_CANDIDATES]


def complete_recent(ctx: typer.Context, incomplete: str) -> Candidates:
    """The ids of the tasks that started last, with their descriptions, but those already on the line.

    Where digits are typed, older tasks are offered, too.
    """
    from tasktimer.services.completion import recent_tasks, tasks_by_id_prefix

    def find(store: Store, actor: Actor) -> list[Task]:
        if re.fullmatch("[1-9][0-9]{0,18}", incomplete):  # an ID has at most 19 digits
            return tasks_by_id_prefix(store, actor, int(incomplete), limit=_MAX_RECENT)
        return recent_tasks(store, actor, limit=_MAX_RECENT)

    return _ids(ctx, incomplete, _query_store(ctx, find))


def complete_command(ctx: typer.Context, incomplete: str) -> Candidates:
    """The numbers of the user's last commands that can be taken back, each with its name and its first task."""
    from tasktimer.services.completion import undoable_entries

    def find(store: Store, _: Actor) -> "list[JournalEntry]":
        author = _context(ctx).resolve_user(ctx.params.get("user")).author
        return undoable_entries(store, author, limit=_MAX_RECENT)

    return [
        (number, _told(command))
        for command in _query_store(ctx, find)
        if (number := str(command.id)).startswith(incomplete)
    ]


def complete_project(ctx: typer.Context, incomplete: str) -> Candidates:
    """The projects, and the upper levels of projects, that begin so."""
    from tasktimer.services.completion import project_names

    return [(name, "") for name in _names(ctx, incomplete, project_names)]


def complete_tag(ctx: typer.Context, incomplete: str) -> Candidates:
    """The tags that begin so, with a plus before each where one is typed, but those already on the line."""
    from tasktimer.services.completion import tag_names

    plus = "+" if incomplete.startswith("+") else ""
    given = {word.removeprefix("+") for word in _given(ctx, "tags", "with_tags", "tag", "description", "words")}
    return [(plus + tag, "") for tag in _names(ctx, incomplete.removeprefix("+"), tag_names) if tag not in given]


def complete_word(ctx: typer.Context, incomplete: str) -> Candidates:
    """The tags, where a plus begins a word of a description that is not its first."""
    return complete_tag(ctx, incomplete) if incomplete.startswith("+") and _given(ctx, "description") else []


def complete_id_or_tag(ctx: typer.Context, incomplete: str) -> Candidates:
    """The tags, where a plus begins a word, else the ids of the tasks that started last."""
    return (complete_tag if incomplete.startswith("+") else complete_recent)(ctx, incomplete)


def complete_date(ctx: typer.Context, incomplete: str) -> Candidates:
    """The words for the days of the last week, each with its date."""
    with suppress(TasktimerError):  # of a bad setting; the command itself will say so
        today = _context(ctx).now.date()
        days = ((word, today - timedelta(days=back)) for back, word in enumerate(_days(today)))
        return [(word, f"{day:%a} {day.isoformat()}") for word, day in days if word.startswith(incomplete)]
    return []


def complete_span(ctx: typer.Context, incomplete: str) -> Candidates:
    """The words for days and for spans of them."""
    units = ("week", "month", "quarter", "year")
    lasts = (*units, "7 days", "30 days")
    if _given(ctx, "span"):  # of more words than one, only `last week` and its like begin with a word of their own
        return [(last, "") for last in lasts if last.startswith(incomplete) and _given(ctx, "span") == ["last"]]
    spans = [*units, *(f"last {last}" for last in lasts), "all"]
    return complete_date(ctx, incomplete) + [(span, "") for span in spans if span.startswith(incomplete)]


def complete_time(ctx: typer.Context, incomplete: str) -> Candidates:
    """Some times that lie behind, each as a clock shows it."""
    offers: Candidates = []
    with suppress(TasktimerError):
        now = _context(ctx).now
        clocks = (f"{day} {clock}" for day in _days(now.date()) for clock in ("9:00", "17:00"))
        for text in ("now", "5m ago", "15m ago", "30m ago", "1h ago", *clocks):
            if text.startswith(incomplete):
                offers += _time(text, now)
    return offers


def complete_end(ctx: typer.Context, incomplete: str) -> Candidates:
    """The same, and that it has none."""
    return complete_time(ctx, incomplete) + ([("none", "it runs again")] if "none".startswith(incomplete) else [])


def _days(today: date) -> list[str]:
    earlier = (today - timedelta(days=back) for back in range(2, 7))  # seven days back have today's name
    return ["today", "yesterday", *(WEEKDAYS[day.weekday()] for day in earlier)]


def _time(text: str, now: datetime) -> Candidates:
    with suppress(InvalidValue):  # a time that the clock skipped or showed twice
        instant = parse_datetime(text, now)
        return [(text, f"{instant.astimezone(now.tzinfo):%a %H:%M}")] if instant <= now else []
    return []


def _query_store(ctx: typer.Context, query: Callable[[Store, Actor], Sequence[_Found]]) -> Sequence[_Found]:
    """Return what a query finds for the user on the command line; nothing if it fails, as the command reports why."""
    try:
        context = _context(ctx)
        with closing(open_store(context.settings.database, lock_timeout=_LOCK_TIMEOUT)) as store:
            if store.version() != SCHEMA_VERSION:  # do not upgrade at TAB
                return ()
            return query(store, context.resolve_user(ctx.params.get("user")).reader)
    except TasktimerError:
        return ()


def _context(ctx: typer.Context) -> Context:
    context: Context = ctx.obj
    # At TAB nothing calls the function that keeps this flag for a command.
    context.database = ctx.find_root().params.get("database")
    return context


def _ids(ctx: typer.Context, incomplete: str, tasks: Iterable[Task]) -> Candidates:
    given = _given(ctx, "ids", "words", "first")
    return [
        (task_id, _printable(task.description))
        for task in tasks
        if (task_id := str(task.id)).startswith(incomplete) and task_id not in given
    ]


def _told(command: "JournalEntry") -> str:
    tasks = (change.after or change.before for change in command.changes)
    return ": ".join(map(_printable, [command.name, *(task.description for task in tasks if task)]))


def _names(ctx: typer.Context, prefix: str, query: Callable[..., Sequence[str]]) -> list[str]:
    if not prefix.isprintable():
        return []
    found = _query_store(ctx, lambda store, actor: query(store, actor, prefix, limit=_MAX_CANDIDATES))
    return [name for name in found if name.isprintable()]  # another program may have stored what cannot be typed


def _given(ctx: typer.Context, *names: str) -> list[str]:
    """The words on the line that these parameters have already."""
    values = (ctx.params.get(name) or () for name in names)
    return [word for value in values for word in ([value] if isinstance(value, str) else value)]


def _printable(text: str) -> str:
    from tasktimer.output.messages import escape_for_terminal  # at TAB alone: 1 ms

    return escape_for_terminal(text)
