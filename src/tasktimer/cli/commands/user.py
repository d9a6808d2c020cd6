"""`tasktimer user`: give names to users, and list them."""

from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.options import Format, Json, argument, option
from tasktimer.cli.results import resolve_format, write_record
from tasktimer.cli.streams import write_result
from tasktimer.core.task import parse_user_id
from tasktimer.core.user import User
from tasktimer.output import records
from tasktimer.services import users as users_service

ADD_EPILOG = """\
Examples:
  tasktimer user add ada              a new user
  tasktimer user add ada --id 42      a name for user 42
  tasktimer track "write docs" --user ada

A name works wherever a user number does: with --user, in TASKTIMER_USER and
in the config file. It begins with a letter, and consists of letters, digits,
dots, hyphens, underscores and @. Users need no name, nor to be added.

Output: a sentence on a terminal, and the user's number when piped.
"""

LIST_EPILOG = """\
Examples:
  tasktimer user list

Output: a table on a terminal. When piped, prints tab-separated lines: id and
name. --format or TASKTIMER_FORMAT selects another format; csv includes a
header. Users without a name are listed if they have a task or a token, or
have run a command.
"""

RENAME_EPILOG = """\
Examples:
  tasktimer user rename ada lovelace
"""

Name = Annotated[str, argument("NAME", "Name of the user.")]

app = typer.Typer(name="user", add_completion=False, help="Give names to users, and list them.")


@app.command(epilog=ADD_EPILOG)
def add(
    ctx: typer.Context,
    name: Name,
    number: Annotated[str | None, option("--id", "N", "Number of the user.  (default: the next free one)")] = None,
    as_json: Json = False,
) -> None:
    """Add a user with a name."""
    context: Context = ctx.obj
    user = users_service.add_user(context.store, name, None if number is None else parse_user_id(number))
    _write_user(context, user, f"Added user {user.id}, {user.name}\n", as_json=as_json)


@app.command("list", epilog=LIST_EPILOG)
def list_(ctx: typer.Context, format_name: Format = None, as_json: Json = False) -> None:
    """Show the users."""
    context: Context = ctx.obj
    chosen = resolve_format(context, format_name, as_json=as_json)
    users = users_service.list_users(context.store)
    if chosen == "table":
        write_result(output.tables.users_table(users))
    else:
        write_result(records.format_users(users, chosen), utf8=True)


@app.command(epilog=RENAME_EPILOG)
def rename(
    ctx: typer.Context,
    name: Name,
    new_name: Annotated[str, argument("NEW-NAME", "New name of the user.")],
    as_json: Json = False,
) -> None:
    """Change the name of a user."""
    context: Context = ctx.obj
    user = users_service.rename_user(context.store, name, new_name)
    _write_user(context, user, f"Renamed user {user.id} to {user.name}\n", as_json=as_json)


def _write_user(context: Context, user: User, text: str, *, as_json: bool) -> None:
    write_record(
        context,
        as_json=as_json,
        record=user._asdict,
        text=lambda: text,
        lines=lambda: f"{user.id}\n",
        done=f"stored the name of user {user.id}",
    )
