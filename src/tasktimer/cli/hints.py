"""Hints for errors of services and stores, which do not know the interface: from the code and context of the error."""

from collections.abc import Callable, Mapping
from typing import Any

from tasktimer.errors import TasktimerError

QUOTE_VALUE = "put quotes around a value of several words: 'monday 9:00'"

_START = 'start a task: tasktimer track "write docs"'
_HISTORY = "show what was done: tasktimer history"
_BACKUP = "give the path of a backup: tasktimer restore COPY"
_RESTORE = "restore a backup: tasktimer --database {path} restore COPY"

_ENCODING = "use the encoding of your locale, preferably UTF-8"


def hint_for(error: TasktimerError) -> str | None:
    """Return the hint of the error itself, else the one for its code and context."""
    if error.hint:
        return error.hint
    hint = HINTS.get(error.code)
    return hint(error.context) if callable(hint) else hint and hint.format_map(error.context)


def _task_not_found_hint(context: Mapping[str, Any]) -> str:
    if "id" not in context:  # no task ever had this ID
        return "list the tasks of today with their IDs: tasktimer times"
    if context["way_back"] is None:
        return "show what was done to it: tasktimer history {id}".format_map(context)
    return f"restore it: tasktimer {context['way_back']}{_user_flag(context['user'])}"


def _undo_conflict_hint(context: Mapping[str, Any]) -> str:
    history = f"show what was done to it: tasktimer history {context['id']}"
    if context["user"] is not None:
        earlier = ", or undo an earlier command: tasktimer undo --command N" if context["in_order"] else ""
        return f"ask user {context['user']} to undo that first{earlier}"
    if (own := context["own"]) is not None:
        return f"first run: tasktimer {'redo' if own.reverted_entry_id else f'undo --command {own.id}'}"
    return history


def _nothing_to_undo_hint(context: Mapping[str, Any]) -> str:
    if "user" not in context:
        return _HISTORY
    return f"add{_user_flag(context['user'])} for the last command, {context['command']}"


def _reversal_hint(context: Mapping[str, Any]) -> str:
    if context["name"] == "redo":
        return f"undo what it repeated: tasktimer undo --command {context['reverses']}"
    return "redo what it undid: tasktimer redo"


def _by_field(otherwise: str, **hints: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that fills in the hint for the first of these fields that the context has."""

    def hint(context: Mapping[str, Any]) -> str:
        return next((text for field, text in hints.items() if field in context), otherwise).format_map(context)

    return hint


def _user_flag(user: int | None) -> str:
    return "" if user is None else f" --user {user}"


# Fields in braces are filled in from the context of the error.
HINTS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "already-revoked": "list the tokens: tasktimer token list",
    "already-stopped": "to change its end, run: tasktimer edit {id} --end WHEN",
    "already-undone": _HISTORY,
    "backup-failed": "use a writable path: tasktimer backup PATH",
    "backup-incomplete": "make a complete copy first: tasktimer --database {path} backup NEW_COPY",
    "backup-is-database": _BACKUP,
    "backup-not-found": _BACKUP,
    "undo-conflict": _undo_conflict_hint,
    "clock-before-start": "correct the clock, or the start of the task: tasktimer edit {id} --start '15m ago'",
    "command-is-reversal": _reversal_hint,
    "command-not-found": "list the commands with their numbers: tasktimer history",
    "end-and-duration": "omit --for, or give an end time instead of none",
    "end-without-start": "add --at or --for",
    "end-before-start": "use a later end; a time on another day needs its date, such as 'yesterday 17:30'",
    "filter-without-all": "add --all to stop all running tasks that match",
    "tasks-not-adjacent": "add --yes to include the time between them",
    "invalid-config": "set HOME to your own home directory, or use tasktimer --database PATH list",
    "invalid-date-range": "use --from and --to, each with a date, a date range or a time",
    "invalid-user": "use --user N",
    "last-end-in-future": "set the start with --at; it is {now} now",
    "no-gap-and-start": "use either --at or --no-gap",
    "project-not-found": "list the projects: tasktimer projects",
    "tag-not-found": "list the tags: tasktimer tags",
    "missing-user": "use --user N, or set TASKTIMER_USER, or user in the config file",
    "multiple-days": "select tasks of one day, or add the date, as in --{bound} '{time}'",
    "no-home-directory": "set HOME or TASKTIMER_DATABASE, or use tasktimer --database PATH list",
    "not-running": "delete a task that has ended: tasktimer delete {id}",
    "no-ended-task": "set the start with --at",
    "nothing-running": _START,
    "nothing-to-resume": _START,
    "nothing-to-undo": _nothing_to_undo_hint,
    "store-damaged": _by_field(
        "restore a backup: tasktimer restore COPY",
        task="restore a backup with tasktimer restore COPY, or correct the record with sqlite3 or psql",
        path=_RESTORE,
    ),
    "store-missing": _START,
    "store-no-locks": "nothing was changed; move it to a local disk and use it there: tasktimer --database PATH list",
    "store-not-a-file": "use --database with the path of a regular file",
    "store-read-only": _by_field(
        "read a copy: mkdir ~/tasktimer-copy && cp {sources} ~/tasktimer-copy && "
        "tasktimer --database ~/tasktimer-copy/{name} list",
        # Rolls back a journal, and switches the file of a killed server back to rollback-journal mode.
        owner="finish it as that user: sudo -u {owner} tasktimer --database {path} db upgrade",
    ),
    "store-too-new": "upgrade tasktimer, or use another file with --database; this one was not changed",
    "store-too-old": _by_field(
        "upgrade it first: tasktimer db upgrade, or serve --migrate",
        read_only="copy it to a writable folder and use the copy with --database; this one was not changed",
        shared="upgrade it once every user has this version: tasktimer --database URL db upgrade",
    ),
    "store-unrecognized": _by_field("use another file with --database; this one was not changed", path=_RESTORE),
    "store-unusable": "fix this, or use another file with --database",
    "commit-uncertain": "check whether it was stored before trying again: tasktimer history, or tasktimer token list",
    "switch-before-start": "use a later time, or first run: tasktimer cancel {id}",
    "tag-not-set": "omit --remove-tag {tag}",
    "task-not-found": _task_not_found_hint,
    "task-of-other-user": "omit --user, or use --user {user}",
    "token-not-found": "list the tokens: tasktimer token list",
    "incompatible-tasks": "set the same {field} for both with tasktimer edit",
    **{f"undecodable-{noun}": _ENCODING for noun in ("description", "project", "tag", "note", "search")},
}
