"""A progress bar on standard error for work that takes longer than a second."""

import sys
from contextlib import AbstractContextManager
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

_DELAY = 1.0  # seconds before the bar appears


class ProgressBar(AbstractContextManager["ProgressBar"]):
    """A bar that appears after a second if standard error is a terminal, and disappears at the end."""

    def __init__(self, text: str, total: int) -> None:
        self._text = text
        self._total = total
        self._start = monotonic()
        self._bar: Progress | None = None
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()

    def update(self, done: int) -> None:
        """Show that this much of the total is done."""
        if not self._is_terminal or monotonic() - self._start < _DELAY:
            return
        if self._bar is None:
            self._bar = _start_bar(self._text, self._total)
        self._bar.update(self._bar.task_ids[0], completed=done)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __enter__(self) -> Self:
        return self


def _start_bar(text: str, total: int) -> "Progress":
    # Lazy: what people see. Rich takes longer to import than a short command runs.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(text, total=total)
    bar.start()
    return bar
