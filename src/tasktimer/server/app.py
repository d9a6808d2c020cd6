"""The FastAPI application: its routes, middleware and lifespan."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from fastapi.middleware import Middleware

from tasktimer import __version__
from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.server.body_limit import BodyLimitMiddleware
from tasktimer.server.middleware import AuthenticationMiddleware, ProblemCORSMiddleware, TrustedHostMiddleware
from tasktimer.server.monitoring import MonitoringMiddleware
from tasktimer.server.openapi import extend_document
from tasktimer.server.problem_details import EXCEPTION_HANDLERS
from tasktimer.server.root_path import RootPathMiddleware
from tasktimer.server.routes import (
    account,
    docs,
    exports,
    health,
    history,
    imports,
    labels,
    reports,
    running_tasks,
    split_join,
    task_changes,
    task_lists,
    tasks,
    track_tasks,
)
from tasktimer.server.routing import Application
from tasktimer.server.settings import ServerOptions
from tasktimer.server.state import AppState, Clock
from tasktimer.server.token_uses import TokenUses
from tasktimer.store.async_store import open_async_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements import idempotency

_PURGE_INTERVAL = 3600

_DESCRIPTION = """
Track time over HTTP: `track` starts a task, `stop` ends it, `times` returns the time spent on each task on a given day,
`report` the time spent by project, day or other keys, `projects` and `tags` the labels in use, and `export` and
`import` exchange tasks with other programs.

Every request needs a token (`Authorization: Bearer …`), except those for health and documentation. A token acts for its
user; an administrator's token acts for all users. Errors are problem details (RFC 9457) with a stable `code` and a
`hint`. Send an `Idempotency-Key` with each change to make retries safe.
"""

_TAGS = [
    {"name": "tasks", "description": "Start, stop, change, list, export and import tasks."},
    {"name": "reports", "description": "Add up the time spent, and list projects and tags."},
    {"name": "history", "description": "List, undo and redo what changed tasks."},
    {"name": "account", "description": "Get whom a token acts for."},
    {"name": "health", "description": "Monitor the server."},
]

log = logging.getLogger("tasktimer.server")


def build_app(options: ServerOptions, clock: Clock = datetime.now) -> FastAPI:
    """Return an application for one process, which opens the store on first use and closes it on shutdown."""
    store = open_async_store(options.database, pool_size=options.pool_size, lock_timeout=options.store_timeout)
    state = AppState(options, store, options.find_zone(None), clock, TokenUses(store))
    app = Application(
        title="tasktimer",
        description=_DESCRIPTION,
        version=__version__,
        contact={"name": "tasktimer"},
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": options.root_path or "/"}],
        openapi_tags=_TAGS,
        lifespan=_lifespan,
        middleware=_middleware(state),
        exception_handlers=EXCEPTION_HANDLERS,
        redirect_slashes=False,
        docs_url=None,  # FastAPI's own pages load their scripts from other servers
        redoc_url=None,
        routes=[
            # before the path of a single task
            *running_tasks.router.routes,
            *split_join.router.routes,
            *tasks.router.routes,
            *task_lists.router.routes,
            *track_tasks.router.routes,
            *task_changes.router.routes,
            *reports.router.routes,
            *exports.router.routes,
            *imports.router.routes,
            *labels.router.routes,
            *history.router.routes,
            *account.router.routes,
            *health.router.routes,
            *docs.router.routes,
        ],
    )
    app.state.tasktimer = state
    extend_document(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = AppState.of(app)
    background = [asyncio.create_task(_purge_expired_responses(state)), asyncio.create_task(state.token_uses.run())]
    try:
        yield
    finally:
        for task in background:
            task.cancel()
        await state.token_uses.flush()
        await state.store.close()


def _middleware(state: AppState) -> list[Middleware]:
    # Outermost first: the metrics count every response, and CORS preflight requests have no token.
    middleware = [Middleware(MonitoringMiddleware, state), Middleware(TrustedHostMiddleware, state)]
    if state.options.root_path:
        middleware.append(Middleware(RootPathMiddleware, state))
    if state.options.cors_origins:
        middleware.append(
            Middleware(
                ProblemCORSMiddleware,
                allow_origins=state.options.cors_origins,
                allow_methods=["GET", "POST", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"],
                expose_headers=[
                    *("Content-Disposition", "ETag", "Idempotent-Replayed", "Link", "Location", "Retry-After"),
                    *("Tasktimer-Losses", "WWW-Authenticate", "X-Request-Id"),
                ],
            )
        )
    return [*middleware, Middleware(AuthenticationMiddleware, state), Middleware(BodyLimitMiddleware, state)]


async def _purge_expired_responses(state: AppState) -> None:
    """Delete the expired responses to idempotent requests immediately, and again every hour."""

    def purge(store: Store) -> None:
        with store.write() as connection:
            idempotency.delete_expired_responses(connection, state.now())

    while True:
        try:
            await state.store.write(purge)
        except StoreMissing:
            pass
        except Unavailable as error:  # such as a standby
            log.warning("cannot delete expired responses: %s", error.message)
        except Exception:  # requests do not depend on the deletion, and the next attempt may succeed
            log.exception("cannot delete expired responses")
        await asyncio.sleep(_PURGE_INTERVAL)
