"""`tasktimer token`: create, list and revoke server tokens."""

from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.options import Format, Json, OneUser, argument, flag, option
from tasktimer.cli.results import resolve_format, write_record
from tasktimer.cli.streams import discard_output, output_error, print_message, write_result
from tasktimer.core.task import parse_positive
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.core.token import Access, Token, expiry_after
from tasktimer.output import json_tsv, records
from tasktimer.output.formatting import escape_for_terminal
from tasktimer.services import tokens as tokens_service

CREATE_EPILOG = """\
Examples:
  tasktimer token create --user 42 --name laptop
  tasktimer token create --user 42 --expires 90d
  tasktimer token create --user 1 --admin        a token for any user
  tasktimer token create --user 42 --read-only   for a dashboard
  tasktimer token create --user 42 --reports     for a team lead
  curl -H "Authorization: Bearer $TOKEN" ...

The secret is printed only once, and only its SHA-256 hash is stored. A
running server accepts the token immediately.
"""

LIST_EPILOG = """\
Examples:
  tasktimer token list
  tasktimer token list --user all        on PostgreSQL
  tasktimer token list --user 42 --json

Output: a table on a terminal. When piped, prints tab-separated lines: id,
user_id, admin, name, state (active, expired or revoked), created_time,
expiry_time, revoked_time, access (write, read or reports) and last_used_time,
the hour of the last request with the token. --format or TASKTIMER_FORMAT
selects another format; csv includes a header.
"""

REVOKE_EPILOG = """\
Examples:
  tasktimer token revoke 3

A running server rejects revoked tokens immediately. If any token cannot be
revoked, none is.
"""

Name = Annotated[str | None, option("--name", "TEXT", "Name of the token, such as laptop.")]
Lifetime = Annotated[
    str | None, option("--expires", "DURATION", "Lifetime, such as 90d or 12h.  (default: valid until revoked)")
]
TokenUser = Annotated[
    str | None,
    option(
        "--user",
        "N|all",
        "Show this user's tokens, or all users' tokens.  (default: TASKTIMER_USER, else all users of a file)",
    ),
]
Admin = Annotated[bool, flag("--admin", "Allow the token to act for any user.")]

ReadOnly = Annotated[bool, flag("--read-only", "Allow the token to read, but not to change anything.")]
Reports = Annotated[bool, flag("--reports", "As --read-only, and allow it to read reports on all users.")]

app = typer.Typer(name="token", add_completion=False, help="Create, list and revoke server tokens.")


@app.command(epilog=CREATE_EPILOG)
def create(
    ctx: typer.Context,
    user: OneUser = None,
    name: Name = None,
    expires: Lifetime = None,
    admin: Admin = False,
    read_only: ReadOnly = False,
    reports: Reports = False,
    as_json: Json = False,
) -> None:
    """Create a token for a user and print its secret."""
    context: Context = ctx.obj
    token, secret = tokens_service.create_token(
        context.store,
        context.resolve_user(user).owner,
        admin=admin,
        name=name,
        expiry_time=None if expires is None else expiry_after(parse_duration(expires), context.now),
        access=Access.REPORTS if reports else Access.READ if read_only else Access.WRITE,
        now=context.now,
    )
    # Print nothing else to standard output, so that TOKEN=$(tasktimer token create ...) works.
    shown = f"{secret}\n"
    if as_json:
        shown = json_tsv.to_json({**records.token_to_dict(token, context.now), "secret": secret})
    _write_secret(shown, token)
    if context.is_terminal and not as_json:
        note = f"token {token.id} can {_say_access(token)}; save the secret now: it cannot be shown again"
        print_message(note, label="note")


def _say_access(token: Token) -> str:
    who = "any user" if token.admin else f"user {token.user_id}"
    if token.access is Access.WRITE:
        return f"act for {who}"
    reports = ", and reports on all users" if token.access is Access.REPORTS else ""
    return f"read the tasks of {who}{reports}"


def _write_secret(text: str, token: Token) -> None:
    done, hint = f"token {token.id} was stored", f"to revoke it, run: tasktimer token revoke {token.id}"
    try:
        write_result(text, done=done, hint=hint, utf8=True)
    except BrokenPipeError:  # a secret that no process has read is lost
        discard_output()
        raise output_error("the reader closed the pipe", done, hint) from None


@app.command("list", epilog=LIST_EPILOG)
def list_(ctx: typer.Context, user: TokenUser = None, format_name: Format = None, as_json: Json = False) -> None:
    """Show the tokens without their secrets."""
    context: Context = ctx.obj
    chosen = resolve_format(context, format_name, as_json=as_json)
    tokens = tokens_service.list_tokens(context.store, context.resolve_user(user).reader)
    if chosen == "table":
        write_result(output.tables.tokens_table(tokens, context.now))
    else:
        write_result(records.format_tokens(tokens, context.now, chosen), utf8=True)


@app.command(epilog=REVOKE_EPILOG)
def revoke(
    ctx: typer.Context,
    ids: Annotated[list[str], argument("ID...", "IDs of the tokens to revoke; see tasktimer token list.")],
    as_json: Json = False,
) -> None:
    """Revoke tokens."""
    context: Context = ctx.obj
    numbers = [parse_positive(token_id, noun="token ID", code="invalid-id") for token_id in ids]
    tokens = tokens_service.revoke_tokens(context.store, numbers, now=context.now)
    write_record(
        context,
        as_json=as_json,
        record=lambda: [records.token_to_dict(token, context.now) for token in tokens],
        text=lambda: "".join(map(_revoked_line, tokens)),
        lines=lambda: "".join(f"{token.id}\n" for token in tokens),
        done=f"revoked {' '.join(str(token.id) for token in tokens)}",
    )


def _revoked_line(token: Token) -> str:
    return f"Revoked token {token.id} ({escape_for_terminal(token.name or 'no name')}) of user {token.user_id}\n"
