"""What commands share that take ids, or a filter instead: the flags, and the refusals."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tasktimer.core.filter import EVERYTHING, Filter
from tasktimer.errors import InvalidValue

Yes = Annotated[bool, typer.Option("--yes", "-y", help="With a filter: do not ask.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and do nothing.", show_default=False)]


def check_choice(ids: Sequence[int], wanted: Filter, hint: str) -> None:
    """Refuse ids and a filter together, and neither: that would be all that was ever tracked.

    Raises:
        InvalidValue: it is so.
    """
    if ids and wanted != EVERYTHING:
        raise InvalidValue("ids-and-filter", "ids and flags that choose tasks are both given", hint)
    if not ids and wanted == EVERYTHING:
        what = "it is not said which tasks are meant"
        raise InvalidValue("no-ids", what, "give their ids, or flags that choose tasks, such as --search TEXT")


def undo_command(user: str | None) -> str:
    """The command that takes back what was done for the user of the flag."""
    return "tasktimer undo" if user is None or user == "all" else f"tasktimer undo --user {user}"
