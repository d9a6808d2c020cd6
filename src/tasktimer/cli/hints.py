"""What to do on the command line about what a verb refused: it does not know by which door it was asked."""

from collections.abc import Callable, Mapping
from typing import Any

from tasktimer.errors import TasktimerError

_START = 'start a task: tasktimer track "write docs"'


def hint_for(error: TasktimerError) -> str | None:
    """What to do on the command line: what the refusal itself says, else what its code and its facts tell."""
    if error.hint:
        return error.hint
    hint = HINTS.get(error.code)
    return hint(error.context) if callable(hint) else hint and hint.format_map(error.context)


def _task_not_found_hint(context: Mapping[str, Any]) -> str:
    if "id" not in context:  # it never was there
        return "tasktimer times shows the tasks of a day with their ids"
    if context["way_back"] is None:
        return "tasktimer history {id} shows what was done to it".format_map(context)
    return f"tasktimer {context['way_back']}{_flag(context['user'])} brings it back"


def _undo_conflict_hint(context: Mapping[str, Any]) -> str:
    way_out = ""
    if context["user"] is not None:
        way_out = f"; user {context['user']} can take that back first"
        way_out += ", or tasktimer undo --command NR takes back an earlier one" if context["in_order"] else ""
    elif (own := context["own"]) is not None:
        way_out = f"; first: tasktimer {'redo' if own.reverted_entry_id else f'undo --command {own.id}'}"
    return f"tasktimer history {context['id']} shows what was done to it{way_out}"


def _nothing_to_undo_hint(context: Mapping[str, Any]) -> str:
    if "user" not in context:
        return "tasktimer history shows what was done"
    return f"the last command is of user {context['user']}: {context['command']}; give{_flag(context['user'])}"


def _reversal_hint(context: Mapping[str, Any]) -> str:
    instead = f"undo --command {context['reverses']}" if context["name"] == "redo" else "redo"
    return f"tasktimer {instead} may be what you want"


def _flag(user: int | None) -> str:
    return "" if user is None else f" --user {user}"


# With facts of the refusal in braces.
HINTS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "already-revoked": "nobody can use it any more",
    "already-stopped": "its end stays as it is",
    "already-undone": "tasktimer history shows what was done",
    "changed-since": _undo_conflict_hint,
    "clock-before-start": "correct the clock, or the start of the task: tasktimer edit {id} --start '15m ago'",
    "command-is-reversal": _reversal_hint,
    "command-not-found": "tasktimer history shows their numbers",
    "end-without-start": "add --at or --for",
    "end-before-start": "the end must come later; a time of another day needs its date, like 'yesterday 17:30'",
    "filter-without-all": "add --all to stop all running tasks that match",
    "gap-between": "--yes joins them, and counts the time between",
    "invalid-user": "give --user N",
    "last-end-in-future": "it is {now} now; say when it started: --at",
    "no-gap-and-start": "give either --at or --no-gap",
    "no-such-project": "tasktimer projects shows those there are",
    "no-such-tag": "tasktimer tags shows those there are",
    "no-user": "give --user N, or set TASKTIMER_USER, or user in the config file",
    "not-running": "tasktimer delete {id} deletes a task that ended",
    "nothing-ended": "say when it started: --at",
    "nothing-running": _START,
    "nothing-to-resume": _START,
    "nothing-to-undo": _nothing_to_undo_hint,
    "store-missing": _START,
    "store-uncertain": "see whether it is there before you try again: tasktimer history, or tasktimer token list",
    "switch-before-start": "give a later time, or first tasktimer cancel {id}",
    "task-not-found": _task_not_found_hint,
    "task-of-other-user": "leave out --user, or give the one whose task it is",
    "token-not-found": "see tasktimer token list",
    "unlike-tasks": "give one the {field} of the other: tasktimer edit",
}
