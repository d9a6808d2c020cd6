"""Running the server: uvicorn on a socket that is opened first."""

import gc
import socket
from copy import deepcopy
from functools import partial

import uvicorn
from uvicorn.supervisors import Multiprocess

from tasktimer.errors import Unavailable
from tasktimer.server.app import build_app
from tasktimer.server.protocol import HeaderLimitProtocol
from tasktimer.server.settings import ServerOptions

# Seconds that requests in flight get on shutdown.
SHUTDOWN_TIMEOUT = 30
# Seconds after which a silent worker is restarted. With uvicorn's default of 5 a worker that starts slowly on a busy
# machine would be restarted again and again.
WORKER_HEALTHCHECK_TIMEOUT = 60


def open_socket(host: str, port: int) -> socket.socket:
    """Listen on an address; with port 0 the system chooses the port.

    Raises:
        Unavailable: if the address cannot be used.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        hint = "use another --host or --port; with --port 0 the system chooses one"
        raise Unavailable("address-unusable", f"cannot listen on {host}, port {port}: {error.strerror}", hint) from None
    listening.set_inheritable(True)  # worker processes inherit it
    return listening


def serve(options: ServerOptions, listening: socket.socket, *, workers: int = 1, access_log: bool = True) -> None:
    """Serve until a signal ends the process, then finish the requests in flight."""
    gc.enable()  # the command line disables it for short commands
    config = uvicorn.Config(
        partial(build_app, options),
        factory=True,
        workers=workers,
        access_log=access_log,
        log_config=_log_config(),
        http=HeaderLimitProtocol,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
        timeout_worker_healthcheck=WORKER_HEALTHCHECK_TIMEOUT,
    )
    server = uvicorn.Server(config)
    if workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        server.run(sockets=[listening])


def _log_config() -> dict[str, object]:
    """Return uvicorn's log configuration with our logger."""
    config = deepcopy(uvicorn.config.LOGGING_CONFIG)
    config["loggers"]["tasktimer"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return config
