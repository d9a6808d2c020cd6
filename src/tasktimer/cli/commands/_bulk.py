"""Bulk edits and deletions, with a preview and a confirmation."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import warn_unknown_labels
from tasktimer.cli.results import is_long, print_long_tasks_note, undo_command, write_pieces
from tasktimer.cli.selection import tasks_by_id
from tasktimer.cli.streams import confirm, confirmation_error, print_message, print_note
from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.output import changes as output_changes
from tasktimer.output import json_tsv
from tasktimer.output.formatting import MOST_IDS, pluralize
from tasktimer.services import bulk
from tasktimer.services.edit import EditFields

_MOVED = "--project and --tag now set labels; before, they selected tasks"


class SelectedTasks:
    """The tasks selected by ID, or by window and filter; in the second case, every iteration reads them again."""

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
        """Return some of the tasks, including the first and the last one to start."""
        if self.by_id:
            return self._tasks
        first = last = None
        for last in self:
            first = first or last
        return [] if first is None or last is None else [first, last]

    def _report(self) -> None:
        """Print a note, once, if the filter may select other tasks than intended."""
        if self._has_reported:
            return
        self._has_reported = True
        if not self.count and (missing := self._context.store.missing_error()):
            print_note(missing)
        elif not self.count or self._filter.has_alternatives:  # a misspelled label does not exclude all
            warn_unknown_labels(self._context, self._filter, self._user)


class BulkOperation:
    """An edit or a deletion of several tasks, with the options of the command.

    `question_hint` asks for confirmation in any case: it is the hint of a note that precedes the question.
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
            context.resolve_user(user).actor  # noqa: B018 (raises before the tasks are read)
        if self._needs_confirmation and not context.is_interactive:
            raise confirmation_error(question_hint or "add --yes to confirm, or --dry-run to show the tasks")

    def edit(self, tasks: SelectedTasks, changes: EditFields) -> None:
        """Apply the changes to the tasks that they would alter."""
        now, long = self._context.now, _LongTasks()
        selection = bulk.select_edited(tasks, changes, by_id=tasks.by_id, now=now, watch=long.watch)
        edited = [(before, after) for before, after in selection.first if after is not None]
        if tasks.count and not selection:
            self._write(selection, f"Nothing to change in {pluralize(tasks.count, 'task')}.\n")
        elif self._confirm_and_apply(
            "edit", "edited", selection, lambda: output_changes.format_diffs(edited, len(selection), now)
        ):
            print_long_tasks_note(self._context, long.first, long.count, self._user)

    def delete(self, tasks: SelectedTasks) -> None:
        """Delete the tasks."""
        selection = bulk.select_deleted(tasks)
        first = [task for task, _ in selection.first]
        self._confirm_and_apply(
            "delete",
            "deleted",
            selection,
            lambda: output_changes.format_summaries(first, len(selection), self._context.now),
        )

    def _confirm_and_apply(self, name: str, done: str, selection: bulk.Selection, lines: Callable[[], str]) -> bool:
        """Ask for confirmation and apply the changes; return whether they were applied."""
        context, count = self._context, pluralize(len(selection), "task")
        if not selection or self._dry_run:
            self._write(selection, f"{count} would be {done}:\n{lines()}" if selection else "No task matches.\n")
            return False
        if self._question_hint is not None:
            print_message(_MOVED, self._question_hint, label="note")
        if self._needs_confirmation:
            confirm(f"{lines()}{name.capitalize()} {count}?")
        number = bulk.apply_changes(
            context.store, context.resolve_user(self._user).actor, name, selection, now=context.now
        )
        sentences = "" if self._needs_confirmation else lines()  # already shown with the question
        sentences += f"{count} {done}; to undo this, run: {undo_command(self._user)}\n"
        self._write(selection, sentences, number=number, done=done)
        return True

    def _write(
        self, selection: bulk.Selection, sentences: str, *, number: int | None = None, done: str | None = None
    ) -> None:
        """Write the tasks changed by the command `number`, or a preview if `number` is None."""
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
                [sentences] if self._context.is_terminal else (f"{task_id}\n" for task_id in selection.ids), done=done
            )


class _LongTasks:
    """The number of tasks that became longer than a working day, and the first of these tasks."""

    def __init__(self) -> None:
        self.first: list[Task] = []
        self.count = 0

    def watch(self, before: Task, after: Task) -> None:
        """Count a task if it became longer than a working day."""
        if before != after and is_long(before, after):
            self.count += 1
            if len(self.first) < MOST_IDS:
                self.first.append(after)
