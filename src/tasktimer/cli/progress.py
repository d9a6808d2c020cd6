"""A progress bar on standard error for work that takes longer than a second."""

import sys
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_DELAY = 1.0  # seconds before the bar appears


class ProgressBar:
    """A bar that appears after a second if standard error is a terminal; close it before any other output."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._start = monotonic()
        self._bar: Progress | None = None
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()

    def update(self, done: int, total: int | None = None) -> None:
        """Show that this much of the total is done or, without a total, this number of tasks."""
        if not self._is_terminal or monotonic() - self._start < _DELAY:
            return
        if self._bar is None:
            self._bar = _start_bar(self._text, has_total=total is not None)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)

    def close(self) -> None:
        """Remove the bar from the terminal."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _start_bar(text: str, *, has_total: bool) -> "Progress":
    # Lazy: what people see. Rich takes longer to import than a short command runs.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    done = (TaskProgressColumn(), TimeRemainingColumn()) if has_total else (TextColumn("{task.completed:,} tasks"),)
    columns = (TextColumn("{task.description}"), BarColumn(), *done)
    # Rich would replace sys.stdout with an object that has no encoding.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False)
    bar.add_task(text)
    bar.start()
    return bar
