"""Bulk edits and deletions, with a preview and a confirmation."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import warn_unknown_labels
from tasktimer.cli.notes import became_long, print_long_tasks, warn_edited_overlaps
from tasktimer.cli.results import write_pieces
from tasktimer.cli.selection import tasks_by_id
from tasktimer.cli.streams import confirm, confirmation_error, print_message, print_note
from tasktimer.cli.undo_hints import undo_command, undo_hint
from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.errors import format_users
from tasktimer.output import json_tsv
from tasktimer.output.formatting import MOST_IDS, pluralize
from tasktimer.services import bulk
from tasktimer.services.edit import EditFields

_MOVED = "--project and --tag now set the project and add tags; in earlier versions, they selected tasks"


class SelectedTasks:
    """The tasks selected by ID, or by window and filter; in the latter case, each iteration reads them again."""

    def __init__(
        self,
        context: Context,
        ids: Sequence[int],
        task_filter: TaskFilter | None,
        window: Window | None,
        user: str | None,
    ) -> None:
        self._context = context
        self._tasks = tasks_by_id(context, ids, user) if ids else []
        self._filter = task_filter or NO_FILTER
        self._window = window
        self._user = user
        self._has_reported = self.by_id = bool(ids)
        self.count = 0  # in the most recent iteration

    def __iter__(self) -> Iterator[Task]:
        self.count = 0
        for task in self._tasks if self.by_id else self._find():
            self.count += 1
            yield task
        self._report()

    def _find(self) -> Iterator[Task]:
        context = self._context
        actor = context.resolve_user(self._user).reader
        return bulk.iterate_tasks(context.store, actor, self._filter, window=self._window, now=context.now)

    def ends(self) -> Sequence[Task]:
        """Return the tasks with the earliest and the latest start, or all tasks if they were selected by ID."""
        if self.by_id:
            return self._tasks
        first = last = None
        for last in self:
            first = first or last
        return [] if first is None or last is None else [first, last]

    def _report(self) -> None:
        """Print a note, at most once, if the filter may contain a mistake."""
        if self._has_reported:
            return
        self._has_reported = True
        if not self.count and (missing := self._context.store.missing_error()):
            print_note(missing)
        elif not self.count or self._filter.has_alternatives:  # alternatives can match despite a misspelled label
            warn_unknown_labels(self._context, self._filter, self._user)


class BulkOperation:
    """A bulk edit or deletion, controlled by the command's --user, --yes, --dry-run and --json options.

    With `question_hint`, ask for confirmation even if --yes is given, after a note with this hint.
    """

    def __init__(
        self,
        context: Context,
        user: str | None,
        *,
        yes: bool,
        dry_run: bool,
        as_json: bool,
        question_hint: str | None = None,
    ) -> None:
        self._context = context
        self._user = user
        self._needs_confirmation = (not yes or question_hint is not None) and not dry_run
        self._question_hint = question_hint
        self._dry_run = dry_run
        self._as_json = as_json
        if not dry_run:
            context.resolve_user(user).actor  # noqa: B018 (raises an error before any tasks are read)
        if self._needs_confirmation and not context.is_interactive:
            raise confirmation_error(question_hint or "add --yes to confirm, or --dry-run to show the tasks")

    def edit(self, tasks: SelectedTasks, changes: EditFields) -> None:
        """Apply the changes to the tasks, after a preview and a confirmation if required, and print the result."""
        now, long = self._context.now, _LongTasks(self._context.now)
        selection = bulk.select_edited(tasks, changes, by_id=tasks.by_id, now=now, allow_empty=False, watch=long.watch)
        if tasks.count and not selection:
            self._write(selection, lambda: f"Nothing to change in {pluralize(tasks.count, 'task')}.\n")
        elif self._confirm_and_apply("edit", "edited", selection):
            if long.count:
                hint = undo_hint(self._context, self._user, selection.first[0][0])
                print_long_tasks(self._context, long.first, long.count, hint)
            edited = [(before, after) for before, after in selection.first if after is not None]
            warn_edited_overlaps(self._context, edited, self._user)  # only the first: there could be a million

    def delete(self, tasks: SelectedTasks) -> None:
        """Delete the tasks, after a preview and a confirmation if required, and print the result."""
        self._confirm_and_apply("delete", "deleted", bulk.select_deleted(tasks))

    def _confirm_and_apply(self, name: str, done: str, selection: bulk.Selection) -> bool:
        """Apply the changes, after a confirmation if required; return whether they were applied."""
        context, count = self._context, pluralize(len(selection), "task")
        if not selection:
            self._write(selection, lambda: "No task matches.\n")
            return False
        if len(selection.users) > 1:
            count += f" of users {format_users(sorted(selection.users))}"
        if self._dry_run:
            self._write(selection, lambda: f"{count} would be {done}:\n\n{self._preview(selection)}")
            return False
        if self._question_hint is not None:
            print_message(_MOVED, self._question_hint, label="note")
        if self._needs_confirmation:
            confirm(f"{self._preview(selection)}\n{name.capitalize()} {count}?")
        actor = context.resolve_user(self._user).actor
        number = bulk.apply_changes(context.store, actor, name, selection, now=context.now)

        def text() -> str:
            shown = "" if self._needs_confirmation else f"{self._preview(selection)}\n"  # else shown with the question
            undo = undo_command(context, self._user, selection.first[0][0].user_id)
            return f"{shown}{count} {done}; to undo this, run: {undo}\n"

        self._write(selection, text, number=number, done=done)
        return True

    def _preview(self, selection: bulk.Selection) -> str:
        return output.previews.preview_table(selection.first, len(selection), self._context.now)

    def _write(
        self, selection: bulk.Selection, text: Callable[[], str], *, number: int | None = None, done: str | None = None
    ) -> None:
        """Print the tasks changed by the command with this number, or a preview if `number` is None."""
        ids = " ".join(map(str, selection.ids)) if len(selection) <= MOST_IDS else pluralize(len(selection), "task")
        done = done and f"{done} {ids}"
        store = self._context.store
        if self._as_json:
            tasks = (
                bulk.previewed_tasks(store, selection)
                if number is None
                else bulk.changed_tasks(store, number, selection)
            )
            objects = (json_tsv.task_to_dict(task, self._context.zone) for task in tasks)
            write_pieces(chain(json_tsv.json_list(objects), ["\n"]), done=done, utf8=True)
        else:
            write_pieces(
                [text()] if self._context.is_terminal else (f"{task_id}\n" for task_id in selection.ids), done=done
            )


class _LongTasks:
    """The tasks that became longer than 16 hours: their number and the first few."""

    def __init__(self, now: datetime) -> None:
        self.first: list[Task] = []
        self.count = 0
        self._now = now

    def watch(self, before: Task, after: Task) -> None:
        """Count a task if the change made it longer than 16 hours."""
        if before != after and became_long(before, after, self._now):
            self.count += 1
            if len(self.first) < MOST_IDS:
                self.first.append(after)
