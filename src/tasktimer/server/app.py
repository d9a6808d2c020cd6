"""The FastAPI application: its routes, middleware and lifespan."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from fastapi.middleware import Middleware

from tasktimer import __version__
from tasktimer.config.timezones import local_zone
from tasktimer.errors import StoreMissing
from tasktimer.server.authentication import AuthenticationMiddleware
from tasktimer.server.log_redaction import install_redaction_filter
from tasktimer.server.middleware import (
    BodyLimitMiddleware,
    MonitoringMiddleware,
    ProblemCORSMiddleware,
    TrustedHostMiddleware,
)
from tasktimer.server.openapi import extend_document
from tasktimer.server.problem_details import EXCEPTION_HANDLERS
from tasktimer.server.routes import health, tasks
from tasktimer.server.settings import ServerOptions
from tasktimer.server.state import AppState, Clock
from tasktimer.store.factory import open_async_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements import idempotency

_PURGE_INTERVAL = 3600

_DESCRIPTION = """
Track time over HTTP: `track` starts a task, `stop` ends it, `times` returns the time spent on each task on a day.

Every request needs a token, `Authorization: Bearer …`, except those for health and documentation. A token acts for its
user, an administrator's token for all users. Errors are problem details (RFC 9457) with a stable `code` and a `hint`.
Send an `Idempotency-Key` with each `POST` to make retries safe.
"""

_TAGS = [
    {"name": "tasks", "description": "Start, stop and list tasks."},
    {"name": "health", "description": "Monitor the server."},
]

log = logging.getLogger("tasktimer.server")


def build_app(options: ServerOptions, clock: Clock = datetime.now) -> FastAPI:
    """Return the application of one process, which opens the store on first use and closes it on shutdown."""
    store = open_async_store(options.database, pool_size=options.pool_size)
    state = AppState(options, store, options.tz or local_zone(os.environ), clock)
    app = FastAPI(
        title="tasktimer",
        description=_DESCRIPTION,
        version=__version__,
        contact={"name": "tasktimer"},
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": "/"}],
        openapi_tags=_TAGS,
        lifespan=_lifespan,
        middleware=_middleware(state),
        exception_handlers=EXCEPTION_HANDLERS,
        redirect_slashes=False,
        redoc_url=None,
        routes=[*tasks.router.routes, *health.router.routes],
    )
    app.state.tasktimer = state
    extend_document(app)
    install_redaction_filter()
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = AppState.of(app)
    purging = asyncio.create_task(_purge_expired_responses(state))
    try:
        yield
    finally:
        purging.cancel()
        await state.store.close()


def _middleware(state: AppState) -> list[Middleware]:
    # From the outside in: the metrics count every response, and CORS preflight requests have no token.
    middleware = [Middleware(MonitoringMiddleware, state), Middleware(TrustedHostMiddleware, state)]
    if state.options.cors_origins:
        middleware.append(
            Middleware(
                ProblemCORSMiddleware,
                allow_origins=state.options.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
                expose_headers=["Idempotent-Replayed", "Location", "Retry-After", "WWW-Authenticate"],
            )
        )
    return [*middleware, Middleware(AuthenticationMiddleware, state), Middleware(BodyLimitMiddleware, state)]


async def _purge_expired_responses(state: AppState) -> None:
    """Delete the expired responses of idempotent requests, now and every hour."""

    def purge(store: Store) -> None:
        with store.write() as connection:
            idempotency.delete_expired_responses(connection, state.now())

    while True:
        try:
            await state.store.write(purge)
        except StoreMissing:
            pass
        except Exception:  # requests do not depend on it, and the next attempt may succeed
            log.exception("cannot delete expired responses")
        await asyncio.sleep(_PURGE_INTERVAL)
