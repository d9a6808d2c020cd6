"""How many tasks are edited or deleted by one command: shown first, and asked about."""

from collections.abc import Callable, Sequence

from tasktimer.cli.asking import ask
from tasktimer.cli.context import Context
from tasktimer.cli.exits import report_note
from tasktimer.cli.filters import say_unknown
from tasktimer.cli.own_day import picked
from tasktimer.cli.results import tell_long, undo_command, write_tasks
from tasktimer.core.filter import EVERYTHING, Filter
from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue, StoreMissing
from tasktimer.output import repairs
from tasktimer.output.text import counted
from tasktimer.tracker import bulk, listing
from tasktimer.tracker.editing import Edit


class Bulk:
    """One command about many tasks, and how it was asked for."""

    def __init__(self, context: Context, user: str | None, *, yes: bool, dry_run: bool, as_json: bool) -> None:
        self._context = context
        self._user = user
        self._asks = not yes and not dry_run
        self._dry_run = dry_run
        self._as_json = as_json
        if not dry_run:
            context.author(user)  # refused before anybody is asked
        if self._asks and not context.is_interactive:
            hint = "add --yes to say so, or --dry-run to see which they are"
            raise InvalidValue("not-confirmed", "nobody is there to say that these tasks are meant", hint)

    def choose(self, ids: Sequence[int], wanted: Filter | None, window: Window | None) -> list[Task]:
        """The tasks of these ids, else those that the filter leaves of those that overlap the window."""
        context, whose = self._context, self._context.whose(self._user)
        if ids:
            return picked(context, ids, self._user)
        try:
            tasks = listing.find(context.store, wanted or EVERYTHING, window=window, user_id=whose, now=context.now)
            if not tasks or (wanted and wanted.not_tags):  # a mistyped one would leave all
                say_unknown(context, wanted, whose)
        except StoreMissing as missing:
            report_note(missing)
            tasks = []
        return tasks

    def edit(self, tasks: Sequence[Task], asked: Edit, *, are_named: bool) -> None:
        """Correct those of these tasks that it would change; whether they were named by their ids."""
        now = self._context.now
        pairs = bulk.preview(tasks, asked, are_named=are_named, now=now)
        if tasks and not pairs:
            self._show([], f"Nothing to change in {counted(len(tasks), 'task')}.\n")
        else:
            self._do("edit", "edited", pairs, lambda: repairs.differences(pairs, now))

    def delete(self, tasks: Sequence[Task]) -> None:
        """Delete these tasks."""
        pairs = [(task, None) for task in tasks]
        self._do("delete", "deleted", pairs, lambda: repairs.summaries(tasks, self._context.now))

    def _do(self, name: str, done: str, pairs: Sequence[tuple[Task, Task | None]], lines: Callable[[], str]) -> None:
        context = self._context
        tasks = [after or before for before, after in pairs]
        count = counted(len(tasks), "task")
        if not tasks:
            self._show(tasks, "No task matches.\n")
            return
        if self._dry_run:
            self._show(tasks, f"{count} would be {done}:\n{lines()}")
            return
        if self._asks:
            ask(f"{lines()}{name.capitalize()} {count}?")
        bulk.apply(context.store, name, pairs, by=context.author(self._user), now=context.now)
        told = "" if self._asks else lines()  # who was asked has seen them
        told += f"{count} {done}; {undo_command(self._user)} takes that back.\n"
        write_tasks(context, tasks, lambda: told, done=done, as_json=self._as_json)
        tell_long(context, ((before, after) for before, after in pairs if after is not None), self._user)

    def _show(self, tasks: Sequence[Task], sentences: str) -> None:
        write_tasks(self._context, tasks, lambda: sentences, done=None, as_json=self._as_json)
