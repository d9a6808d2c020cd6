"""How a person is asked before something that may not be meant."""

import sys

import typer

from tasktimer.cli.streams import ExitCode, print_message


def confirm(question: str) -> None:
    """Go on when the answer is yes, else end the command; on standard error, for a program may read the results.

    Raises:
        typer.Exit: the answer is not yes.
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
        print_message("nothing is changed", label="note")
        raise typer.Exit(ExitCode.FAILED)
