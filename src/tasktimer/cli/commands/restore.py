"""`tasktimer restore`: restore a backup."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json, Yes, argument
from tasktimer.cli.repeated_options import repeat_options
from tasktimer.cli.results import write_record
from tasktimer.cli.streams import confirm, confirmation_error, interrupts, print_message
from tasktimer.core.token import Token
from tasktimer.output.formatting import escape_for_terminal, pluralize
from tasktimer.services.backup import open_restore
from tasktimer.store.sqlite.restore import Restore

EPILOG = """\
Examples:
  tasktimer restore tasktimer-2026-03-01T120000.db
  tasktimer restore /mnt/usb/copy.db --yes

The copy is verified first. The previous content is kept next to the file, in
NAME.replaced-YYYYMMDDTHHMMSS, and can itself be restored. Concurrent commands
wait, then use the restored content. If a server is running, stop it first.
IDs assigned since the copy was made will be reused.

For a PostgreSQL database, tasktimer restore only prints the pg_restore
command to run.

Output: one line on a terminal, or the path of the previous content when
piped. --json prints an object with path, tasks and kept.
"""


def restore(
    ctx: typer.Context,
    copy: Annotated[str, argument("COPY", "Copy made by tasktimer backup.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Restore the database file from a backup."""
    context: Context = ctx.obj
    with open_restore(context.settings.database, copy) as ready:
        path = ready.path
        if not yes:
            _confirm(context, ready)
        restored = ready.carry_out(now=context.now, interrupts=interrupts)
    if yes:  # before the result, which may be lost; without --yes, the note was shown before the question
        _warn(restored.revived, path)
    _write(context, path, ready.tasks, restored.kept, as_json=as_json)


def _confirm(context: Context, ready: Restore) -> None:
    if not context.is_interactive:
        raise confirmation_error("add --yes to confirm")
    _warn(ready.revived_tokens(), ready.path)
    confirm(f"Replace {escape_for_terminal(str(ready.path))} with the copy ({pluralize(ready.tasks, 'task')})?")


def _warn(tokens: Sequence[Token] | None, path: Path) -> None:
    """Print a note about tokens that the restore makes valid again; `tokens=None` means that they are unknown."""
    token_command = f"tasktimer --database {quote(str(path))} token"
    if tokens is None:
        message = "tokens that were revoked after the copy was made become valid again"
        print_message(message, f"to list them after the restore, run: {token_command} list", label="note")
    elif tokens:
        names = ", ".join(f"{token.id} ({token.name or 'no name'}, user {token.user_id})" for token in tokens)
        message = f"{pluralize(len(tokens), 'token')} revoked after the copy was made will be valid again: {names}"
        ids = " ".join(str(token.id) for token in tokens)
        them = "them" if tokens[1:] else "it"
        hint = f"to revoke {them} again after the restore, run: {token_command} revoke {ids}"
        print_message(message, hint, label="note")


def _write(context: Context, path: Path, tasks: int, kept: Path | None, *, as_json: bool) -> None:
    kept_path = None if kept is None else str(kept)
    before, way_back = "\n", None
    if kept_path is not None:
        way_back = escape_for_terminal(repeat_options(f"tasktimer restore {quote(kept_path)}", context.arguments))
        before = f"; the previous content is kept in {escape_for_terminal(kept_path)}\nTo return to it, run:\n"
    write_record(
        context,
        as_json=as_json,
        record=lambda: {"path": str(path), "tasks": tasks, "kept": kept_path},
        text=lambda: f"Restored {escape_for_terminal(str(path))} ({pluralize(tasks, 'task')}){before}",
        command=way_back,
        lines=lambda: "" if kept_path is None else f"{kept_path}\n",
        done=f"{path} was restored",
        utf8=False,
    )
