"""Middleware for the metrics, the log and the headers of every response."""

import logging
import re
import time
from random import getrandbits

from starlette.types import Message, Receive, Scope, Send

from tasktimer.server.app_middleware import AppMiddleware
from tasktimer.server.headers import header_values
from tasktimer.server.logs import current_request, log_request
from tasktimer.server.problem_details import SAFE_HEADERS, Problem, problem_response

# Anything else could imitate other parts of a line in the log.
_REQUEST_ID = rb"[A-Za-z0-9._-]{1,100}"

log = logging.getLogger("tasktimer.server")


class MonitoringMiddleware(AppMiddleware):
    """Middleware that counts and logs requests, logs unexpected exceptions, and responds to them with 500.

    If an exception reached uvicorn, uvicorn would close the connection, and pipelined requests would be lost.
    """

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        status = None
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        current_request.set(scope)
        self._state.metrics.in_flight.inc()

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own_headers = (*SAFE_HEADERS, (b"x-request-id", request_id))
                message["headers"] = [*message.get("headers", ()), *own_headers]
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except Exception:
            if status is not None:  # closing the connection is the only way to show that the response is incomplete
                raise
            log.exception("internal error")
            problem = Problem(500, "internal-error", "internal server error", "see the server log")
            await problem_response(self._state, problem)(scope, receive, send_watched)
        finally:
            seconds = time.perf_counter() - start
            self._state.metrics.in_flight.dec()
            self._state.metrics.count_request(scope, status or 500, seconds)
            log_request(scope, status or 500, seconds)


def _request_id(scope: Scope) -> bytes:
    """Return the ID that the client or a proxy has sent, or a new one."""
    for given in header_values(scope, b"x-request-id"):
        if re.fullmatch(_REQUEST_ID, given):
            return given
    return b"%016x" % getrandbits(64)
