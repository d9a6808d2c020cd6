"""`tasktimer serve`: `track`, `stop` and `times` over HTTP."""

import os
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer

from tasktimer.cli.context import Context, report_unreachable_config, report_upgrade_backup
from tasktimer.cli.streams import print_message
from tasktimer.errors import InvalidValue
from tasktimer.services import tokens
from tasktimer.store import SCHEMA_VERSION, Store
from tasktimer.store.async_store import outdated_schema_error
from tasktimer.store.factory import open_store
from tasktimer.store.sqlite.server_lock import ServerLock

EPILOG = """\
Examples:
  tasktimer token create --user 42               print a token for user 42
  tasktimer serve                                on http://127.0.0.1:8000
  tasktimer serve --no-auth                      no tokens, this machine only
  tasktimer --database postgresql://... serve --host 0.0.0.0 \\
    --allowed-host tasks.example.org --workers 4

The database is --database, else TASKTIMER_DATABASE, else DATABASE_URL, the
variables also from a .env file in the working directory; by default, your own
file. PORT, TASKTIMER_ALLOWED_HOSTS and TASKTIMER_CORS_ORIGINS (both
comma-separated) and TASKTIMER_POOL_SIZE are the defaults of their options.

GET /docs documents the requests; /healthz, /readyz and /metrics are for
monitoring. SIGTERM or Ctrl-C stops the server once requests in flight are
answered.
"""

DEFAULT_PORT = 8000

_INSTALL_HINT = "install the extra: pip install 'tasktimer-cli[server]', or from a checkout '.[server]'"

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        str | None, typer.Option("--port", metavar="N", help="Port; 0 for any free one.  (default: PORT, else 8000)")
    ] = None,
    workers: Annotated[
        str, typer.Option("--workers", metavar="N", help="Number of processes; more than 1 requires PostgreSQL.")
    ] = "1",
    pool_size: Annotated[
        str | None,
        typer.Option("--pool-size", metavar="N", help="PostgreSQL connections per process.  (default: 10)"),
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Require no tokens; on a loopback address only.", show_default=False)
    ] = False,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allowed-host",
            metavar="NAME",
            help="Host name that requests may use, such as *.example.org, or * for any; can be repeated.  "
            "(default: localhost and ADDRESS)",
            show_default=False,
        ),
    ] = None,
    cors_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--cors-origin",
            metavar="ORIGIN",
            help="Origin of web pages that may send requests; can be repeated.  (default: none)",
            show_default=False,
        ),
    ] = None,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Upgrade an older schema first.", show_default=False)
    ] = False,
    access_log: Annotated[bool, typer.Option("--access-log/--no-access-log", help="Log every request.")] = True,
) -> None:
    """Serve track, stop and times over HTTP."""
    context: Context = ctx.obj
    try:
        from tasktimer.server import run  # lazy: an optional extra
        from tasktimer.server.settings import ServerSettings, parse_pool_size, parse_port, parse_workers
    except ImportError as error:
        raise _not_installed(error) from None
    settings = ServerSettings(os.environ, context.database)
    if no_auth and not _is_loopback(host):
        raise InvalidValue(
            "no-auth-in-public",
            f"--no-auth on {host} would allow requests from anyone",
            "omit it and create tokens (tasktimer token create), or serve on 127.0.0.1",
        )
    options = settings.options(
        needs_token=not no_auth,
        own_names=_names(host),
        allowed_hosts=allowed_host or (),
        cors_origins=cors_origin or (),
        pool_size=None if pool_size is None else parse_pool_size(pool_size),
    )
    report_unreachable_config(settings)
    chosen = settings.port if port is None else parse_port(port)
    count = parse_workers(workers)
    name = _prepare(options.database, migrate=migrate, needs_token=options.needs_token)
    if isinstance(options.database, Path) and count > 1:
        reason = "a file allows one writer at a time"
        print_message(f"one process serves, not {count}: {reason}", "use --workers with PostgreSQL", label="note")
        count = 1
    listening = run.open_socket(host, DEFAULT_PORT if chosen is None else chosen)
    print_message(f"serving {name} on {_url(host, listening.getsockname()[1])} (requests: /docs)", label="note")
    run.serve(options, listening, workers=count, access_log=access_log)


def _prepare(database: Path | str, *, migrate: bool, needs_token: bool) -> str:
    """Check the store before the first request, and return its name.

    Raises:
        Unavailable: if it cannot be used, another process serves it, or its schema is older and `migrate` is not set.
    """
    store = open_store(database)
    try:
        version = store.version()
        if version is not None and version < SCHEMA_VERSION:
            if not migrate:
                raise outdated_schema_error(store.name, version)
            store.upgrade()
            report_upgrade_backup(store)
        if isinstance(database, Path) and version is not None:
            # Fail now, not at the first request, if another process serves the file.
            lock = ServerLock(database)
            lock.acquire()
            lock.release()
        _report_access(store, database, needs_token=needs_token)
        return store.name
    finally:
        store.close()


def _report_access(store: Store, database: Path | str, *, needs_token: bool) -> None:
    if not needs_token:
        print_message("no token is required: every program on this machine can act for every user", label="note")
    elif not tokens.has_tokens(store):
        named = "" if isinstance(database, Path) else "--database URL "
        print_message("there are no tokens yet", f"create one: tasktimer {named}token create --user N", label="note")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _names(host: str) -> Sequence[str]:
    """Return the host names of the address in requests; an unspecified address has none."""
    try:
        address = ip_address(host)
    except ValueError:
        return (host.lower(),)
    return () if address.is_unspecified else (f"[{address}]" if address.version == 6 else str(address),)


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _not_installed(error: ImportError) -> InvalidValue:
    if (error.name or "").startswith("tasktimer"):  # a bug, not a missing extra
        raise error
    return InvalidValue("server-not-installed", f"the server needs {error.name}, which is not installed", _INSTALL_HINT)
