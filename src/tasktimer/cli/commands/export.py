"""`tasktimer export`: write tasks in the format of another program."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from io import TextIOWrapper
from typing import IO, Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, explain_empty, filter_options
from tasktimer.cli.options import AnyUser, Zone, argument, flag, option
from tasktimer.cli.progress import ProgressBar
from tasktimer.cli.results import write_record
from tasktimer.cli.selection import parse_window
from tasktimer.cli.streams import write_result
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.errors import InvalidValue
from tasktimer.formats.registry import WRITABLE, find_by_suffix
from tasktimer.output.formatting import escape_for_terminal, pluralize
from tasktimer.services.export import Export, ExportFormat
from tasktimer.services.export import export as export_tasks
from tasktimer.services.export_files import parse_path, write_file, write_temporary

EPILOG = """\
Examples:
  tasktimer export --to csv > tasks.csv
  tasktimer export -o tasks.jsonl
  tasktimer export last month -p acme -o acme.ics
  tasktimer export 2026 --to csv --for-spreadsheets -o 2026.csv
  tasktimer export --where 'from:2026-03-15 tag:docs' --to json
  tasktimer export --to timewarrior --flatten |
    awk '{print > (substr($2, 1, 4) "-" substr($2, 5, 2) ".data")}'

FORMAT is json, jsonl (a JSON object per line), csv, timewarrior (data files),
watson (the file frames), klog, ics (iCalendar) or org. By default, the suffix
of FILE determines it: .json, .jsonl, .csv, .data, .klg, .ics or .org.

json, jsonl and csv contain everything, and tasktimer import reads them. For
other formats, notes say what is lost, and for how many tasks.

RANGE takes the same forms as for tasktimer list. A task that overlaps RANGE is
exported as a whole.

Timewarrior has a file for each month; the command above writes them. Its tasks
cannot overlap: --flatten cuts a task while another one is running.

--for-spreadsheets writes dates, times and hours that Excel and LibreOffice
recognize. tasktimer import does not read such a file.

Output: the tasks in FORMAT, in UTF-8. With --output, one line on a terminal, or
the path when piped; the file appears under its name once it is complete, and
only you can read it.
"""

To = Annotated[str | None, option("--to", "FORMAT", f"Format: {', '.join(WRITABLE)}.", "export_format")]
Output = Annotated[str | None, option("--output -o", "FILE", "New file to write.  (default: standard output)")]
Force = Annotated[bool, flag("--force", "Overwrite an existing file.")]
Flatten = Annotated[bool, flag("--flatten", "For Timewarrior, cut tasks where they overlap.")]
ForSpreadsheets = Annotated[bool, flag("--for-spreadsheets", "Write CSV for Excel and LibreOffice.")]

_PIECE = 1 << 16  # characters


@filter_options()
def export(
    ctx: typer.Context,
    date_range: Annotated[
        list[str] | None, argument("[RANGE]", "Date range to export.  (default: all)", "range")
    ] = None,
    to: To = None,
    path: Output = None,
    force: Force = False,
    flatten: Flatten = False,
    for_spreadsheets: ForSpreadsheets = False,
    task_filter: OptionalFilter = None,
    user: AnyUser = None,
    tz: Zone = None,
) -> None:
    """Write tasks in the format of another program."""
    context: Context = ctx.obj
    now = context.now.astimezone(context.find_zone(tz))
    window = parse_window(date_range, None, None, now)
    path = None if path == "-" else path
    chosen = ExportFormat(_choose_format(to, path), flatten, for_spreadsheets)
    actor = context.resolve_user(user).reader
    exported = export_tasks(context.store, actor, chosen, task_filter or NO_FILTER, window=window, now=now)
    if path is None:
        with closing(write_temporary(_with_progress(exported))) as file:
            write_result(_read(file), utf8=True)
    else:
        write_file(parse_path(path), _with_progress(exported), overwrite=force)
        _write_path(context, path, exported)
    if not exported.found:
        explain_empty(context, task_filter, user, as_table=False)
    for sentence in output.losses.format_losses(exported.title, exported.losses):
        context.print_note(sentence)


def _choose_format(name: str | None, path: str | None) -> str:
    """Return the name of the format that was given or, without one, of the format of files with this suffix."""
    found = name or find_by_suffix(path or "")
    if found is None:
        hint = f"add --to with one of {', '.join(WRITABLE)}"
        raise InvalidValue("format-required", "a format is required", hint)
    return found


def _with_progress(exported: Export) -> Iterator[str]:
    with closing(ProgressBar("Exporting")) as bar:
        for piece in exported:
            yield piece
            bar.update(exported.found)


def _read(file: IO[bytes]) -> Iterator[str]:
    with TextIOWrapper(file, encoding="utf-8", newline="") as text:
        yield from iter(partial(text.read, _PIECE), "")


def _write_path(context: Context, path: str, exported: Export) -> None:
    write_record(
        context,
        as_json=False,
        record=dict,
        text=lambda: f"Exported {pluralize(exported.tasks, 'task')} to {escape_for_terminal(path)}\n",
        lines=lambda: f"{path}\n",
        done=f"{path} was created",
        utf8=False,
    )
