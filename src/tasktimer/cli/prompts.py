"""Ask the user to confirm a change."""

import sys

import typer

from tasktimer.cli.streams import ExitCode, print_message
from tasktimer.errors import InvalidValue


def confirm(question: str) -> None:
    """Ask on standard error, because standard output is for results, and return if the answer is yes.

    Raises:
        typer.Exit: if the answer is not yes.
    """
    assert sys.stderr is not None
    assert sys.stdin is not None
    try:
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        raise
    if answer.strip().lower() not in ("y", "yes"):
        if not answer.endswith("\n"):  # Ctrl-D
            sys.stderr.write("\n")
        print_message("nothing was changed", label="note")
        raise typer.Exit(ExitCode.FAILED)


def confirmation_error(hint: str) -> InvalidValue:
    """Return the error for a change that needs a confirmation, if there is no terminal."""
    return InvalidValue("confirmation-required", "cannot ask for confirmation: not running in a terminal", hint)
