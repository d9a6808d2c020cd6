"""`tasktimer serve`: serve the `track`, `stop` and `times` commands over HTTP."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.context import Context, report_unreachable_config, report_upgrade_backup
from tasktimer.cli.options import flag, option
from tasktimer.cli.streams import print_message
from tasktimer.errors import InvalidValue

if TYPE_CHECKING:
    from tasktimer.server.settings import ServerOptions

EPILOG = """\
Examples:
  tasktimer token create --user 42               create a token for user 42
  tasktimer serve                                on http://127.0.0.1:8000
  tasktimer serve --no-auth                      without tokens, local only
  tasktimer --database postgresql://... serve --host 0.0.0.0 \\
    --allowed-host tasks.example.org --workers 4

The database is taken from --database, TASKTIMER_DATABASE or DATABASE_URL, in
this order; the variables can also be set in a .env file in the current
directory. By default, your personal database file is used. PORT,
TASKTIMER_ALLOWED_HOSTS and TASKTIMER_CORS_ORIGINS (both comma-separated),
TASKTIMER_POOL_SIZE and TASKTIMER_STORE_TIMEOUT set the defaults of the
corresponding options.

GET /docs returns the API documentation; /healthz, /readyz and /metrics are
for monitoring. On SIGTERM or Ctrl-C, the server completes the requests in
progress and stops.
"""

DEFAULT_PORT = 8000

_INSTALL_HINT = "install the extra: pip install 'tasktimer-cli[server]', or '.[server]' in a checkout"


Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")]
Port = Annotated[
    str | None, option("--port", "N", "Port to listen on, or 0 for any free port.  (default: PORT, else 8000)")
]
Workers = Annotated[
    str, typer.Option("--workers", metavar="N", help="Number of worker processes; more than one requires PostgreSQL.")
]
PoolSize = Annotated[str | None, option("--pool-size", "N", "PostgreSQL connections per process.  (default: 20)")]
StoreTimeout = Annotated[
    str | None,
    option("--store-timeout", "SECONDS", "Seconds that a request waits for a connection or a lock.  (default: 5)"),
]
NoAuth = Annotated[bool, flag("--no-auth", "Do not require tokens (allowed only on loopback addresses).")]
AllowedHosts = Annotated[
    list[str] | None,
    option(
        "--allowed-host",
        "NAME",
        "Host name that requests may use, such as *.example.org, or * for any; can be repeated.  "
        "(default: localhost and ADDRESS)",
    ),
]
CorsOrigins = Annotated[
    list[str] | None,
    option("--cors-origin", "ORIGIN", "Origin of web pages that may send requests; can be repeated.  (default: none)"),
]
RootPath = Annotated[
    str, option("--root-path", "PATH", "Prefix that a proxy removes from the paths of requests.  (default: none)")
]
Migrate = Annotated[bool, flag("--migrate", "First create the database schema, or upgrade it if it is outdated.")]
AccessLog = Annotated[bool, typer.Option("--access-log/--no-access-log", help="Log every request.")]
LogFormat = Annotated[str, typer.Option("--log-format", metavar="FORMAT", help="Format of the log: text or json.")]


def serve(
    ctx: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = None,
    workers: Workers = "1",
    pool_size: PoolSize = None,
    store_timeout: StoreTimeout = None,
    no_auth: NoAuth = False,
    allowed_host: AllowedHosts = None,
    cors_origin: CorsOrigins = None,
    root_path: RootPath = "",
    migrate: Migrate = False,
    access_log: AccessLog = True,
    log_format: LogFormat = "text",
) -> None:
    """Serve the track, stop and times commands over HTTP."""
    context: Context = ctx.obj
    try:
        from tasktimer.server import logs, run, settings  # lazy: an optional extra
    except ImportError as error:
        raise _not_installed(error) from None
    values = settings.ServerSettings(os.environ, context.database)
    if no_auth:
        run.validate_loopback(host)
    options = values.options(
        needs_token=not no_auth,
        own_names=run.host_names(host),
        allowed_hosts=allowed_host or (),
        cors_origins=cors_origin or (),
        root_path=root_path,
        pool_size=None if pool_size is None else settings.parse_pool_size(pool_size),
        store_timeout=None if store_timeout is None else settings.parse_store_timeout(store_timeout),
    )
    report_unreachable_config(values)
    chosen = values.port if port is None else settings.parse_port(port)
    count = settings.parse_workers(workers)
    log_config = logs.log_config(logs.parse_log_format(log_format), is_access_logged=access_log)
    name = _prepare_store(options, migrate=migrate)
    processes = _limit_processes(count, is_file=isinstance(options.database, Path))
    listening = run.open_socket(host, DEFAULT_PORT if chosen is None else chosen)
    print_message(f"serving {name} on {run.url(host, listening)} (API docs: /docs)", label="note")
    run.serve(options, listening, workers=processes, log_config=log_config)


def _prepare_store(options: "ServerOptions", *, migrate: bool) -> str:
    from tasktimer.server import run  # lazy, as above

    store = run.prepare_store(options.database, migrate=migrate)
    report_upgrade_backup(store.name, store.backup_path)
    is_file = isinstance(options.database, Path)
    _report_access(needs_token=options.needs_token, has_tokens=store.has_tokens, is_file=is_file)
    return store.name


def _report_access(*, needs_token: bool, has_tokens: bool, is_file: bool) -> None:
    if not needs_token:
        print_message("no token is required: any program on this machine can act for any user", label="note")
    elif not has_tokens:
        named = "" if is_file else "--database URL "
        print_message(
            "there are no tokens yet", f"to create one, run: tasktimer {named}token create --user N", label="note"
        )


def _limit_processes(count: int, *, is_file: bool) -> int:
    if is_file and count > 1:
        message = f"using 1 process instead of {count}: a file allows only one writer at a time"
        print_message(message, "to use several processes, use a PostgreSQL database", label="note")
        return 1
    return count


def _not_installed(error: ImportError) -> InvalidValue:
    if (error.name or "").startswith("tasktimer"):  # a bug, not a missing extra
        raise error
    return InvalidValue(
        "server-not-installed", f"the server requires {error.name}, which is not installed", _INSTALL_HINT
    )
