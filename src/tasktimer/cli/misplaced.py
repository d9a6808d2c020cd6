"""Notes about words of a description that look like a time or a label."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from shlex import join

from tasktimer.cli.context import Context
from tasktimer.cli.label_words import split_labels
from tasktimer.cli.project_words import edit_line, warn_project
from tasktimer.cli.task_times import parse_start_and_end
from tasktimer.cli.undo_hints import undo_command
from tasktimer.core.labels import is_tag_word
from tasktimer.core.task import Actor, Task
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.core.timeparse.time_words import TypedTimes, split_duration, split_times
from tasktimer.errors import TasktimerError, quote_value
from tasktimer.output.formatting import truncate
from tasktimer.services.queries import get_tasks

_EXAMPLE = ("write docs",)


def warn_description(
    context: Context, task: Task, stopped: Sequence[Task], words: Sequence[str], user: str | None, flag: str | None
) -> None:
    """Print a note if words of a new task's description look like labels or like a time.

    On a terminal, also print one if the first word is the name of a project. `flag` is the option that sets a time, or
    --for to look only for durations; if it is None, do not look for either.
    """
    if "--" in context.arguments:  # the words after it have no special meaning
        return
    if words[1:] == [] and re.fullmatch("[0-9]{1,18}", task.description):
        _warn_id(context, task, stopped, user)
        return
    described = [word for word in words if not is_tag_word(word)]
    text, labels, options = split_labels(described, has_project=task.project is not None)
    text, typed, times = _split_times(text, task, flag)
    if found := [quote_value(word) for word in (*typed, *labels)]:
        if times is None:
            hint = f"to set {'them' if labels[1:] else 'it'}, run: {edit_line(task, text, options, user)}"
        elif flag == "--for":
            length = times.options if task.start_time + parse_duration(times.duration or "0s") <= context.now else []
            line = edit_line(task, text or _EXAMPLE, [*options, *length], user)
            hint = f"to correct this, run: {line}"
        elif start := _find_start(times, task, stopped, context.now):
            line = _repeat_line(context, task, [*(text or _EXAMPLE), *options], start, user)
            hint = f"to correct this, run: {undo_command(context, user, task.user_id)} && {line}"
        else:
            hint = f"to correct this, run: {edit_line(task, text or _EXAMPLE, options, user)}"
        message = f"{' and '.join(found)} {'are' if found[1:] else 'is'} part of the description"
        context.print_note(message, hint)
    else:
        warn_project(context, task, words, user)


def _split_times(words: list[str], task: Task, flag: str | None) -> tuple[list[str], list[str], TypedTimes | None]:
    """Return the other words, those that are a time or a duration, and their meaning, for a task that has been stored.

    A duration means that the task has ended, unless it replaces running tasks.
    """
    if flag == "--for" and task.running:
        text, typed, duration = split_duration(words)
        return text, typed, TypedTimes(duration=duration) if duration else None
    if flag in ("--start", "--at"):
        text, typed, times = split_times(words)
        if times is None or times.start is not None or (task.running and flag == "--start"):
            return text, typed, times
    return words, [], None


def _warn_id(context: Context, task: Task, stopped: Sequence[Task], user: str | None) -> None:
    """Print a note if the description of a new task is the ID of an earlier one."""
    with suppress(TasktimerError):  # there is no such task
        actor = Actor(task.user_id, task.user_id)
        (meant,) = get_tasks(context.store, actor, [int(task.description)])
        if meant.id == task.id:
            return
        undo = undo_command(context, user, task.user_id)
        is_running = meant.running or any(other.id == meant.id for other in stopped)
        owner = "" if user is None else f" --user {user}"
        hint = f"to resume task {meant.id} instead, run: {undo} && tasktimer resume {meant.id}{owner}"
        hint = f"to undo this, run: {undo}" if is_running else hint
        message = f"{quote_value(task.description)} is the description of the new task, and also the ID of another one"
        context.print_note(f"{message}: {truncate(meant.description)}", hint)


def _find_start(times: TypedTimes, task: Task, stopped: Sequence[Task], now: datetime) -> TypedTimes | None:
    """Return the times, or the start, if the command that stored a task and stopped others would accept it."""
    for possible in (times, TypedTimes(times.start)):
        with suppress(TasktimerError):
            start, end = _parse_times(possible, now)
            is_later = start is not None and all(other.start_time < start for other in stopped)
            if task.running and start is not None and (is_later if end is None else start < end <= now):
                return possible
    return None


def _parse_times(times: TypedTimes, now: datetime) -> tuple[datetime | None, datetime | None]:
    start, end = parse_start_and_end(times.start, times.end, now)
    if times.duration is None:
        return start, end
    length = parse_duration(times.duration)
    end = now if start is None else start + length
    return end - length, end


def _repeat_line(context: Context, task: Task, words: Sequence[str], times: TypedTimes, user: str | None) -> str:
    """Return the command that stores a task like `task`, but with these words and times."""
    switches = (
        "switch" in context.arguments[:1] and {times.end, times.duration} == {None} and "--adjust" not in words
    )  # --at of switch accepts no range
    line = ["tasktimer", "switch" if switches else "track", *words, *(f"+{tag}" for tag in task.tags)]
    for option, value in (("-p", task.project), ("--note", task.note), ("--user", user)):
        line += [] if value is None else [option, value]
    line += [flag for flag in ("--parallel", "--adjust") if flag in context.arguments]
    return join([*line, *(["--at", times.start or ""] if switches else times.options)])
