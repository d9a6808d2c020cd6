"""Dependencies of routes: the authenticated caller, and the context in which services run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from functools import partial
from typing import Annotated

from fastapi import Request, Security
from fastapi.responses import Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from tasktimer.config.timezones import get_zone
from tasktimer.errors import TaskNotFound, TaskOfOtherUser
from tasktimer.server.authentication import Authentication, Principal
from tasktimer.server.idempotency import request_fingerprint, run_idempotent
from tasktimer.server.problem_details import json_response
from tasktimer.server.state import AppState
from tasktimer.store.protocols import Result, Store
from tasktimer.store.savepoint import SavepointStore
from tasktimer.store.statements.idempotency import IdempotencyKey


class RequestContext:
    """Runs services for the caller of a request, at the time of the request."""

    def __init__(self, state: AppState, authentication: Authentication) -> None:
        self.now = authentication.now  # in the server's zone
        self._state = state
        self._authentication = authentication

    def zone(self, name: str | None) -> tzinfo:
        """Return the zone with this name; without a name, the server's zone."""
        return self._state.zone if name is None else get_zone(name)

    async def authenticate(self) -> Principal:
        """Return the caller."""
        return await self._authentication.authenticate()

    async def read(self, service: Callable[[Store, Principal], Result]) -> Result:
        """Run a service that only reads; a deferred token is looked up in the same transaction."""

        def work(store: Store) -> Result:
            with store.read() as connection:
                opened = SavepointStore(connection)
                return service(opened, self._authentication.look_up(opened))

        return await self._state.store.read(work)

    async def write(
        self, service: Callable[[Store], object], key: str | None, *, request: tuple[str, BaseModel]
    ) -> Response:
        """Run a service that changes something, only once if there is an idempotency key, and return its response."""
        principal = await self.authenticate()
        if key is None:
            return json_response(await self._state.store.write(service))
        name, body = request
        run = partial(
            run_idempotent,
            service=service,
            key=IdempotencyKey(principal.token_id, key),
            request=request_fingerprint(name, body.model_dump_json()),
            now=self.now,
        )
        return await self._state.store.write(run)


class ContextBearer(HTTPBearer):
    """The security scheme of the OpenAPI document, and the dependency that returns the context of a request.

    The token is checked by the authentication middleware or, if that is deferred, by `RequestContext.read`.
    """

    async def __call__(self, request: Request) -> RequestContext:  # type: ignore[override]
        """Return the context of a request."""
        return RequestContext(AppState.of(request.app), request.state.authentication)


get_context = ContextBearer(scheme_name="token", description="A token that `tasktimer token create` printed.")

Context = Annotated[RequestContext, Security(get_context)]


@contextmanager
def hide_other_users_tasks() -> Iterator[None]:
    """Report other users' tasks as "not found", so that their existence is not disclosed."""
    try:
        yield
    except (TaskNotFound, TaskOfOtherUser) as error:
        raise TaskNotFound(error.task_id) from None
