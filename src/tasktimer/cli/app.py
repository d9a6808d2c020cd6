"""The program: its commands, and how each run of it ends."""

import errno
import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Annotated, Any

import typer

from tasktimer import __version__
from tasktimer.cli.commands import NAMES, CommandGroup
from tasktimer.cli.context import Clock, Context
from tasktimer.cli.exits import (
    ExitCode,
    check_output,
    discard_output,
    output_failed,
    report,
    report_error,
    write_result,
)
from tasktimer.errors import TasktimerError, Unavailable

EPILOG = """\
Examples:
  tasktimer track write docs          start a task
  tasktimer stop                      end it
  tasktimer times --date yesterday    how long each task took

The tasks are in one file of your own; --database, TASKTIMER_DATABASE or the
config file can name another. Without --user, TASKTIMER_USER or the config
file says which user is meant; a PostgreSQL database needs one.

Exit codes: 0 done, 1 refused as things stand, 2 an invalid value or flag,
3 the file, the database or the output cannot be used.
"""

_WRITE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

app = typer.Typer(
    name="tasktimer",
    cls=CommandGroup,
    epilog=EPILOG,
    invoke_without_command=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _show_version(asked: bool) -> None:
    if asked:
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
            help="The file, or the PostgreSQL database (postgresql://...), to use.",
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Track the time that tasks take: start them, stop them, see how long each took on a day."""
    ctx.obj.database = database
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def run(arguments: Sequence[str], clock: Clock = datetime.now) -> int:
    """Run a command and give its exit code; every refusal is told on standard error."""
    if sys.stdout is not None:  # what Typer writes of help, in a locale that cannot show it
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with closing(Context(clock)) as context:
            code = _command(arguments).main(
                args=list(arguments), prog_name="tasktimer", standalone_mode=False, obj=context
            )
        check_output()
    except TasktimerError as error:
        return report_error(error)
    except typer.TyperException as error:
        report(*_usage(error, arguments))
        return ExitCode.INVALID
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except (SystemExit, OSError, RuntimeError) as error:
        return _end_of_typer(error, arguments)
    return int(code or ExitCode.DONE)


def _command(arguments: Sequence[str]) -> Any:
    command = typer.main.get_command(app)
    is_asked = "_TASKTIMER_COMPLETE" in os.environ  # a shell asks what could stand at TAB
    if is_asked or any(word.startswith(("--install-c", "--show-c")) for word in arguments):
        from tasktimer.cli.shells import use_own_ways

        use_own_ways(arguments)
    return command


def _usage(error: typer.TyperException, arguments: Sequence[str]) -> tuple[str, str]:
    """What is wrong with the words of a command, and what to do."""
    what = error.format_message().rstrip(".")
    name = next((word for word in arguments if word in NAMES), None)
    path = f"tasktimer {name}" if name else "tasktimer"
    if name in ("track", "switch") and type(error).__name__ == "NoSuchOption":
        return what, f"put -- before a description that begins with a dash; see {path} --help"
    if name == "list" and (number := _number_as_flag(error, arguments)):
        days = "yesterday" if number == "-1" else f"{number[1:]} days ago"
        return f"{number} is read as a flag", f"write tasktimer list {days}, or tasktimer list -- {number}"
    if name == "move" and type(error).__name__ == "NoSuchOption":
        word = next((word for word in arguments if word[:1] == "-" and word[1:2].isdigit()), None)
        if word is not None:  # it is not moved by so much
            hint = f"WHEN is the time of the start, such as 9:15 or '15m ago'; see {path} --help"
            return f"{word} is read as a flag", hint
    return what, f"see {path} --help"


def _number_as_flag(error: typer.TyperException, arguments: Sequence[str]) -> str | None:
    """The number after a dash that a mistake is about, as it was typed: the parser names its first digit alone."""
    flag = getattr(error, "option_name", "")
    numbers = (word for word in arguments if word.startswith(flag) and re.fullmatch("-[0-9]{1,6}", word))
    return next(numbers, None) if flag else None


def _end_of_typer(error: SystemExit | OSError | RuntimeError, arguments: Sequence[str]) -> ExitCode:
    """Tell what hindered Typer while it wrote help or installed completion; all else is raised again."""
    match error:
        case SystemExit(__context__=BrokenPipeError()):
            discard_output()
            return ExitCode.CLOSED_PIPE
        case OSError(filename=None, errno=number) if number in _WRITE_ERRORS:
            discard_output()
            return report_error(output_failed(error.strerror))
        case OSError():
            what = f"cannot use {error.filename or 'the working folder'}: {error.strerror}"
            hint = "see whether it is there, and may be read and written"
        case RuntimeError() if "--install-completion" in arguments:
            what = "there is no home directory to install completion in"
            hint = "set HOME, or keep what tasktimer --show-completion prints"
        case _:
            raise error
    return report_error(Unavailable("system", what, hint))
