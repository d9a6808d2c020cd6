"""Reports on imports."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from tasktimer.core.local_time import format_duration, format_instant, format_seconds_decimal, local_date
from tasktimer.formats.import_report import FileReport, ImportResult
from tasktimer.formats.rows import Adaptation, RejectedRow
from tasktimer.output.formatting import escape_for_terminal, pluralize
from tasktimer.output.json_tsv import to_tsv

_ADAPTATIONS = {
    Adaptation.TAG_AS_DESCRIPTION: "named after a tag of several words",
    Adaptation.TAGS_JOINED: "named after several texts, separated by semicolons",
    Adaptation.PROJECT_AS_DESCRIPTION: "named after their project",
    Adaptation.UNTITLED: 'without a name, called "untitled"',
    Adaptation.SLASH_REPLACED: "with a slash in the name of a project or client, replaced by \u2215",
    Adaptation.LENGTH_DIFFERS: "whose duration in the file differs from their start and end, which were used",
    Adaptation.OTHER_PERSON: "of other people than the first row, for the same user here",
    Adaptation.PERSON: "with the name or email address of a person, which was left out",
    Adaptation.BILLABLE: "billable, which was left out, as were rates and amounts",
    Adaptation.SHOULD_TOTAL: "of a day with a should-total, which was left out",
    Adaptation.TAG_VALUE: "with a space or comma in the value of a tag, which is only in their text",
    Adaptation.UNKNOWN_TIMES: "with a length but no times, from 9:00 on",
}


def format_import(result: ImportResult, zone: tzinfo, *, dry_run: bool) -> str:
    """Return lines that say what an import added from each file or, in a dry run, what it would add."""
    return "".join(f"{line}\n" for file in result.files for line in _lines(file, zone, dry_run=dry_run))


def _lines(file: FileReport, zone: tzinfo, *, dry_run: bool) -> Iterator[str]:
    yield _heading(file, zone)
    done = "would be " if dry_run else ""
    added = f"{'task' if file.added == 1 else 'tasks'} {done}added"
    counts = [
        (file.added, f"{added}, {format_duration(file.added_time)}" if file.added else added),
        (file.running, "still running"),
        (file.ended, f"running {'task' if file.ended == 1 else 'tasks'} from an earlier import {done}ended"),
        (file.duplicates, "with the start and end of an earlier task: undo the import if they are duplicates"),
        *((file.adaptations[kind], text) for kind, text in _ADAPTATIONS.items()),
        (file.present, "already there"),
        (file.rejected - file.breaks, "rejected"),
        (
            file.breaks,
            f"rejected, because tasks have no breaks: {file.title} subtracts {format_duration(file.break_time)}",
        ),
    ]
    width = max(len(f"{count:,}") for count, _ in counts)
    for place, (count, text) in enumerate(counts):
        if count or not place:
            yield f"  {count:>{width},} {text}"


def _heading(file: FileReport, zone: tzinfo) -> str:
    days = ""
    if file.first_start is not None and file.last_start is not None:
        first, last = (local_date(start, zone).isoformat() for start in (file.first_start, file.last_start))
        days = f", {first}" if first == last else f", {first} to {last}"
    times = "" if file.zone is None else f", times in {file.zone}"
    return escape_for_terminal(f"{file.name} ({file.title}): {pluralize(file.rows, file.row_noun)}{days}{times}")


def format_rejected_row(row: RejectedRow, file_name: str) -> str:
    """Return a line with the position of a row and the reason for rejecting it, for a terminal."""
    return escape_for_terminal(f"{file_name}, {row.place}: {row.reason}")


def import_to_dict(result: ImportResult, zone: tzinfo, *, dry_run: bool) -> dict[str, Any]:
    """Return what an import added as a dict for JSON."""
    return {
        "dry_run": dry_run,
        "command": result.entry_id,
        "added": result.added,
        "rejected": result.rejected,
        "files": [file_to_dict(file, zone) for file in result.files],
    }


def file_to_dict(file: FileReport, zone: tzinfo) -> dict[str, Any]:
    """Return what an import added from a file as a dict for JSON."""
    first, last = file.first_start, file.last_start
    return {
        "name": file.name,
        "format": file.format_name,
        "tz": None if file.zone is None else str(file.zone),
        "rows": file.rows,
        "from": None if first is None else format_instant(first, zone),
        "to": None if last is None else format_instant(last, zone),
        "added": file.added,
        "seconds": file.added_time.total_seconds(),
        "running": file.running,
        "ended": file.ended,
        "duplicates": file.duplicates,
        "present": file.present,
        "rejected": file.rejected,
        "break_seconds": file.break_time.total_seconds(),
        "adaptations": {str(kind): count for kind, count in sorted(file.adaptations.items())},
    }


def import_to_tsv(result: ImportResult) -> str:
    """Return the counts of each file as a line of TSV, in the order of the help of `tasktimer import`."""
    return to_tsv(
        (
            file.name,
            file.format_name,
            file.rows,
            file.added,
            format_seconds_decimal(file.added_time),
            file.present,
            file.rejected,
            file.ended,
        )
        for file in result.files
    )
