"""Options and arguments shared by several commands, and functions that parse their values."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.streams import load_usage_errors
from tasktimer.config.settings import FORMATS
from tasktimer.core.task import parse_id
from tasktimer.errors import InvalidValue
from tasktimer.services.last_task import get_last_task


def complete(kind: str | None) -> Callable[[typer.Context, str], list[tuple[str, str]]] | None:
    """Return an `autocompletion` function that calls `complete_KIND`, or None if `kind` is None."""

    def find_candidates(ctx: typer.Context, incomplete: str) -> Any:
        from tasktimer.cli.completion import candidates, words  # lazy: needed only for completion

        name = f"complete_{kind}"
        return getattr(words if hasattr(words, name) else candidates, name)(ctx, incomplete)

    return find_candidates if kind else None


def option(names: str, metavar: str | None, text: str, kind: str | None = None) -> Any:
    """Return an option for use in `Annotated`, completed by `complete_KIND` unless `kind` is None."""
    return typer.Option(*names.split(), metavar=metavar, help=text, show_default=False, autocompletion=complete(kind))


def flag(names: str, text: str) -> Any:
    """Return an option that takes no value, for use in `Annotated`."""
    return option(names, None, text)


def argument(metavar: str, text: str, kind: str | None = None) -> Any:
    """Return an argument for use in `Annotated`, completed by `complete_KIND` unless `kind` is None."""
    return typer.Argument(metavar=metavar, help=text, show_default=False, autocompletion=complete(kind))


OneUser = Annotated[
    str | None, option("--user", "N", "User number (1 or higher).  (default: TASKTIMER_USER, else the only user)")
]
AnyUser = Annotated[
    str | None,
    option("--user", "N|all", "Use this user's tasks, or all users' tasks.  (default: TASKTIMER_USER, else all)"),
]
Json = Annotated[bool, flag("--json", "Print JSON.")]
Format = Annotated[
    str | None,
    option("--format", "|".join(FORMATS), "Output format.  (default: table on a terminal, tsv when piped)", "format"),
]
Zone = Annotated[str | None, option("--tz", "ZONE", "Time zone, such as Europe/Berlin.  (default: local)", "zone")]
RunningIds = Annotated[
    list[str] | None, argument("[ID...]", "IDs of running tasks, or last.  (default: the only running task)", "running")
]
Yes = Annotated[bool, flag("--yes -y", "Do not ask for confirmation.")]

# The functions below import parsers lazily: few commands need them, and each costs 0.5 to 2 million instructions.


def parse_task_id(context: Context, word: str, user: str | None) -> int:
    """Parse a task ID, or the word `last`, which means the user's most recently started task."""
    return parse_ids(context, [word], user)[0]


def parse_ids(context: Context, words: Sequence[str], user: str | None, *, time_flag: str | None = None) -> list[int]:
    """Parse task IDs like `parse_task_id`; raise InvalidValue with a hint about the likely intent if one is invalid."""
    try:
        ids = [0 if word.lower() == "last" else parse_id(word) for word in words]
    except InvalidValue as error:
        hint = error.hint
        with suppress(InvalidValue):  # an invalid time zone is reported elsewhere
            hint = load_usage_errors().find_id_hint(" ".join(words), context.now, time_flag) or hint
        raise InvalidValue(error.code, error.message, hint) from None
    if all(ids):
        return ids
    last = get_last_task(context.store, context.resolve_user(user).owner).id
    return [task_id or last for task_id in ids]


def parse_time_option(text: str | None, now: datetime, noun: str) -> datetime | None:
    """Parse a task's start or end time (`noun` is "start" or "end"); return None if the option is not given."""
    if text is None:
        return None
    from tasktimer.core.timeparse.datetimes import parse_start_or_end  # lazy: only typed times need it

    return parse_start_or_end(text, now, noun)


def parse_duration_option(text: str | None) -> timedelta | None:
    """Parse a duration; return None if the option is not given."""
    if text is None:
        return None
    from tasktimer.core.timeparse.durations import parse_duration  # lazy: only typed durations need it

    return parse_duration(text)
