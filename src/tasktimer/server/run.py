"""The process that serves, or those that do: uvicorn on a socket that is ours."""

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

# How long requests in flight may take to end when the server is to end.
SHUTDOWN_TIMEOUT = 30
# How long a worker may say nothing. One that is starting on a busy machine says nothing for a while: with uvicorn's own
# 5 s it could be killed and started for ever.
WORKER_HEALTHCHECK_TIMEOUT = 60


def open_socket(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 lets the system choose one.

    Raises:
        Unavailable: it cannot be had.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        hint = "give another --host or --port; port 0 lets the system choose one"
        raise Unavailable("address-unusable", f"cannot listen on {host}, port {port}: {error.strerror}", hint) from None
    listening.set_inheritable(True)  # the workers are to have it
    return listening


def serve(options: ServerOptions, listening: socket.socket, *, workers: int = 1, access_log: bool = True) -> None:
    """Serve until the process is told to end, then finish the requests in flight."""
    gc.enable()  # the command line turns it off for processes that end at once
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
    """That of uvicorn, with a line for us."""
    config = deepcopy(uvicorn.config.LOGGING_CONFIG)
    config["loggers"]["tasktimer"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return config
