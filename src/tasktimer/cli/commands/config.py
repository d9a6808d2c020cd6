"""`tasktimer config`: show and change the settings."""

import os
from collections.abc import Iterable
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import Json
from tasktimer.cli.results import write_record
from tasktimer.cli.setting_fields import VALUES, read_setting, setting_field
from tasktimer.cli.streams import print_error, print_message, write_result
from tasktimer.config.setting_names import SETTINGS, validate_name
from tasktimer.config.settings import config_file
from tasktimer.errors import NotFound, TasktimerError, Unavailable
from tasktimer.output import json_tsv, records
from tasktimer.output.formatting import escape_for_terminal

if TYPE_CHECKING:  # lazy: see below
    from tasktimer.config.config_changes import ConfigEdit

EPILOG = """\
Examples:
  tasktimer config                              show all settings
  tasktimer config set day_starts_at 04:00
  tasktimer config edit

Without a command, shows the settings, like tasktimer config get.
"""

GET_EPILOG = """\
Examples:
  tasktimer config get
  tasktimer config get tz
  tasktimer config get --json | jq -r .tz.origin

The value is the one in use: environment variables take precedence over the
config file. The origin of a setting is an option, an environment variable, a
line in the config file, or the default. The exit code is 1 if SETTING is not
set and has no default.

Output: the value if SETTING is given, otherwise one line per setting. When
piped, the lines are tab-separated: name, value and origin. --json prints an
object with the value and the origin of each setting.
"""

SET_EPILOG = """\
Examples:
  tasktimer config set tz Europe/Berlin
  tasktimer config set exclusive true
  tasktimer config set day_starts_at 04:00      days start at 4 in the morning
  tasktimer config set day_starts_at -01:00     at 23:00 the day before
  tasktimer config set week_starts_on sunday

SETTING is database, user, format, tz, exclusive, day_starts_at or
week_starts_on. The config file is created if it does not exist; its comments
and layout are kept.

Output: one line on a terminal, and nothing when piped.
"""

UNSET_EPILOG = """\
Examples:
  tasktimer config unset tz

The exit code is 1 if SETTING is not set in the config file.

Output: one line on a terminal, and nothing when piped.
"""

EDIT_EPILOG = """\
Examples:
  tasktimer config edit
  EDITOR=nano tasktimer config edit

The editor is VISUAL, else EDITOR, else vi. It edits a copy, which replaces the
config file only if it is valid; otherwise, the copy is kept, and the config
file is not changed. If there is no config file, the copy contains an example of
each setting.

Output: one line on a terminal, and nothing when piped.
"""

_HOME_HINT = "set HOME to your own home directory"

app = typer.Typer(name="config", add_completion=False)


def _complete_name(_: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    return [(name, "") for name in SETTINGS if name.startswith(incomplete)]


def _complete_value(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    values = VALUES.get(ctx.params.get("name", ""), lambda: ())()
    return [(value, "") for value in sorted(values) if value.startswith(incomplete)]


def _argument(metavar: str, text: str, complete: Any = _complete_name) -> Any:
    return typer.Argument(metavar=metavar, help=text, show_default=False, autocompletion=complete)


Name = Annotated[str, _argument("SETTING", "Name of the setting.")]
OptionalName = Annotated[str | None, _argument("[SETTING]", "Name of the setting.  (default: all settings)")]
Value = Annotated[str, _argument("VALUE", "New value.", _complete_value)]


@app.callback(invoke_without_command=True, epilog=EPILOG)
def config(ctx: typer.Context) -> None:
    """Show or change the settings."""
    if ctx.invoked_subcommand is None:
        _write_settings(ctx.obj, SETTINGS, as_json=False)


@app.command(epilog=GET_EPILOG)
def get(ctx: typer.Context, name: OptionalName = None, as_json: Json = False) -> None:
    """Show a setting, or all settings with their origins."""
    context: Context = ctx.obj
    if name is not None:
        validate_name(name)
    if name is None or as_json:
        _write_settings(context, SETTINGS if name is None else [name], as_json=as_json)
        return
    value = read_setting(context, name)
    if value is None:
        raise NotFound("setting-not-set", f"{name} is not set")
    write_result(f"{escape_for_terminal(str(value)) if context.is_terminal else value}\n", utf8=not context.is_terminal)


# A value such as -01:00 is not an option.
@app.command("set", epilog=SET_EPILOG, context_settings={"ignore_unknown_options": True})
def set_(ctx: typer.Context, name: Name, value: Value) -> None:
    """Set a setting in the config file."""
    from tasktimer.config.config_changes import set_value  # lazy: the help of all commands does not need it

    set_value(_get_config_file(), name, value)
    _report(ctx.obj, f"Set {name} to {value} in the config file", name)


@app.command(epilog=UNSET_EPILOG)
def unset(ctx: typer.Context, name: Name) -> None:
    """Remove a setting from the config file."""
    from tasktimer.config.config_changes import unset_value  # lazy, as above

    unset_value(_get_config_file(), name)
    _report(ctx.obj, f"Removed {name} from the config file", name)


@app.command(epilog=EDIT_EPILOG)
def edit(ctx: typer.Context) -> None:
    """Edit the config file in a text editor."""
    from tasktimer.cli.editor import run_editor  # lazy, as above
    from tasktimer.config.config_changes import ConfigEdit

    path = _get_config_file()
    changed = ConfigEdit(path)
    try:
        run_editor(changed.copy, os.environ)
        is_changed = changed.is_changed
        if is_changed:
            changed.apply()
    except TasktimerError:
        _report_copy(changed, path)
        raise
    changed.discard()
    _report(ctx.obj, f"{'Saved' if is_changed else 'Nothing was changed in'} {path}")


def _get_config_file() -> Path:
    path = config_file()
    if path is None:
        raise Unavailable("no-home-directory", "there is no home directory for the config file", _HOME_HINT)
    return path


def _write_settings(context: Context, names: Iterable[str], *, as_json: bool) -> None:
    problems: dict[str, TasktimerError] = {}  # by message: several settings can have the same problem
    fields = [setting_field(context, name, problems) for name in names]
    write_record(
        context,
        as_json=as_json,
        record=lambda: records.info_to_dict(fields),
        text=lambda: records.info_lines(fields),
        lines=lambda: json_tsv.to_tsv(fields),
    )
    codes = [print_error(problem) for problem in problems.values()]
    if codes:
        raise typer.Exit(max(codes))


def _report(context: Context, done: str, name: str | None = None) -> None:
    """Print what was done on a terminal, and a note if another origin takes precedence over the config file."""
    if context.is_terminal:
        write_result(f"{escape_for_terminal(done)}\n", done=done)
    origin = context.settings.overriding_origin(name) if name else None
    if origin is not None:
        print_message(f"{origin} takes precedence over the config file", label="note")


def _report_copy(changed: "ConfigEdit", path: Path) -> None:
    """Delete the copy if nothing was changed in it; otherwise, print where it is."""
    if not changed.copy.is_file() or not changed.is_changed:
        changed.discard()
        return
    message = f"the config file was not changed; your version is in {changed.copy}"
    hint = f"once it is correct, run: cp {quote(str(changed.copy))} {quote(str(path))}"
    print_message(message, hint, label="note")
