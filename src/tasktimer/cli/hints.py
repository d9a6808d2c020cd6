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
    return hint(error.facts) if callable(hint) else hint and hint.format_map(error.facts)


def _about_a_missing_task(facts: Mapping[str, Any]) -> str:
    if "id" not in facts:  # it never was there
        return "tasktimer times shows the tasks of a day with their ids"
    if facts["way_back"] is None:
        return "tasktimer history {id} shows what was done to it".format_map(facts)
    return f"tasktimer {facts['way_back']}{_flag(facts['user'])} brings it back"


def _about_a_change_since(facts: Mapping[str, Any]) -> str:
    way_out = ""
    if facts["user"] is not None:
        way_out = f"; user {facts['user']} can take that back first"
        way_out += ", or tasktimer undo --command NR takes back an earlier one" if facts["in_order"] else ""
    elif (own := facts["own"]) is not None:
        way_out = f"; first: tasktimer {'redo' if own.reverses else f'undo --command {own.id}'}"
    return f"tasktimer history {facts['id']} shows what was done to it{way_out}"


def _about_nothing_to_undo(facts: Mapping[str, Any]) -> str:
    if "user" not in facts:
        return "tasktimer history shows what was done"
    return f"the last command is of user {facts['user']}: {facts['command']}; give{_flag(facts['user'])}"


def _about_a_reversal(facts: Mapping[str, Any]) -> str:
    instead = f"undo --command {facts['reverses']}" if facts["name"] == "redo" else "redo"
    return f"tasktimer {instead} may be what you want"


def _flag(user: int | None) -> str:
    return "" if user is None else f" --user {user}"


# With facts of the refusal in braces.
HINTS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "already-revoked": "nobody can use it any more",
    "already-stopped": "its end stays as it is",
    "already-undone": "tasktimer history shows what was done",
    "changed-since": _about_a_change_since,
    "clock-before-start": "correct the clock, or the start of the task: tasktimer edit {id} --start '15m ago'",
    "command-is-reversal": _about_a_reversal,
    "command-not-found": "tasktimer history shows their numbers",
    "end-before-start": "the end must come later; a time of another day needs its date, like 'yesterday 17:30'",
    "gap-between": "--yes joins them, and counts the time between",
    "invalid-user": "give --user N",
    "last-end-in-future": "it is {now} now; say when it started: --at",
    "no-such-project": "tasktimer projects shows those there are",
    "no-such-tag": "tasktimer tags shows those there are",
    "no-user": "give --user N, or set TASKTIMER_USER, or user in the config file",
    "not-running": "tasktimer delete {id} deletes a task that ended",
    "nothing-ended": "say when it started: --at",
    "nothing-running": _START,
    "nothing-to-resume": _START,
    "nothing-to-undo": _about_nothing_to_undo,
    "store-missing": _START,
    "store-uncertain": "see whether it is there before you try again: tasktimer history, or tasktimer token list",
    "switch-before-start": "give a later time, or first tasktimer cancel {id}",
    "task-not-found": _about_a_missing_task,
    "task-of-other-user": "leave out --user, or give the one whose task it is",
    "token-not-found": "see tasktimer token list",
    "unlike-tasks": "give one the {what} of the other: tasktimer edit",
}
