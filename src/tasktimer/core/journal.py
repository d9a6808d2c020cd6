"""Journal entries: who ran a command, when, and what it changed."""

from datetime import datetime
from typing import NamedTuple

from tasktimer.core.task import Task

IMPORT = "import"  # the name of a command whose changes are the tasks that it added


class Change(NamedTuple):
    """A task before and after a command; `before=None` means that it was created, `after=None` that it was deleted."""

    task_id: int
    before: Task | None
    after: Task | None


class JournalEntry(NamedTuple):
    """A command that changed tasks.

    For an undo or a redo, `reverted_entry_id` is the ID of the entry that was undone or redone. `omitted_changes` is
    the number of changes that were not loaded into `changes`.
    """

    id: int
    user_id: int
    name: str
    given_time: datetime
    undone: bool
    reverted_entry_id: int | None
    changes: tuple[Change, ...] = ()
    omitted_changes: int = 0
