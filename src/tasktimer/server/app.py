"""The application: its routes, what every request passes, and how refusals are told."""

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
from tasktimer.server.exception_handlers import EXCEPTION_HANDLERS
from tasktimer.server.log_redaction import install_redaction_filter
from tasktimer.server.metrics import MetricsMiddleware
from tasktimer.server.middleware import (
    BodyLimitMiddleware,
    InternalErrorMiddleware,
    ProblemCORSMiddleware,
    TrustedHostMiddleware,
)
from tasktimer.server.openapi import extend_document
from tasktimer.server.routes import health, tasks
from tasktimer.server.settings import ServerOptions
from tasktimer.server.state import AppState, Clock
from tasktimer.store import Store
from tasktimer.store.factory import open_async_store
from tasktimer.store.statements import idempotency

_PURGE_INTERVAL = 3600

_DESCRIPTION = """
The verbs of tasktimer for a team: `track` starts a task, `stop` ends it, `times` says how long each task took on a day.

Every request but those for health and this page carries a token: `Authorization: Bearer …`. A token acts for its own
user; one that was created with `--admin` for all. Every refusal has the same shape: problem details (RFC 9457) with a
stable `code` and a `hint`. Both POSTs take an `Idempotency-Key`, which makes a retry safe.
"""

_TAGS = [
    {"name": "tasks", "description": "Start, stop and list tasks."},
    {"name": "health", "description": "Watch over the server."},
]

log = logging.getLogger("tasktimer.server")


def build_app(options: ServerOptions, clock: Clock = datetime.now) -> FastAPI:
    """The application of one process; it opens the store when it starts and lets go of it when it ends."""
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
    cleaning = asyncio.create_task(_purge_expired_responses(state))
    try:
        yield
    finally:
        cleaning.cancel()
        await state.store.close()


def _middleware(state: AppState) -> list[Middleware]:
    # The outermost first: what is refused at the entrance is counted, too.
    passed = [
        Middleware(MetricsMiddleware, state.metrics),
        Middleware(InternalErrorMiddleware),
        Middleware(TrustedHostMiddleware, state.options.allowed_hosts),
    ]
    if state.options.cors_origins:
        passed.append(
            Middleware(
                ProblemCORSMiddleware,
                allow_origins=state.options.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
                expose_headers=["Idempotent-Replayed", "Location", "Retry-After", "WWW-Authenticate"],
            )
        )
    return [*passed, Middleware(AuthenticationMiddleware, state), Middleware(BodyLimitMiddleware)]


async def _purge_expired_responses(state: AppState) -> None:
    """Forget, again and again, the answers whose time is over."""

    def forget(store: Store) -> None:
        with store.write() as connection:
            idempotency.delete_expired_responses(connection, state.now())

    while True:
        try:
            await state.store.write(forget)
        except StoreMissing:
            pass
        except Exception:  # the next time it may succeed, and requests do not depend on it
            log.exception("old answers stay for now")
        await asyncio.sleep(_PURGE_INTERVAL)
