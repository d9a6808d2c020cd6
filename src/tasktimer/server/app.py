"""The application: its routes, what every request passes, and how refusals are told."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.middleware import Middleware
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tasktimer import __version__
from tasktimer.config.timezones import local_zone
from tasktimer.errors import Kind, StoreMissing, TasktimerError
from tasktimer.server.dependencies import GuardedRoute
from tasktimer.server.log_redaction import hide_secrets
from tasktimer.server.metrics import Observe
from tasktimer.server.middleware import BoundBody, CatchErrors, CheckHost, Cors
from tasktimer.server.openapi import ProblemDetails
from tasktimer.server.problem_details import Problem, Refusal, problem_of
from tasktimer.server.routes import health, tasks
from tasktimer.server.settings import Options
from tasktimer.server.state import Clock, Door
from tasktimer.store import Store
from tasktimer.store.factory import open_served
from tasktimer.store.statements import idempotency

_SECONDS_BETWEEN_CLEANINGS = 3600

_DESCRIPTION = """
The verbs of tasktimer for a team: `track` starts a task, `stop` ends it, `times` says how long each task took on a day.

Every request but those for health and this page carries a token: `Authorization: Bearer …`. A token acts for its own
user; one that was created with `--admin` for all. Every refusal has the same shape: problem details (RFC 9457) with a
stable `code` and a `hint`. Both POSTs take an `Idempotency-Key`, which makes a retry safe.
"""

_BEARER = "What `tasktimer token create` printed."

_NO_ROUTE = {404: "no route has this path", 405: "the route does not take this method"}

log = logging.getLogger("tasktimer.server")


def build_app(options: Options, clock: Clock = datetime.now) -> FastAPI:
    """The application of one process; it opens the store when it starts and lets go of it when it ends."""
    store = open_served(options.database, pool_size=options.pool_size)
    door = Door(options, store, options.tz or local_zone(os.environ), clock)
    app = _Application(
        title="tasktimer",
        description=_DESCRIPTION,
        version=__version__,
        lifespan=_lifespan,
        middleware=_middleware(door),
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        redoc_url=None,
        routes=[*tasks.router.routes, *health.router.routes, *health.guarded.routes],
    )
    app.state.door = door
    hide_secrets()
    for error, tell in _TELLERS.items():
        app.add_exception_handler(error, tell)
    return app


class _Application(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The document, with what FastAPI does not know: who may ask, and how refusals look."""
        if self.openapi_schema is None:
            # With whole numbers as such: a float cannot tell the largest ids from those beyond.
            document = _with_integers(super().openapi())
            parts = document["components"]
            parts["schemas"]["ProblemDetails"] = ProblemDetails.model_json_schema()
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": _BEARER}}
            for route in self.routes:
                if isinstance(route, GuardedRoute):
                    for method in route.methods or ():
                        document["paths"][route.path][method.lower()]["security"] = [{"token": []}]
            self.openapi_schema = document
        return self.openapi_schema


def _with_integers(value: Any) -> Any:
    match value:
        case dict():
            return {name: _with_integers(part) for name, part in value.items()}
        case list():
            return [_with_integers(part) for part in value]
        case float() if value.is_integer():
            return int(value)
    return value


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    door: Door = app.state.door
    cleaning = asyncio.create_task(_clean(door))
    try:
        yield
    finally:
        cleaning.cancel()
        await door.store.close()


def _middleware(door: Door) -> list[Middleware]:
    # The outermost first: what is refused at the entrance is counted, too.
    passed = [
        Middleware(Observe, door.metrics),
        Middleware(CatchErrors),
        Middleware(CheckHost, door.options.allowed_hosts),
    ]
    if door.options.cors_origins:
        passed.append(
            Middleware(
                Cors,
                allow_origins=door.options.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
                expose_headers=["Idempotent-Replayed", "Retry-After", "WWW-Authenticate"],
            )
        )
    return [*passed, Middleware(BoundBody)]


async def _clean(door: Door) -> None:
    """Forget, again and again, the answers whose time is over."""

    def forget(store: Store) -> None:
        with store.write() as connection:
            idempotency.forget_answers(connection, door.now())

    while True:
        try:
            await door.store.write(forget)
        except StoreMissing:
            pass
        except Exception:  # the next time it may succeed, and requests do not depend on it
            log.exception("old answers stay for now")
        await asyncio.sleep(_SECONDS_BETWEEN_CLEANINGS)


async def _tell_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _told(request, error.problem)


async def _tell_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TasktimerError)
    if error.kind is Kind.UNAVAILABLE:
        log.error("%s (%s)", error.what, error.hint)
    return _told(request, problem_of(error))


async def _tell_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    what = _NO_ROUTE.get(error.status_code, phrase.lower())
    return _told(
        request, Problem(error.status_code, code, what, "see /docs for the routes", headers=error.headers or {})
    )


_TELLERS: Mapping[type[Exception], Any] = {
    Refusal: _tell_refusal,
    TasktimerError: _tell_error,
    HTTPException: _tell_http,
}


def _told(request: Request, problem: Problem) -> Response:
    door: Door = request.app.state.door
    return door.tell(problem)
