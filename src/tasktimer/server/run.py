"""Start the server: check its address and store, open a socket, and run uvicorn on it."""

import gc
import socket
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

from tasktimer.errors import InvalidValue, Unavailable
from tasktimer.server.app import build_app
from tasktimer.server.metrics import metrics_folder
from tasktimer.server.protocol import HeaderLimitProtocol
from tasktimer.server.settings import ServerOptions
from tasktimer.services import tokens
from tasktimer.store.errors import outdated_schema_error
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import SCHEMA_VERSION
from tasktimer.store.sqlite.server_lock import ServerLock

# Seconds to wait for requests in flight on shutdown.
SHUTDOWN_TIMEOUT = 30
# Seconds after which a silent worker is restarted. With uvicorn's default of 5, a worker that starts slowly on a busy
# machine would be restarted repeatedly.
WORKER_HEALTHCHECK_TIMEOUT = 60


class ReadyStore(NamedTuple):
    """A store that is ready to be served."""

    name: str
    backup_path: Path | None  # the copy made before the schema was upgraded
    has_tokens: bool


def validate_loopback(host: str) -> None:
    """Raise InvalidValue unless the host is a loopback address: a server without tokens must be private."""
    try:
        is_loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        message = f"--no-auth on {host} would allow requests from anyone"
        hint = "omit --no-auth and create tokens (tasktimer token create), or serve on 127.0.0.1"
        raise InvalidValue("public-without-auth", message, hint)


def host_names(host: str) -> Sequence[str]:
    """Return the `Host` headers that match a listening address, or none if it is unspecified, such as 0.0.0.0."""
    try:
        address = ip_address(host)
    except ValueError:
        return (host.lower(),)
    return () if address.is_unspecified else (f"[{address}]" if address.version == 6 else str(address),)


def prepare_store(database: Path | str, *, migrate: bool) -> ReadyStore:
    """Check a store before the first request; if `migrate` is set, create or upgrade its schema.

    Raises:
        Unavailable: if the store is unusable or another process serves it; if `migrate` is false and the schema is
            outdated; if `migrate` is true and changes cannot be stored.
    """
    with closing(open_store(database)) as store:
        version = store.version()
        is_older = version is not None and version < SCHEMA_VERSION
        if is_older and not migrate:
            raise outdated_schema_error(store.name, version or 0)
        if isinstance(database, Path) and version is not None:
            # Fail now, not at the first request, if another process is serving the file.
            lock = ServerLock(database)
            lock.acquire()
            lock.release()
        if migrate:
            store.upgrade()
            store.check_writable()
        return ReadyStore(store.name, store.backup_path, tokens.has_tokens(store))


def url(host: str, listening: socket.socket) -> str:
    """Return the URL of a server on a listening socket."""
    return f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address, or raise Unavailable; with port 0, the system chooses a port."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        hint = "use another --host or --port; with --port 0, the system chooses a port"
        message = f"cannot listen on {host}, port {port}: {error.strerror}"
        raise Unavailable("address-unavailable", message, hint) from None
    listening.set_inheritable(True)  # worker processes inherit it
    return listening


class Workers(Multiprocess):
    """Worker processes, which are restarted when they end."""

    metrics_folder: Path
    _pids: frozenset[int | None] = frozenset()

    def keep_subprocess_alive(self) -> None:
        """Restart workers that have ended, whose requests are no longer in flight."""
        super().keep_subprocess_alive()
        pids = frozenset(process.pid for process in self.processes)
        for pid in self._pids - pids:
            mark_process_dead(pid, self.metrics_folder)  # type: ignore[no-untyped-call]
        self._pids = pids


def serve(options: ServerOptions, listening: socket.socket, *, workers: int = 1, log_config: dict[str, Any]) -> None:
    """Serve requests until a signal arrives, then finish the requests in flight."""
    gc.enable()  # the command line disables it for short commands
    config = uvicorn.Config(
        partial(build_app, options),
        factory=True,
        workers=workers,
        access_log=False,  # the application logs requests itself
        log_config=log_config,
        http=HeaderLimitProtocol,
        server_header=False,
        root_path=options.root_path,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
        timeout_worker_healthcheck=WORKER_HEALTHCHECK_TIMEOUT,
    )
    server = uvicorn.Server(config)
    if workers > 1:
        with metrics_folder() as folder:
            processes = Workers(config, [listening])
            processes.metrics_folder = folder
            processes.run()
    else:
        server.run(sockets=[listening])
