"""The table of journal entries, which reads like a log."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import groupby

from rich.text import Text

from tasktimer.core.journal import JournalEntry
from tasktimer.core.local_time import current_date, day_window, local_date
from tasktimer.core.task import DEFAULT_USER
from tasktimer.output.changes import format_changes
from tasktimer.output.formatting import escape_for_terminal, format_day_boundary, format_time, pluralize
from tasktimer.output.quick_table import BLANK_LINE, Heading
from tasktimer.output.tables import new_table, render_table
from tasktimer.output.task_table import format_day

_PAST_TENSES = {
    "track": "Tracked",
    "switch": "Switched",
    "resume": "Resumed",
    "stop": "Stopped",
    "cancel": "Cancelled",
    "edit": "Edited",
    "move": "Moved",
    "delete": "Deleted",
    "split": "Split",
    "join": "Joined",
    "rename project": "Renamed project",
    "rename tag": "Renamed tag",
    "import": "Imported",
    "undo": "Undid",
    "redo": "Redid",
}


def history_table(
    entries: Sequence[JournalEntry],
    now: datetime,
    *,
    user_id: int | None = None,
    reader: int | None = None,
    has_more: bool = False,
) -> str:
    """Render journal entries by day, in the order given, with times in the time zone of `now`.

    `user_id=None` means the entries of all users. Leave out the User column if all entries belong to `reader` or, if
    that is the default user, to any single user. `has_more` is true if a limit excluded earlier entries.
    """
    if not entries:
        return "The history is empty.\n" if user_id is None else f"User {user_id} has no commands in the history.\n"
    users = {entry.user_id for entry in entries}
    has_users = len(users) > 1 if reader == DEFAULT_USER else users != {reader}
    table = new_table(["#", "Time", *(["User"] if has_users else [])], ["Command"])
    table.add_column("Changes", overflow="fold", min_width=20)
    zone = now.tzinfo or UTC
    for day, entries_of_day in groupby(entries, lambda entry: local_date(entry.given_time, zone)):
        if table.row_count:
            table.add_heading(BLANK_LINE)
        table.add_heading(Heading(format_day(day, current_date(now), day_window(day, zone).duration)))
        for entry in entries_of_day:
            table.add_row(*_cells(entry, zone, has_user=has_users), style="dim" if entry.undone else None)
    if has_more:
        table.add_heading(BLANK_LINE)
        last = "command" if len(entries) == 1 else pluralize(len(entries), "command")
        table.add_heading(Heading(f"Only the last {last}; to show more, add --limit {2 * len(entries)}.", style="dim"))
    return render_table(table, f"History{format_day_boundary(zone)}")


def _cells(entry: JournalEntry, zone: tzinfo, *, has_user: bool) -> Iterator[str | Text]:
    given = entry.given_time.astimezone(zone)
    yield str(entry.id)
    yield format_time(given, zone, given.date())
    if has_user:
        yield str(entry.user_id)
    yield Text(_command(entry))
    # Times on the day of the command need no date.
    lines = format_changes(entry.changes, given, entry.omitted_changes, restores=entry.name == "undo")
    yield Text("\n".join(lines))


def _command(entry: JournalEntry) -> str:
    """Return what a command did, the number of the command that it reversed, and whether it was undone itself."""
    done = _PAST_TENSES.get(entry.name) or escape_for_terminal(entry.name)
    reversed_entry = "" if entry.reverted_entry_id is None else f" {entry.reverted_entry_id}"
    return f"{done}{reversed_entry}{' (undone)' if entry.undone else ''}"
