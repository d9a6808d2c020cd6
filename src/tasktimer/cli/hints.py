"""Command-line messages and hints for the interface-independent errors of services and stores."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from shlex import join, quote
from typing import Any

from tasktimer.cli import import_hints
from tasktimer.cli.repeated_options import repeat_options
from tasktimer.errors import TasktimerError

QUOTE_VALUE = "put quotes around a value that contains spaces: 'monday 9:00'"

_START = 'to start a task, run: tasktimer track "write docs"'
_START_ANOTHER = 'to start another task, run: tasktimer switch "write docs"'
_HISTORY = "to show past commands, run: tasktimer history"
_TOKENS = "to list the tokens, run: tasktimer token list --user all"  # a shared database requires the option
_BACKUP = "give the path of a backup: tasktimer restore COPY"
_RESTORE = "to restore a backup, run: tasktimer --database {path} restore COPY"
_MISPLACED = (
    "filter-without-all",
    "import-file-unreadable",
    "ids-and-filter",
    "invalid-date-range",
    "invalid-id",
    "invalid-tag",
    "invalid-time",
)  # codes of errors due to misplaced arguments
_ENCODING = "use the encoding of your locale, preferably UTF-8"


# Messages that mention options, by error code.
MESSAGES = {
    "flatten-and-format": "--flatten is only for --to timewarrior",
    "ids-and-all": "task IDs cannot be used with --all",
    "ids-and-filter": "task IDs cannot be used with options that select tasks",
    "no-gap-and-start": "--start and --no-gap cannot be used together",
    "spreadsheets-and-format": "--for-spreadsheets is only for --to csv",
}


def message_for(error: TasktimerError) -> str:
    """Return the command-line message for an error's code, or else the error's own message."""
    return MESSAGES.get(error.code, error.message)


def hint_for(error: TasktimerError, arguments: Sequence[str] = (), now: datetime | None = None) -> str | None:
    """Return a hint for an error; it may repeat or correct the arguments of the command, which failed at `now`."""
    hint = _correction(error, arguments, now) or _hint(error, arguments)
    return hint and repeat_options(hint, arguments)


def _correction(error: TasktimerError, arguments: Sequence[str], now: datetime | None) -> str | None:
    """Return a hint that depends on the command or its arguments, such as a corrected command line, or None."""
    if error.code == "start-in-future" and "switch" in arguments[:1]:
        return "use a time between the start of the running task and now, or omit --at"
    if error.code.startswith("import-") and (hint := import_hints.find_import_hint(error, arguments)):
        return hint
    is_late_stop = error.code == "end-in-future" and "stop" in arguments[:1]
    if now is None or (error.code not in (*_MISPLACED, "invalid-date") and not is_late_stop):
        return None
    from tasktimer.cli.corrections import correct, suggest, suggest_time  # lazy: the parser of every command

    if is_late_stop:
        line = correct(arguments, now)
        return line and f"if it was yesterday, run: {line}"
    return (suggest(arguments, now) if error.code in _MISPLACED else None) or suggest_time(arguments, now)


def _hint(error: TasktimerError, arguments: Sequence[str]) -> str | None:
    if error.hint:
        return error.hint
    hint = HINTS.get(error.code)
    context = {**error.context, "arguments": arguments}
    return hint(context) if callable(hint) else hint and hint.format_map(context)


def _task_not_found_hint(context: Mapping[str, Any]) -> str:
    if "id" not in context:  # no task has ever had this ID
        return "to list today's tasks with their IDs, run: tasktimer times"
    if context["way_back"] is None:
        return "to show its history, run: tasktimer history {id}".format_map(context)
    return f"to restore it, run: tasktimer {context['way_back']}{_user_flag(context['user'])}"


def _undo_conflict_hint(context: Mapping[str, Any]) -> str:
    history = f"to show its history, run: tasktimer history {context['id']}"
    if context["user"] is not None:
        earlier = "; to undo an earlier command, run: tasktimer undo --command N" if context["in_order"] else ""
        return f"ask user {context['user']} to undo that command first{earlier}"
    if (own := context["own"]) is not None:
        command = f"redo{_user_flag(context['owner'])}" if own.reverted_entry_id else f"undo --command {own.id}"
        return f"first run: tasktimer {command}"
    return history


def _nothing_to_undo_hint(context: Mapping[str, Any]) -> str:
    if "user" not in context:
        return _HISTORY
    undo = f"tasktimer undo{_user_flag(context['user'])}"
    return f"the last command ({context['command']}) is user {context['user']}'s; to undo it, run: {undo}"


def _end_before_start_hint(context: Mapping[str, Any]) -> str:
    if context["kept"] is None:
        return "use a later end, or an earlier start, such as 'yesterday 17:30'"
    if context["id"] is None:  # --no-gap set the start
        return "use a later end, or --start instead of --no-gap"
    return "use a later end, or also change the start with --start"


def _too_many_buckets_hint(context: Mapping[str, Any]) -> str:
    larger = "" if "--calendar" in context["arguments"] else f"--by {context['larger']}, or "
    return f"use {larger}a shorter range"


def _reversal_hint(context: Mapping[str, Any]) -> str:
    if context["name"] == "redo":
        return f"to undo the command that it repeated, run: tasktimer undo --command {context['reverses']}"
    return f"to redo the command that it undid, run: tasktimer redo{_user_flag(context['user'])}"


def _multiple_users_hint(context: Mapping[str, Any]) -> str:
    arguments, option = list(context["arguments"]), ["--user", str(context["users"][0])]
    if not arguments:
        return f"use one of them, as with {' '.join(option)}"
    end = arguments.index("--") if "--" in arguments else len(arguments)
    line = join(["tasktimer", *arguments[:end], *option, *arguments[end:]])
    return f"set TASKTIMER_USER, or user in the config file, or run: {line}"


def _incompatible_tasks_hint(context: Mapping[str, Any]) -> str:
    field, (first, second) = context["field"], context["tasks"]
    option = "-p" if field == "project" else f"--{field}"
    return f"to use the same {field} for both, run: tasktimer edit {second.id} {option} {quote(getattr(first, field))}"


def _date_range_hint(context: Mapping[str, Any]) -> str:
    if "gaps" in context["arguments"][:1]:  # its --from and --to are times of day
        return "use a single date range, such as week, 2026-W34 or 'last 7 days'"
    return "use --from and --to, each with a date, a date range or a time"


def _by_field(otherwise: str, **hints: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that selects a hint by the fields in an error's context, and fills it in."""

    def hint(context: Mapping[str, Any]) -> str:
        return next((text for field, text in hints.items() if field in context), otherwise).format_map(context)

    return hint


def _user_flag(user: int | None) -> str:
    return "" if user is None else f" --user {user}"


# Fields in braces are filled in from the error's context.
HINTS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "already-revoked": _TOKENS,
    "already-running": _by_field(
        "to stop it and resume the task before it, run: tasktimer switch -",
        first=_START_ANOTHER,
    ),
    "already-stopped": "to change its end, for example to now, run: tasktimer edit {id} --end now",
    "already-undone": _HISTORY,
    "backup-failed": "use a writable path: tasktimer backup PATH",
    "backup-incomplete": "to make a complete copy first, run: tasktimer --database {path} backup NEW_COPY",
    "backup-is-database": _BACKUP,
    "backup-not-found": _BACKUP,
    "clock-before-start": "correct the clock, or change the start, for example: tasktimer edit {id} --start '15m ago'",
    "command-is-reversal": _reversal_hint,
    "command-not-found": "to list the commands with their numbers, run: tasktimer history",
    "commit-uncertain": "before trying again, look for the change with tasktimer history or tasktimer token list",
    "config-changed": "to edit the current file, run: tasktimer config edit",
    "editor-failed": "to use another editor, run: EDITOR=nano tasktimer config edit",
    "empty-task": _by_field(
        "use a later end, and check its offset if it has one: it is {offset} here",
        running="use a later time, and check its offset if it has one: it is {offset} here; "
        "to delete the task, run: tasktimer cancel {running}",
    ),
    "end-and-duration": "omit --for, or give an end time instead of 'none'",
    "end-before-start": _end_before_start_hint,
    "end-without-start": "add --start or --for",
    "export-overlaps": "add --flatten to cut a task while another one is running",
    "file-exists": lambda context: (
        f"use the path of a new file{', or add --force to overwrite it' if 'export' in context['arguments'] else ''}"
    ),
    "filter-without-all": "add --all to stop all running tasks that match",
    **import_hints.HINTS,
    "flatten-and-format": "omit one of them",
    "incompatible-tasks": _incompatible_tasks_hint,
    "invalid-config": "set HOME to your own home directory, or use --database, as in tasktimer --database PATH list",
    "invalid-date-range": _date_range_hint,
    "invalid-user": "use --user with a user number or name",
    "last-end-in-future": "set the start with --start; it is {now} now",
    "missing-user": "use --user N, or set TASKTIMER_USER or user in the config file",
    "multiple-days": "select tasks that start on the same day, or add the date, as in --{bound} '{time}'",
    "multiple-users": _multiple_users_hint,
    "no-ended-task": "set the start with --start",
    "no-gap-and-start": "omit one of them",
    "no-home-directory": "set HOME or TASKTIMER_DATABASE, or use --database, as in tasktimer --database PATH list",
    "not-running": "to delete a finished task, run: tasktimer delete {id}",
    "nothing-running": lambda context: f"{_START}{_user_flag(context['user'])}",
    "nothing-to-resume": _START_ANOTHER,
    "nothing-tracked": _START,
    "nothing-to-undo": _nothing_to_undo_hint,
    "multiple-running": "select one of them, or all",
    "project-not-found": "to list the projects, run: tasktimer projects",
    "rounding-requires-each": "add --each to round the time of each task",
    "rows-rejected": import_hints.rows_rejected_hint,
    "setting-not-set": "to show all settings, run: tasktimer config",
    "spreadsheets-and-format": "omit one of them",
    "token-access": "use either --admin or --reports",
    "store-damaged": _by_field(
        "to restore a backup, run: tasktimer restore COPY",
        task="restore a backup with tasktimer restore COPY, or correct the record with sqlite3 or psql",
        path=_RESTORE,
    ),
    "store-missing": _START,
    "store-no-locks": "nothing was changed; move the file to a local disk, and run: tasktimer --database PATH list",
    "store-not-a-file": "use --database with the path of a regular file",
    "store-read-only": _by_field(
        "to read a copy, run: mkdir ~/tasktimer-copy && cp {sources} ~/tasktimer-copy && "
        "tasktimer --database ~/tasktimer-copy/{name} list",
        # The command rolls back a journal, and switches a killed server's file back to rollback-journal mode.
        owner="to recover it as that user, run: sudo -u {owner} tasktimer --database {path} db upgrade",
    ),
    "store-too-new": "upgrade tasktimer, or use another file with --database; this one was not changed",
    "store-too-old": _by_field(
        "to upgrade it, run: tasktimer db upgrade, or serve with --migrate",
        read_only="copy the file to a writable folder, and use the copy with --database; nothing was changed",
        shared="once every user has this version, run: tasktimer --database URL db upgrade",
    ),
    "store-unrecognized": _by_field("use another file with --database; this one was not changed", path=_RESTORE),
    "store-unusable": "fix this, or use another file with --database",
    "switch-before-start": "use a later time, or first run: tasktimer cancel {id}",
    "tag-not-found": "to list the tags, run: tasktimer tags",
    "tag-not-set": "omit --remove-tag {tag}",
    "task-not-found": _task_not_found_hint,
    "task-of-other-user": "omit --user, or use --user {owner}",
    "tasks-not-adjacent": "add --yes to include the time between them",
    "user-has-name": "to change it, run: tasktimer user rename NAME NEW-NAME",
    "user-name-taken": "to list the users, run: tasktimer user list",
    "user-not-found": "to list the users, run: tasktimer user list",
    "token-not-found": _TOKENS,
    **{f"undecodable-{noun}": _ENCODING for noun in ("description", "project", "tag", "note", "search", "value")},
    "too-many-buckets": _too_many_buckets_hint,
    "undo-conflict": _undo_conflict_hint,
}
