"""Messages and hints for mistyped arguments, and for arguments that belong to another option or command."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from shlex import quote

import typer

from tasktimer.cli.correction_fields import expand_range
from tasktimer.cli.corrections import suggest
from tasktimer.cli.hints import QUOTE_VALUE
from tasktimer.cli.lazy_group import COMMAND_NAMES
from tasktimer.cli.repeated_options import repeat_options
from tasktimer.core.timeparse.date_ranges import find_date_range
from tasktimer.core.timeparse.datetimes import parse_datetime
from tasktimer.errors import InvalidValue, quote_value

# Hints for options without an equivalent, by command.
_OPTION_HINTS = {
    **dict.fromkeys(
        [("export", "--from"), ("export", "--since"), ("export", "--until")],
        "use a date range such as 2026-11, or --where 'from:2026-11-02 to:2026-11-15'",
    ),
    ("status", "--watch"): "to show it every two seconds, run: watch tasktimer status",
    ("track", "--to"): "use --end, together with --start or --for",
}


def explain(error: typer.TyperException, arguments: Sequence[str], now: datetime) -> tuple[str, str]:
    """Return the message and the hint for a usage error caused by these command-line arguments at the time `now`."""
    message, suggestion = _message(error)
    path = _command_path(error, arguments)
    option = getattr(error, "option_name", None) or ""
    hint = _OPTION_HINTS.get((path.partition(" ")[2], option))
    if suggested := suggest(arguments, now):
        hint = suggested
        if re.match("-[0-9]", option):
            typed = _time_as_option(arguments) or option
            kind = "a task ID" if " last" in suggested else "a number" if typed[1:].isdecimal() else "a time"
            message = f"{typed!r} was interpreted as an option, not as {kind}"
    if hint is None and type(error).__name__ == "NoSuchOption":
        message, hint = _dash_error(error, arguments, path) or (message, hint)
    return message, repeat_options(hint or _general_hint(message, suggestion, path), arguments)


def _general_hint(message: str, suggestion: str, path: str) -> str:
    if suggestion:
        return f"did you mean {suggestion}? see {path} --help"
    if message == "missing argument 'ID'":
        return "to list today's tasks with their IDs, run: tasktimer times"
    return f"{QUOTE_VALUE}; see {path} --help" if message.startswith("unexpected argument") else f"see {path} --help"


def _message(error: typer.TyperException) -> tuple[str, str]:
    """Return the parser's message, reworded in the style of other messages, and the names that the parser suggests."""
    if type(error).__name__ == "NoSuchOption":
        typed = getattr(error, "option_name", "")
        return f"no such option {quote_value(typed)}", " or ".join(_close_options(typed, error))
    if extra := re.match(r"Got unexpected extra argument(?:\(s\))? \((.*)\)", error.format_message(), re.DOTALL):
        return f"unexpected argument {quote_value(extra[1])}", ""
    message, _, suggestion = error.format_message().rstrip(".?").partition(". Did you mean ")
    return message[:1].lower() + message[1:], re.sub(r", (?=[^,]*$)", " or ", suggestion)


def _close_options(typed: str, error: typer.TyperException) -> list[str]:
    """Return quoted options similar to a mistyped one; unlike the parser, ignore leading dashes in the comparison."""
    names = {name.lstrip("-"): name for name in getattr(error, "possibilities", None) or ()}
    word = typed.lstrip("-")
    close = get_close_matches(word, names) or [name for name in names if name.startswith(word)]
    return [repr(names[name]) for name in close]


def _command_path(error: typer.TyperException, arguments: Sequence[str]) -> str:
    """Return the command's full name, such as `tasktimer db status`, from the error's context or the arguments."""
    context = getattr(error, "ctx", None)
    if context is not None:
        return str(context.command_path)
    return " ".join(["tasktimer", *[word for word in arguments if word in COMMAND_NAMES][:1]])


def _dash_error(error: typer.TyperException, arguments: Sequence[str], path: str) -> tuple[str, str] | None:
    """Return a message and a hint if the error was caused by a description or a number with a leading dash."""
    name = path.removeprefix("tasktimer").strip()
    see = f"see {path} --help"
    if name in ("track", "switch"):
        message, suggestion = _message(error)
        is_first = getattr(error, "option_name", "") in arguments[arguments.index(name) + 1 :][:1]
        hint = f"put -- before a description that begins with a dash; {see}"
        return (message, hint) if is_first and not suggestion else None
    word = _time_as_option(arguments) if name in ("move", "split") else _number_as_option(error, arguments)
    if word is None:
        return None
    days = "yesterday" if word == "-1" else f"{word[1:]} days ago"
    ranges = {
        command: ("a date range", f"to show the tasks from {days}, run: tasktimer {command} {days}")
        for command in ("list", "projects", "tags", "report", "timeline", "gaps")
    }
    kinds = {
        **dict.fromkeys(("", "backup", "info", "serve", "status"), ("a number", see)),  # these commands take no number
        **ranges,
        "times": ("a day", f"to show the tasks from {days}, run: tasktimer times --date {word}"),
        "move": ("a time", f"use a start time, such as 9:15 or '15m ago'; {see}"),  # a start time, not an offset
        "split": ("a time", f"use --at {word}; {see}"),
    }
    is_last = (name, word) == ("edit", "-1")  # as in Watson
    number = "use last for the task that you started last" if is_last else "use a number of 1 or higher"
    kind, hint = kinds.get(name, ("a number", f"{number}; {see}"))
    return f"'{word}' was interpreted as an option, not as {kind}", hint


def _time_as_option(arguments: Sequence[str]) -> str | None:
    return next((word for word in arguments if word[:1] == "-" and word[1:2].isdigit()), None)


def _number_as_option(error: typer.TyperException, arguments: Sequence[str]) -> str | None:
    """Return the negative number that caused the error, such as -15, or None; the error itself contains only -1."""
    option = getattr(error, "option_name", "")
    numbers = (word for word in arguments if word.startswith(option) and re.fullmatch("-[0-9]{1,6}", word))
    return next(numbers, None) if option else None


def find_id_hint(text: str, now: datetime, time_flag: str | None) -> str | None:
    """Return a hint for text that was given as task IDs but is a date or time, or None for other text."""
    if time_flag is not None:
        with suppress(InvalidValue):
            parse_datetime(text, now)
            return f"to set the end time, use {time_flag} '{text}'"
        return None
    if find_date_range(text, now) is not None:
        return f"to select tasks by date, use --from {quote(text)} --to {quote(text)}"
    return QUOTE_VALUE if ":" in text else None


def find_day_hint(text: str, now: datetime) -> str | None:
    """Return a hint for text that was given as a date but is a date range, or None for other text."""
    text = expand_range(text)
    days = find_date_range(text, now)
    if days is None:
        return None
    if days.last == days.first:
        return f"use {days.first}"
    words = " ".join(text.split())
    return f"to list several days, run: tasktimer list {words}; for totals by project, run: tasktimer report {words}"
