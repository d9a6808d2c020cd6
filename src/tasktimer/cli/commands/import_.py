"""`tasktimer import`: import tasks from files of other time trackers."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import tzinfo
from itertools import count
from pathlib import Path
from shlex import join
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.commands._import_sources import find_source
from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, OneUser, Zone, argument, flag, option
from tasktimer.cli.results import write_record
from tasktimer.cli.undo_hints import undo_command
from tasktimer.errors import Conflict, InvalidValue
from tasktimer.formats.import_report import ImportResult
from tasktimer.output.formatting import pluralize
from tasktimer.services import imports

EPILOG = """\
Examples:
  tasktimer import ~/.timewarrior
  tasktimer import ~/.config/watson
  tasktimer import toggl.csv --tz America/New_York
  tasktimer import toggl.csv --dry-run        only say what would be added
  tasktimer import old.csv --rejects fix.csv  save the rows with mistakes
  timew export | tasktimer import -

The format is recognized by the content, unless you use --from. FORMAT is
timewarrior (a folder, a .data file or timew export), watson (a folder, frames
or state), klog, timetrap (its database or CSV), bartib, toggl or clockify
(detailed reports in CSV), org, or one of the formats of tasktimer export that
contain everything: json, jsonl or csv.

Times without a UTC offset are local times of --tz. If the file leaves
open whether 03/04 is 3 April or March 4, use --day-first or --month-first.

Rows that are not valid are listed and skipped; the exit code is then 1. If
a file cannot be read, nothing is imported. All files are imported as one
command, which tasktimer undo reverts. Importing the same rows again adds
nothing, even if you have edited or deleted their tasks since; --again brings
back the deleted ones. A running task ends when its row has got an end. Other
changes that you make in the other program are not applied to tasks that were
imported: a changed row is a new task or, if the file has an ID for each row,
as Watson and the database of Timetrap do, the task that is already there.
Tasks in a file of tasktimer keep their user, unless you set --user.

Output: what was added from each file. When piped, prints a line per file:
name, format, rows, tasks added, their time in seconds, rows that were already
there, rows that were rejected, and running tasks that were ended. --json
prints an object.
"""


def import_(
    ctx: typer.Context,
    files: Annotated[list[str], argument("FILE...", "Files or folders to import; - reads standard input.")],
    format_name: Annotated[
        str | None, option("--from", "FORMAT", "Format of the files.  (default: recognized)", "import_format")
    ] = None,
    tz: Zone = None,
    day_first: Annotated[bool, flag("--day-first", "Read 03/04 as 3 April.")] = False,
    month_first: Annotated[bool, flag("--month-first", "Read 03/04 as March 4.")] = False,
    encoding: Annotated[str | None, option("--encoding", "NAME", "Encoding of the files.  (default: utf-8)")] = None,
    again: Annotated[bool, flag("--again", "Also add tasks that were imported before and then deleted.")] = False,
    dry_run: Annotated[bool, flag("--dry-run", "Show what would be added without adding it.")] = False,
    rejects: Annotated[
        str | None, option("--rejects", "FILE", "Save the rows that cannot be imported in a new file.")
    ] = None,
    user: OneUser = None,
    as_json: Json = False,
) -> None:
    """Import tasks from files of other time trackers."""
    # Lazy: imports json, which is not needed to complete the names of commands.
    from tasktimer.cli.commands._rejected_rows import RejectedRows, validate_rejects_path

    context: Context = ctx.obj
    order = _resolve_order(day_first=day_first, month_first=month_first)
    path = None if rejects is None else validate_rejects_path(rejects, len(files))
    options = (*(["--tz", tz] if tz else []), *["--day-first"] * day_first, *["--month-first"] * month_first)
    zone = context.find_zone(tz)
    with ExitStack() as stack:
        sources = [find_source(context, name, encoding, stack) for name in files]
        opened = [
            imports.open_import(source, zone=zone, format_name=format_name, day_first=order) for source in sources
        ]
        rows = stack.enter_context(closing(RejectedRows(opened)))
        result = imports.import_files(
            context.store,
            context.resolve_user(user).owner,
            opened,
            keep_users=user is None,
            again=again,
            dry_run=dry_run,
            observer=rows,
            now=context.now,
        )
        done = _say_done(result) if result.entry_id is not None else None
        _print_duplicates(context, result, dry_run=dry_run)
        rows.print(done)  # first, so that the report remains visible below many rows
        _write(context, result, zone, user, done, as_json=as_json, dry_run=dry_run)
        if result.rejected:
            if path is None:
                raise _rejected_error(result)
            rows.save(path)
            raise _saved_error(result, path, options)


def _resolve_order(*, day_first: bool, month_first: bool) -> bool | None:
    """Return whether the day comes first in dates, or None if neither option is given."""
    if day_first and month_first:
        raise InvalidValue("date-orders", "--day-first and --month-first cannot be used together", "omit one of them")
    return day_first if day_first or month_first else None


def _write(
    context: Context,
    result: ImportResult,
    zone: tzinfo,
    user: str | None,
    done: str | None,
    *,
    as_json: bool,
    dry_run: bool,
) -> None:
    undo = None
    if result.first_user is not None:
        undo = undo_command(context, user, result.first_user)
    write_record(
        context,
        as_json=as_json,
        record=lambda: output.import_report.import_to_dict(result, zone, dry_run=dry_run),
        text=lambda: (
            output.import_report.format_import(result, zone, dry_run=dry_run) + ("To undo this, run:\n" if undo else "")
        ),
        command=undo,
        lines=lambda: output.import_report.import_to_tsv(result),
        done=done,
    )


def _print_duplicates(context: Context, result: ImportResult, *, dry_run: bool) -> None:
    """Print a note about added tasks that may be duplicates, unless the report on a terminal counts them."""
    count = sum(file.duplicates for file in result.files)
    if count and not context.is_terminal:
        added = "would have" if dry_run else "has" if count == 1 else "have"
        context.print_note(f"{pluralize(count, 'added task')} {added} the start and end of an earlier task")


def _say_done(result: ImportResult) -> str:
    ended = f", and ended {pluralize(result.ended, 'running task')}" if result.ended else ""
    return f"added {pluralize(result.added, 'task')}{ended}"


def _rejected_error(result: ImportResult) -> Conflict:
    """Return the error for rejected rows that are not saved."""
    first, *others = sorted(result.files, key=lambda file: not file.rejected)
    context = {
        "only_breaks": result.rejected == sum(file.breaks for file in result.files),
        "is_stream": not Path(first.name).is_file() and not Path(first.name).is_dir(),
        "other_files": [file.name for file in others],
        "rejects": next(name for name in _names_of_rejects() if not Path(name).exists()),
    }
    return Conflict("rows-rejected", _count_rejected(result), context=context)


def _names_of_rejects() -> Iterator[str]:
    yield "rejected-rows"
    yield from (f"rejected-rows-{number}" for number in count(2))


def _saved_error(result: ImportResult, path: Path, options: Sequence[str]) -> Conflict:
    """Return the error for rejected rows that are saved; its hint repeats the options for the times in the rows."""
    line = join(["tasktimer", "import", str(path), "--from", result.files[0].format_name, *options])
    message = f"{_count_rejected(result)}, and saved in {path}"
    return Conflict("rows-rejected", message, f"correct the rows, then run: {line}")


def _count_rejected(result: ImportResult) -> str:
    rows = sum(file.rows for file in result.files)
    return f"{result.rejected:,} of {pluralize(rows, 'row')} {'was' if result.rejected == 1 else 'were'} rejected"
