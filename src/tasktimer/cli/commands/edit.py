"""`tasktimer edit`: change tasks."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from tasktimer.cli.commands._adjust import Adjust, adjust_error, confirm_removals
from tasktimer.cli.commands._bulk import BulkOperation, SelectedTasks
from tasktimer.cli.commands._moved_options import question_hint, selection_hint
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, filter_options
from tasktimer.cli.notes import warn_edited_overlaps, warn_long_tasks, warn_old_starts
from tasktimer.cli.options import AnyUser, Json, Yes, argument, flag, option, parse_ids
from tasktimer.cli.results import write_tasks
from tasktimer.cli.selection import DryRun, From, To, parse_window, tasks_by_id, validate_selection
from tasktimer.cli.task_times import split_start
from tasktimer.core.journal import Change
from tasktimer.core.local_time import is_future
from tasktimer.core.task import Task
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.errors import Conflict, EndBeforeStart, InvalidValue
from tasktimer.output import changes as output_changes
from tasktimer.output.formatting import format_with_date
from tasktimer.services import edit as edit_service
from tasktimer.services.adjust import edit_adjusting
from tasktimer.services.task_times import TaskTimeResolver

EPILOG = """\
Examples:
  tasktimer edit 7 --end 17:30                  correct the end time
  tasktimer edit last --end 17:30               the task that you started last
  tasktimer edit 7 --start 9:00 --for 90m       correct the start and the duration
  tasktimer edit 7 --end none                   mark the task as running again
  tasktimer edit 7 +docs --remove-tag later     add and remove tags
  tasktimer edit 7 8 -p acme                    change both tasks
  tasktimer edit 7 --start 9:00 --adjust        cut overlapping tasks
  tasktimer edit --where project:acme +client   change all tasks in a project
  tasktimer edit --search invoice -p office --dry-run
  tasktimer edit --from 'last week' --to yesterday --untagged +misc

WHEN and DURATION take the same forms as for tasktimer track, except that a
start without a date refers to the day on which the task starts, and an end
without a date to the first such time after the start. A time without a date
is rejected if the tasks start on different days. --for sets the end or, with
--end, the start.

--adjust cuts, splits or removes the tasks that overlap the given ones, as
with tasktimer track. Without other options, it leaves the given tasks unchanged.

Instead of giving IDs, you can select tasks with the filter options, such as
--search or --where, and with --from and --to, which take the same forms as
for tasktimer list and include tasks that fall only partly within the range.
-p and -t set the project and add tags; to select tasks by project or tag, use
--where. The changes are shown and must be confirmed, unless you pass --yes.
In earlier versions, --project and --tag selected tasks, so changes made with
them must be confirmed even with --yes; -p and -t avoid this. If any task
cannot be changed, none is.

Output: the changes on a terminal, the IDs when piped, or a list of tasks as
JSON with --json.
"""

_NO_CHANGES_HINT = (
    "give at least one change: --start, --end, --for, --description, -p, --no-project, +TAG, --remove-tag, --note, "
    "--no-note or --adjust"
)

IdsAndTags = Annotated[
    list[str] | None,
    argument("[ID...] [+TAG...]", "IDs of the tasks to change, or last, and tags to add.", "id_or_tag"),
]
StartTime = Annotated[
    str | None, option("--start", "WHEN", "New start time. A bare 8:30 means 8:30 on the day the task starts.", "time")
]
EndTime = Annotated[
    str | None,
    option(
        "--end",
        "WHEN|none",
        "New end time, or none to mark the task as running again. A bare 17:30 means the first 17:30 after the start.",
        "end",
    ),
]
Duration = Annotated[str | None, option("--for", "DURATION", "New duration.")]
Description = Annotated[str | None, option("--description", "TEXT", "New description.")]
Project = Annotated[str | None, option("-p", "NAME", "New project.", "project")]
LongProject = Annotated[
    str | None, option("--project", "NAME", "Same as -p, but --yes does not skip the confirmation.", "project")
]
NoProject = Annotated[bool, flag("--no-project", "Remove the project.")]
Tags = Annotated[list[str] | None, option("-t", "TAG", "Tag to add, same as +TAG; can be repeated.", "tag")]
LongTags = Annotated[
    list[str] | None, option("--tag", "TAG", "Same as -t, but --yes does not skip the confirmation.", "tag")
]
RemovedTags = Annotated[list[str] | None, option("--remove-tag", "TAG", "Tag to remove; can be repeated.", "tag")]
Note = Annotated[str | None, option("--note", "TEXT", "New note.")]
NoNote = Annotated[bool, flag("--no-note", "Remove the note.")]


@filter_options(labels=False)
def edit(
    ctx: typer.Context,
    words: IdsAndTags = None,
    start: StartTime = None,
    end: EndTime = None,
    length: Duration = None,
    description: Description = None,
    project: Project = None,
    long_project: LongProject = None,
    no_project: NoProject = False,
    tags: Tags = None,
    long_tags: LongTags = None,
    remove_tags: RemovedTags = None,
    note: Note = None,
    no_note: NoNote = False,
    adjust: Adjust = False,
    earliest: From = None,
    latest: To = None,
    task_filter: OptionalFilter = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Change the times, description, project, tags or note of tasks."""
    context: Context = ctx.obj
    numbers, added = _parse_words(context, words or (), [*(tags or ()), *(long_tags or ())], user)
    window = parse_window(None, earliest, latest, context.now)
    validate_selection(numbers, task_filter, window, selection_hint(ctx))
    project = _one_project(ctx, project, long_project)
    changes = _details(description, project, note, added, remove_tags, no_project=no_project, no_note=no_note)
    _validate_changes(changes, (start, end, length), adjust=adjust, has_ids=bool(numbers), dry_run=dry_run)
    times = partial(_times, *split_start(start, end), length, context.now)
    if numbers and not dry_run:
        changes |= times(lambda: tasks_by_id(context, numbers, user))
        _edit(context, numbers, changes, user, adjust=adjust, yes=yes, as_json=as_json)
    else:
        hint = None if numbers else question_hint(ctx)
        operation = BulkOperation(context, user, yes=yes, dry_run=dry_run, as_json=as_json, question_hint=hint)
        tasks = SelectedTasks(context, numbers, task_filter, window, user)
        operation.edit(tasks, changes | times(tasks.ends))


def _parse_words(
    context: Context, words: Sequence[str], tags: Sequence[str], user: str | None
) -> tuple[list[int], list[str]]:
    """Return the task IDs among the words, and the tags to add: the +TAG words, followed by `tags`."""
    ids = parse_ids(context, [word for word in words if not word.startswith("+")], user)
    return ids, [*(word for word in words if word.startswith("+")), *tags]


def _validate_changes(
    changes: edit_service.EditFields, times: Sequence[str | None], *, adjust: bool, has_ids: bool, dry_run: bool
) -> None:
    """Raise InvalidValue if there is nothing to change, or if --adjust is given without IDs or with --dry-run."""
    if not changes and not adjust and all(time is None for time in times):
        raise InvalidValue("no-changes", "no changes given", _NO_CHANGES_HINT)
    if adjust and (dry_run or not has_ids):
        raise adjust_error(dry_run=dry_run)


def _one_project(ctx: typer.Context, short: str | None, long: str | None) -> str | None:
    if short is not None and long is not None:
        hint = selection_hint(ctx) or "omit one of them"
        raise InvalidValue("project-twice", "-p and --project cannot be used together", hint)
    return long if short is None else short


def _edit(
    context: Context,
    numbers: Sequence[int],
    changes: edit_service.EditFields,
    user: str | None,
    *,
    adjust: bool,
    yes: bool,
    as_json: bool,
) -> None:
    actor, others = context.resolve_user(user).actor_for_ids, list[Change]()
    given = (context.store, actor, numbers, changes)
    try:
        if adjust:
            edit = partial(edit_adjusting, *given, allow_empty=False, now=context.now)
            pairs, others = confirm_removals(context, edit, yes=yes)
        else:
            pairs = edit_service.edit(*given, allow_empty=False, now=context.now)
    except EndBeforeStart as error:
        raise _suggest_move(context, error, user) from None
    text = partial(output_changes.format_edits, "Edited", pairs, context.now, others)
    write_tasks(context, [task for _, task in pairs], text, done="edited", as_json=as_json)
    warn_long_tasks(context, pairs, user)
    warn_old_starts(context, pairs, user)
    warn_edited_overlaps(context, pairs, user, adjusted=adjust)


def _suggest_move(context: Context, error: EndBeforeStart, user: str | None) -> Conflict:
    """Return the error or, if only the start was changed and the task can be moved, one with a hint to move it."""
    task_id, start = error.context["id"], error.context["start"]
    if error.context["kept"] != "end":
        return error
    (task,) = tasks_by_id(context, [task_id], user)
    if is_future(start + task.interval(context.now).duration, context.now):
        return error
    line = f"tasktimer move {task_id} '{format_with_date(start, context.zone)}'"
    return Conflict(error.code, error.message, f"{error.hint}; to move the whole task, run: {line}")


def _times(
    start: str | None, end: str | None, length: str | None, now: datetime, read: Callable[[], Sequence[Task]]
) -> edit_service.EditFields:
    times: edit_service.EditFields = {}
    if length is not None:
        times["duration"] = parse_duration(length)
    if start is end is None:
        return times
    day = TaskTimeResolver(now, read)
    if start is not None:
        times["start_time"] = day.start(start)
    if end is not None:
        runs = end.strip().lower() == "none"
        times["end_time"] = None if runs else day.end(end, start=times.get("start_time"), length=times.get("duration"))
    return times


def _details(
    description: str | None,
    project: str | None,
    note: str | None,
    added: Sequence[str],
    removed: Sequence[str] | None,
    *,
    no_project: bool,
    no_note: bool,
) -> edit_service.EditFields:
    details: edit_service.EditFields = {}
    if description is not None:
        details["description"] = description
    if project is not None or no_project:
        details["project"] = _one_of("-p", "project", project, none=no_project)
    if note is not None or no_note:
        details["note"] = _one_of("--note", "note", note, none=no_note)
    if added:
        details["add_tags"] = added
    if removed:
        details["remove_tags"] = removed
    return details


def _one_of(option: str, noun: str, text: str | None, *, none: bool) -> str | None:
    if text is not None and none:
        raise InvalidValue(f"{noun}-and-none", f"{option} and --no-{noun} cannot be used together", "omit one of them")
    if text is not None and not text.strip():
        raise InvalidValue(f"blank-{noun}", f"the {noun} is blank", f"to remove the {noun}, use --no-{noun}")
    return text
