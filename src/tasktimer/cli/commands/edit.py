"""`tasktimer edit`: change tasks."""

import shlex
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import From, To, filter_options
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.results import warn_long_tasks, write_tasks
from tasktimer.cli.selection import DryRun, Yes, parse_ids, parse_window, tasks_by_id, validate_selection
from tasktimer.core.task import Task
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.errors import InvalidValue
from tasktimer.services import edit as edit_service

if TYPE_CHECKING:  # lazy: filters and labels
    from tasktimer.core.task_filter import TaskFilter

EPILOG = """\
Examples:
  tasktimer edit 7 --end 17:30                  correct the end
  tasktimer edit 7 --start 9:00 --for 90m       correct start and duration
  tasktimer edit 7 --end none                   make it run again
  tasktimer edit 7 +docs --remove-tag later     add and remove tags
  tasktimer edit 7 8 -p acme                    both, or neither
  tasktimer edit --project acme +client         every task of a project
  tasktimer edit --search invoice -p office --dry-run
  tasktimer edit --from 'last week' --to yesterday --untagged +misc

WHEN and DURATION are written as for track, but a bare time of day refers to
the day on which the task starts; as an end, it is the first one after the
start. If the tasks start on different days, it is an error. --for sets the
end, or with --end the start.

Instead of IDs, select tasks with the options that begin with "Only":
--project and --tag select tasks, -p and -t change them. --from and --to are
written as for list; tasks that only partly fall in the range are included.
The changes are shown for confirmation first.

Prints the changes on a terminal, IDs on a pipe, a list of tasks with --json.
"""

_NO_CHANGES_HINT = (
    "use --start, --end, --for, --description, -p or --no-project, +TAG or --remove-tag, --note or --no-note; "
    "--project and --tag select tasks"
)
_SELECTION_HINT = "use -p and -t to change tasks; --project and --tag select tasks"

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@filter_options(short_flags=False)
def edit(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID...] [+TAG...]",
            help="IDs of tasks, and tags to add.",
            autocompletion=complete("id_or_tag"),
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="WHEN",
            help="Start time; 8:30 is on the day of the task.",
            autocompletion=complete("time"),
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            "--end",
            metavar="WHEN|none",
            help="End time; 17:30 is the first one after the start, none makes the task run again.",
            autocompletion=complete("end"),
        ),
    ] = None,
    length: Annotated[str | None, typer.Option("--for", metavar="DURATION", help="Duration.")] = None,
    description: Annotated[str | None, typer.Option("--description", metavar="TEXT", help="Description.")] = None,
    project: Annotated[
        str | None, typer.Option("-p", metavar="NAME", help="Project.", autocompletion=complete("project"))
    ] = None,
    no_project: Annotated[bool, typer.Option("--no-project", help="Remove the project.", show_default=False)] = False,
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "-t", metavar="TAG", help="Tag to add, like +TAG; can be repeated.", autocompletion=complete("tag")
        ),
    ] = None,
    remove_tags: Annotated[
        list[str] | None,
        typer.Option(
            "--remove-tag", metavar="TAG", help="Tag to remove; can be repeated.", autocompletion=complete("tag")
        ),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Note.")] = None,
    no_note: Annotated[bool, typer.Option("--no-note", help="Remove the note.", show_default=False)] = False,
    earliest: From = None,
    latest: To = None,
    task_filter: "TaskFilter | None" = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Change tasks: times, description, project, tags and note."""
    context: Context = ctx.obj
    marked = [word for word in words or () if word.startswith("+")]
    numbers = parse_ids(context, [word for word in words or () if not word.startswith("+")])
    window = parse_window(context, earliest, latest)
    hint = _selection_hint(ctx) if numbers and task_filter else _SELECTION_HINT
    validate_selection(numbers, task_filter, window, hint)
    changes: edit_service.EditFields = {
        **_texts(description, project, note, no_project=no_project, no_note=no_note),
        **_tags([*marked, *(tags or ())], remove_tags or ()),
    }
    if not changes and start is end is length is None:
        raise InvalidValue("nothing-asked", "no changes given", _NO_CHANGES_HINT)
    if numbers and not dry_run:
        times = _times(start, end, length, context.now, lambda: tasks_by_id(context, numbers, user))
        _edit(context, numbers, {**changes, **times}, user, as_json=as_json)
        return
    from tasktimer.cli.commands._bulk import BulkOperation  # lazy: filters and labels

    operation = BulkOperation(context, user, yes=yes, dry_run=dry_run, as_json=as_json)
    tasks = operation.select_tasks(numbers, task_filter, window)
    times = _times(start, end, length, context.now, tasks.ends)
    operation.edit(tasks, {**changes, **times})


def _selection_hint(ctx: typer.Context) -> str:
    """Return a hint with -p and -t instead of --project and --tag, if no other option is given."""
    options = {name: value for name, value in ctx.params.items() if value not in (None, False, (), [])}
    if not options.keys() <= {"words", "of_project", "with_tags"}:
        return _SELECTION_HINT
    line = ["tasktimer", "edit", *options["words"]]
    line += ["-p", options["of_project"]] if "of_project" in options else []
    line += [word for tag in options.get("with_tags", ()) for word in ("-t", tag)]
    return f"--project and --tag select tasks; did you mean: {shlex.join(line)}"


def _edit(
    context: Context, numbers: Sequence[int], changes: edit_service.EditFields, user: str | None, *, as_json: bool
) -> None:
    actor = context.resolve_user(user).actor_for_ids
    pairs = edit_service.edit(context.store, actor, numbers, changes, now=context.now)

    def sentences() -> str:
        from tasktimer.output import edits  # lazy: what people see

        return edits.format_edits("Edited", pairs, context.now)

    write_tasks(context, [task for _, task in pairs], sentences, done="edited", as_json=as_json)
    warn_long_tasks(context, pairs, user)


def _times(
    start: str | None, end: str | None, length: str | None, now: datetime, read: Callable[[], Sequence[Task]]
) -> edit_service.EditFields:
    times: edit_service.EditFields = {}
    if length is not None:
        times["duration"] = parse_duration(length)
    if start is end is None:
        return times
    from tasktimer.services.task_times import TaskTimeResolver  # lazy: typed times

    day = TaskTimeResolver(now, read)
    if start is not None:
        times["start_time"] = day.start(start)
    if end is not None:
        runs = end.strip().lower() == "none"
        times["end_time"] = None if runs else day.end(end, start=times.get("start_time"), length=times.get("duration"))
    return times


def _texts(
    description: str | None, project: str | None, note: str | None, *, no_project: bool, no_note: bool
) -> edit_service.EditFields:
    texts: edit_service.EditFields = {}
    if description is not None:
        texts["description"] = description
    if project is not None or no_project:
        texts["project"] = _one_of("project", project, none=no_project)
    if note is not None or no_note:
        texts["note"] = _one_of("note", note, none=no_note)
    return texts


def _one_of(noun: str, text: str | None, *, none: bool) -> str | None:
    if text is not None and none:
        raise InvalidValue(f"{noun}-and-none", f"a {noun} and --no-{noun} are both given", "use one of them")
    if text is not None and not text.strip():
        raise InvalidValue(f"blank-{noun}", f"the {noun} is blank", f"use --no-{noun} to remove it")
    return text


def _tags(added: Sequence[str], removed: Sequence[str]) -> edit_service.EditFields:
    tags: edit_service.EditFields = {}
    if added:
        tags["add_tags"] = added
    if removed:
        tags["remove_tags"] = removed
    return tags
