"""The root command, with the global options, and the conversion of errors to exit codes."""

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from tasktimer import __version__
from tasktimer.cli.context import Clock, Context
from tasktimer.cli.lazy_group import LazyGroup
from tasktimer.cli.streams import (
    NO_MEMORY,
    ExitCode,
    check_output,
    discard_output,
    interrupts,
    load_usage_errors,
    output_error,
    print_error,
    print_message,
    write_result,
)
from tasktimer.errors import TasktimerError, Unavailable

EPILOG = """\
Examples:
  tasktimer track write docs          start a task
  tasktimer stop                      stop it
  tasktimer times yesterday           show the time spent on each task

Without a command, tasktimer shows the status and the everyday commands; when
piped, it prints the same lines as tasktimer status. The exit code is 0, even
if no task is running.

Tasks are stored in a private file. To use another file or database, set
--database, TASKTIMER_DATABASE, or database in the config file. The user is
taken from --user, TASKTIMER_USER or the config file, in this order. If no
user is set, the default is the only user of the file, or user 1 for a new
file. If there are several users, read-only commands show the tasks of all
users. PostgreSQL requires a user.

Exit codes: 0 on success, 1 if the request cannot be carried out (for example,
because the task does not exist), 2 if a value or option is invalid, 3 if the
file, the database or the output cannot be used.
"""

# Errors caused by a full or failing disk. If such an error names no file, it occurred on standard output.
_WRITE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

app = typer.Typer(
    name="tasktimer",
    cls=LazyGroup,
    epilog=EPILOG,
    invoke_without_command=True,
    rich_markup_mode="rich",
)


def _show_version(is_requested: bool) -> None:
    if is_requested:
        write_result(f"tasktimer {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="PATH|URL",
            help="File or PostgreSQL database (postgresql://...) to use.",
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Track time: start and stop tasks, and show the time spent on each."""
    ctx.obj.database = database
    if ctx.invoked_subcommand is None:
        from tasktimer.cli.overview import show_overview  # lazy, like the module of a command

        show_overview(ctx.obj)


def run(arguments: Sequence[str], clock: Clock = datetime.now) -> int:
    """Run a command, print any error to standard error, and return the exit code."""
    if sys.stdout is not None:  # some locales lack the box-drawing characters in help texts
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    context = Context(clock, arguments)
    try:
        with closing(context):
            # In standalone mode, Typer would print errors itself and end the process.
            code = _command(arguments).main(
                args=list(arguments), prog_name="tasktimer", standalone_mode=False, obj=context
            )
        check_output()
    except TasktimerError as error:
        return print_error(error, arguments, _find_now(context, clock))
    except typer.TyperException as error:
        print_message(*load_usage_errors().explain(error, arguments, _find_now(context, clock)))
        return ExitCode.INVALID
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except (SystemExit, OSError, RuntimeError) as error:
        return _end_of_typer(error, arguments)
    except MemoryError as error:
        error.__traceback__ = None  # its frames would keep memory in use
        print_message(NO_MEMORY, "close other programs, or select fewer tasks")
        return ExitCode.UNAVAILABLE
    finally:
        interrupts.release()
    return int(code or ExitCode.OK)


def _find_now(context: Context, clock: Clock) -> datetime:
    """Return the current time for hints, in the machine's time zone if the settings of the context are invalid."""
    try:
        return context.now
    except TasktimerError:
        return clock(UTC).astimezone()


def _command(arguments: Sequence[str]) -> Any:
    command = typer.main.get_command(app)
    is_completing = "_TASKTIMER_COMPLETE" in os.environ
    if is_completing or any(word.startswith(("--install-c", "--show-c")) for word in arguments):
        from tasktimer.cli.completion.shells import install_completion_classes  # lazy: needed only for completion

        install_completion_classes(arguments)
    return command


def _end_of_typer(error: SystemExit | OSError | RuntimeError, arguments: Sequence[str]) -> ExitCode:
    """Print an error raised by Typer while it printed help or installed completion; re-raise any other error."""
    match error:
        case SystemExit(__context__=BrokenPipeError()):  # Typer exits if the reader closes the pipe
            discard_output()
            return ExitCode.CLOSED_PIPE
        case OSError(filename=None, errno=number) if number in _WRITE_ERRORS:
            discard_output()
            return print_error(output_error(error.strerror))
        case OSError():
            message = f"cannot use {error.filename or 'the current directory'}: {error.strerror}"
            hint = "check that it exists and can be read and written"
        case RuntimeError() if "--install-completion" in arguments:  # raised by Path.home()
            message = "cannot install completion: there is no home directory"
            hint = "set HOME, or save the output of tasktimer --show-completion"
        case _:
            raise error
    return print_error(Unavailable("system-error", message, hint))
