"""Completion candidates; each public function is the `autocompletion` callback for one kind of parameter.

The candidates that depend on neither the store nor the clock are in `words`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

import typer

from tasktimer.cli.context import Context
from tasktimer.core.expression_parser import KEYS, STATES
from tasktimer.core.expressions import format_term
from tasktimer.core.journal import JournalEntry
from tasktimer.core.labels import is_tag_word
from tasktimer.core.local_time import current_date, is_future, local_date
from tasktimer.core.task import Actor, Task
from tasktimer.core.timeparse.dates import WEEKDAYS
from tasktimer.core.timeparse.datetimes import parse_datetime
from tasktimer.errors import InvalidValue, TasktimerError
from tasktimer.output.formatting import escape_for_terminal
from tasktimer.services import completion
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import SCHEMA_VERSION, Store

Candidates = list[tuple[str, str]]  # text to insert, and its description

_LOCK_TIMEOUT = 0.5  # seconds; it is better to complete nothing than to block the shell
_MAX_CANDIDATES = 200
_MAX_RECENT = 50

_Found = TypeVar("_Found")


def complete_running(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return the IDs of running tasks that are not yet on the line, each with its day, project and description."""
    tasks = _query_store(ctx, completion.running_tasks)
    return _ids(ctx, incomplete, tasks)[:_MAX_CANDIDATES]


def complete_recent(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return the IDs of recent tasks that are not yet on the line, each with its day, project and description.

    If the incomplete word is a number, also return the IDs of older tasks that begin with that number.
    """

    def find(store: Store, actor: Actor) -> list[Task]:
        if re.fullmatch("[1-9][0-9]{0,18}", incomplete):  # an ID has at most 19 digits
            return completion.tasks_by_id_prefix(store, actor, int(incomplete), limit=_MAX_RECENT)
        return completion.recent_tasks(store, actor, limit=_MAX_RECENT)

    last = [("last", "the task that you started last")] if incomplete and "last".startswith(incomplete) else []
    return last + _ids(ctx, incomplete, _query_store(ctx, find))


def complete_command(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return the numbers of the most recent commands that can be undone, each with its name and its first task."""

    def find(store: Store, _: Actor) -> list[JournalEntry]:
        author = _context(ctx).resolve_user(ctx.params.get("user")).author_for_ids
        return completion.undoable_entries(store, author, limit=_MAX_RECENT)

    numbers = {str(command.id): _summary(command) for command in _query_store(ctx, find)}
    return [(number, summary) for number, summary in numbers.items() if number.startswith(incomplete)]


def complete_project(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return the projects that begin with the incomplete word, including parent projects without tasks of their own."""
    return [(name, "") for name in _names(ctx, incomplete, completion.project_names)]


def complete_tag(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return the tags that begin with the incomplete word and are not yet on the command line; keep a leading plus."""
    plus = "+" if incomplete.startswith("+") else ""
    names = ("tags", "long_tags", "only_tags", "tag", "description", "words")
    used = {word.removeprefix("+") for word in _words_for(ctx, *names)}
    return [
        (plus + tag, "") for tag in _names(ctx, incomplete.removeprefix("+"), completion.tag_names) if tag not in used
    ]


def complete_description(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return tags for a word that begins with a plus; otherwise, complete recent descriptions, with their labels."""
    if incomplete.startswith("+"):
        return complete_tag(ctx, incomplete)
    words = [word for word in _words_for(ctx, "description") if not is_tag_word(word)]
    begun = " ".join([*words, ""]) if words else ""
    tasks = _query_store(ctx, lambda store, actor: completion.recent_tasks(store, actor, limit=_MAX_CANDIDATES))
    rests: dict[str, Task] = {}  # newest first
    for task in tasks:
        rest = task.description.removeprefix(begun)
        if _begins(task, begun + incomplete) and not rest.startswith(("-", "+")):
            rests.setdefault(rest, task)
    return [(rest, _labels(task)) for rest, task in rests.items()][:_MAX_RECENT]


def complete_expression(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return the expression with each completion of its last word, such as a key, or a project or tag after its key."""
    before, word = re.fullmatch(r"(.*[\s(])?(.*)", incomplete, re.DOTALL).groups("")  # type: ignore[union-attr]
    key, colon, prefix = word.partition(":")
    if not colon:
        words = [*(f"{key}:" for key in KEYS), *STATES, "and", "or", "not"]
    else:
        queries = {"project": completion.project_names, "tag": completion.tag_names}
        names = _names(ctx, prefix, queries[key]) if key in queries else []
        words = [format_term(key, name) for name in names]
    return [(before + each, "") for each in words if each.startswith(word)]


def complete_id_or_tag(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return tags if the incomplete word begins with a plus, or else the IDs of tasks."""
    return (complete_tag if incomplete.startswith("+") else complete_recent)(ctx, incomplete)


def complete_date(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return names for the last seven days, such as `yesterday` or `monday`, each with its date."""
    with suppress(TasktimerError):  # the command itself reports invalid settings
        today = current_date(_context(ctx).now)
        days = ((word, today - timedelta(days=back)) for back, word in enumerate(_days(today)))
        return [(word, _day(day)) for word, day in days if word.startswith(incomplete)]
    return []


def complete_day(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return days as `complete_date` does, but only for the first word."""
    return [] if _words_for(ctx, "day") else complete_date(ctx, incomplete)


def complete_range(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return names for days and date ranges, such as `yesterday` or `last month`."""
    units = ("week", "month", "quarter", "year")
    lasts = (*units, "7 days", "30 days")
    if words := _words_for(ctx, "date_range"):  # only `last` is followed by another word
        return [(last, "") for last in lasts if last.startswith(incomplete) and words == ["last"]]
    names = [*units, "q1", "q2", "q3", "q4", *(f"last {last}" for last in lasts), "all"]
    return complete_date(ctx, incomplete) + [(name, "") for name in names if name.startswith(incomplete)]


def complete_time(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return typical start times, such as `15m ago` or `monday 9:00`, each with its weekday and time of day."""
    candidates: Candidates = []
    with suppress(TasktimerError):
        now = _context(ctx).now
        clocks = (f"{day} {clock}" for day in _days(current_date(now)) for clock in ("9:00", "17:00"))
        for text in ("now", "5m ago", "15m ago", "30m ago", "1h ago", *clocks):
            if text.startswith(incomplete):
                candidates += _time(text, now)
    return candidates


def complete_clock(_: typer.Context, incomplete: str) -> Candidates:
    """Return the full hours of a day."""
    return [(clock, "") for clock in (f"{hour}:00" for hour in range(24)) if clock.startswith(incomplete)]


def complete_end(ctx: typer.Context, incomplete: str) -> Candidates:
    """Return the candidates of `complete_time`, and `none`, which removes the end so that the task is running again."""
    return complete_time(ctx, incomplete) + (
        [("none", "mark the task as running again")] if "none".startswith(incomplete) else []
    )


def _days(today: date) -> list[str]:
    earlier = (today - timedelta(days=back) for back in range(2, 7))  # not 7: the same weekday as today
    return ["today", "yesterday", *(WEEKDAYS[day.weekday()] for day in earlier)]


def _time(text: str, now: datetime) -> Candidates:
    with suppress(InvalidValue):  # a nonexistent or ambiguous time
        instant = parse_datetime(text, now)
        return [(text, f"{instant.astimezone(now.tzinfo):%a %H:%M}")] if not is_future(instant, now) else []
    return []


def _query_store(ctx: typer.Context, query: Callable[[Store, Actor], Sequence[_Found]]) -> Sequence[_Found]:
    """Return the results of a query for the command's user, or an empty sequence if an error occurs."""
    try:
        context = _context(ctx)
        with closing(open_store(context.settings.database, lock_timeout=_LOCK_TIMEOUT)) as store:
            if (store.version() or 0) < SCHEMA_VERSION:  # completion must not upgrade the schema
                return ()
            return query(store, context.resolve_user(ctx.params.get("user")).reader)
    except TasktimerError:
        return ()


def _context(ctx: typer.Context) -> Context:
    context: Context = ctx.obj
    # During completion, the callback that stores the value of --database is not called.
    context.database = ctx.find_root().params.get("database")
    return context


def _ids(ctx: typer.Context, incomplete: str, tasks: Iterable[Task]) -> Candidates:
    used = _words_for(ctx, "ids", "words", "first")
    with suppress(TasktimerError):  # an invalid time zone
        zone = _context(ctx).zone
        return [
            (task_id, _describe(task, zone))
            for task in tasks
            if (task_id := str(task.id)).startswith(incomplete) and task_id not in used
        ]
    return []


def _describe(task: Task, zone: tzinfo) -> str:
    project = "" if task.project is None else f"{task.project}: "
    return f"{_day(local_date(task.start_time, zone))}  {escape_for_terminal(project + task.description)}"


def _labels(task: Task) -> str:
    return escape_for_terminal(" ".join([task.project or "", *(f"+{tag}" for tag in task.tags)]).strip())


def _begins(task: Task, text: str) -> bool:
    return task.description.startswith(text) and task.description.isprintable()


def _day(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"


def _summary(command: JournalEntry) -> str:
    tasks = (change.after or change.before for change in command.changes)
    return ": ".join(map(escape_for_terminal, [command.name, *(task.description for task in tasks if task)]))


def _names(ctx: typer.Context, prefix: str, query: Callable[..., Sequence[str]]) -> list[str]:
    if not prefix.isprintable():
        return []
    names = _query_store(ctx, lambda store, actor: query(store, actor, prefix, limit=_MAX_CANDIDATES))
    return [name for name in names if name.isprintable()]  # another program may have stored unprintable names


def _words_for(ctx: typer.Context, *names: str) -> list[str]:
    """Return the words on the command line that are values of the parameters with these names."""
    values = (ctx.params.get(name) or () for name in names)
    return [word for value in values for word in ([value] if isinstance(value, str) else value)]
