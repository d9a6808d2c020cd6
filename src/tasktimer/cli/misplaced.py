"""Notes about words of a description that look like a time or a label."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from shlex import join

from tasktimer.cli.context import Context
from tasktimer.cli.task_times import parse_start_and_end
from tasktimer.cli.undo_hints import undo_command
from tasktimer.core.labels import is_tag_word, parse_project, parse_tag
from tasktimer.core.task import ALL_USERS, Task
from tasktimer.core.timeparse.time_words import split_times
from tasktimer.errors import InvalidValue, TasktimerError, quote_value

_LABEL = r"(?:(@|proj(?:ect)?[:=])|#|tags?[:=])((?<=[:=])\S+|[^\W\d_][\w/-]*)"
_EXAMPLE = ("write docs",)


def warn_description(
    context: Context, task: Task, stopped: Sequence[Task], words: Sequence[str], user: str | None, flag: str | None
) -> None:
    """Print a note if words of a new task's description look like labels or like a time.

    `flag` is the option that sets such a time; if it is None, look only for labels.
    """
    if "--" in context.arguments:  # the words after it have no special meaning
        return
    text, labels, options = _split_labels([word for word in words if not is_tag_word(word)], task)
    text, typed, times = split_times(text) if flag else (text, [], "")
    if found := [quote_value(word) for word in (*typed, *labels)]:
        if flag is None or not times:
            hint = f"to set {'them' if labels[1:] else 'it'}, run: {_edit_line(task, text, options, user)}"
        elif start := _find_start(times, task, stopped, context.now):
            line = _repeat_line(context, task, [*(text or _EXAMPLE), *options], start, user)
            hint = f"to correct this, run: {undo_command(context, user, task)} && {line}"
        else:
            hint = f"to correct this, run: {_edit_line(task, text or _EXAMPLE, options, user)}"
        message = f"{' and '.join(found)} {'are' if found[1:] else 'is'} part of the description"
        context.print_note(message, hint)


def _split_labels(words: Sequence[str], task: Task) -> tuple[list[str], list[str], list[str]]:
    """Return the remaining words, the words that look like labels, and the options that set these labels."""
    text, labels, options = list[str](), list[str](), list[str]()
    has_project = task.project is not None
    for word in words:
        option = _label_option(word)
        if not option or (option[0] == "-p" and has_project):
            text.append(word)
            continue
        has_project = has_project or option[0] == "-p"
        labels.append(word)
        options += option
    return text, labels, options


def _label_option(word: str) -> list[str]:
    with suppress(InvalidValue):
        if match := re.fullmatch(_LABEL, word, re.IGNORECASE):
            return ["-p", parse_project(match[2])] if match[1] else [f"+{parse_tag(match[2])}"]
    return []


def _find_start(times: str, task: Task, stopped: Sequence[Task], now: datetime) -> str | None:
    """Return the times, or the first of them, if the command that stored a task and stopped others would accept it."""
    for value in (times, times.partition("-")[0]):
        with suppress(TasktimerError):
            start, end = parse_start_and_end(value, None, now)
            is_later = start is not None and all(other.start_time < start for other in stopped)
            if task.running and start is not None and (is_later if end is None else start < end <= now):
                return value
    return None


def _repeat_line(context: Context, task: Task, words: Sequence[str], times: str, user: str | None) -> str:
    """Return the command that stores a task like `task`, but with these words and times."""
    switches = "switch" in context.arguments[:1] and "-" not in times  # --at of switch accepts no range
    line = ["tasktimer", "switch" if switches else "track", *words, *(f"+{tag}" for tag in task.tags)]
    for option, value in (("-p", task.project), ("--note", task.note), ("--user", user)):
        line += [] if value is None else [option, value]
    line += [flag for flag in ("--parallel", "--adjust") if flag in context.arguments]
    return join([*line, "--at" if switches else "--start", times])


def _edit_line(task: Task, text: Sequence[str], options: Sequence[str], user: str | None) -> str:
    described = ["--description", " ".join(text)] if text else []
    owner = [] if user in (None, ALL_USERS) else ["--user", str(user)]
    return join(["tasktimer", "edit", str(task.id), *described, *options, *owner])
