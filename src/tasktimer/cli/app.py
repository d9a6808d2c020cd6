"""The program: its commands, and how each run of it ends."""

import os
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Annotated

import typer

from tasktimer import __version__
from tasktimer.cli.commands import CommandGroup
from tasktimer.cli.context import Clock, Context
from tasktimer.cli.exits import ExitCode, discard_output, output_failed, report, report_error, write_result
from tasktimer.errors import TasktimerError

EPILOG = """\
Examples:
  tasktimer track write docs          start a task
  tasktimer stop                      end it
  tasktimer times --date yesterday    how long each task took

The tasks are in one file of your own; --database, TASKTIMER_DATABASE or the
config file can name another. TASKTIMER_USER or the config file can name the
user for whom --user speaks.

Exit codes: 0 done, 1 refused as things stand, 2 an invalid value or flag,
3 the file, the database or the output cannot be used.
"""

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
            help="The file, or the PostgreSQL database (postgresql://…), to use.",
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
    command = typer.main.get_command(app)
    if "_TASKTIMER_COMPLETE" in os.environ:  # a shell asks what could stand at TAB
        from tasktimer.cli.shells import use_plain_text

        use_plain_text()
    try:
        with closing(Context(clock)) as context:
            return command.main(args=list(arguments), prog_name="tasktimer", standalone_mode=False, obj=context) or 0
    except TasktimerError as error:
        return report_error(error)
    except typer.TyperException as error:
        report(error.format_message().rstrip("."), _usage_hint(error))
        return ExitCode.INVALID
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        discard_output()
        return ExitCode.CLOSED_PIPE
    except OSError as error:  # from help and the like, which Typer writes itself
        if error.filename is not None:
            raise
        discard_output()
        return report_error(output_failed(error.strerror))


def _usage_hint(error: typer.TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    path = context.command_path if context else "tasktimer"
    if path.endswith(" track") and getattr(error, "option_name", None):
        return "put -- before a description that begins with a dash; see tasktimer track --help"
    return f"see {path} --help"
