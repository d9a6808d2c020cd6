"""Route dependencies: the request context, which runs services for the authenticated caller."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from functools import partial
from hashlib import sha256
from typing import Annotated

from fastapi import Request, Security
from fastapi.responses import Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.types import Scope

from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Actor
from tasktimer.core.token import Access
from tasktimer.errors import TaskNotFound, TaskOfOtherUser
from tasktimer.server.authentication import ANONYMOUS, Principal, authenticate, read_token_hash
from tasktimer.server.headers import joined_header
from tasktimer.server.idempotency import run_idempotent
from tasktimer.server.problem_details import json_response
from tasktimer.server.state import AppState
from tasktimer.services import queries
from tasktimer.services.direct import DirectRequest
from tasktimer.store.protocols import SCHEMA_VERSION, Result, Row, Store
from tasktimer.store.savepoint import SavepointStore
from tasktimer.store.statements.idempotency import IdempotencyKey
from tasktimer.store.statements.task_queries import to_microseconds

# The event loop handles up to this many tasks itself, which takes little time even if their texts are long. More are
# handled in a thread, while other requests are served.
FEW = 100


class RequestContext:
    """The context of a request, which runs services for the authenticated caller; `now` is the time of the request."""

    def __init__(self, state: AppState, scope: Scope) -> None:
        self.now = state.now()  # in the server's time zone
        self._is_reading = scope.get("method") in ("GET", "HEAD")  # a WebSocket has no method
        self._state = state
        self._scope = scope
        self._principal = None if state.options.needs_token else ANONYMOUS
        self._token_hash = read_token_hash(scope) if self._principal is None else ""

    @property
    def token_id(self) -> int | None:
        """The ID of the caller's token, or None if it has not been looked up or the server requires no tokens."""
        return None if self._principal is None else self._principal.token_id or None

    @property
    def accept(self) -> str | None:
        """The Accept header, or None if the request has none."""
        return joined_header(self._scope, b"accept")

    def zone(self, name: str | None) -> tzinfo:
        """Return the time zone with this name, or the server's time zone if the name is None."""
        return self._state.zone if name is None else self._state.options.find_zone(name)

    async def authenticate(self) -> Principal:
        """Return the caller; if the token has not been looked up yet, look it up in a separate transaction."""
        principal = await self._state.store.read(self._look_up) if self._principal is None else self._principal
        if principal is not ANONYMOUS:
            self._state.token_uses.record(principal.token_id, self.now)
        return principal

    async def read(self, service: Callable[[Store, Principal], Result], *, is_long: bool = False) -> Result:
        """Run a service that only reads; if the token has not been looked up, look it up in the same transaction.

        Set `is_long` if the service may take long, so that other requests do not wait for it.
        """

        def work(store: Store) -> Result:
            with store.read() as connection:
                opened = SavepointStore(connection)
                return service(opened, self._look_up(opened))

        store = self._state.store
        return await (store.read_in_thread(work) if is_long else store.read(work))

    async def has_many_running(self, actor: Actor) -> bool:
        """Return whether a change of a user's running tasks has to run in a thread, because of their number."""
        if self._state.store.runs_directly:  # it runs services in threads
            return False
        # The only user of a file is not known yet.
        if actor.tasks_of == DEFAULT_USER:
            actor = Actor(actor.user_id, ALL_USERS)
        running = await self._state.store.read(partial(queries.first_running_tasks, actor=actor, most=FEW + 1))
        return len(running) > FEW

    async def write(
        self,
        service: Callable[[Store], object],
        key: str | None,
        *,
        request: tuple[str, BaseModel],
        is_long: bool = False,
    ) -> Response:
        """Run a service that makes changes and return its response; with an idempotency key, run it only once.

        Set `is_long` if the service makes many changes, so that other requests are served in the meantime.
        """
        principal = await self.authenticate()
        run = self._state.store.write_in_thread if is_long else self._state.store.write
        if key is None:
            return json_response(await run(service))
        name, body = request
        # Hash the parsed body, so that bodies that differ only in formatting count as the same request.
        digest = sha256(repr((name, body.model_dump_json())).encode("utf-8", "backslashreplace")).hexdigest()
        stored_key = IdempotencyKey(principal.token_id, key)
        return await run(partial(run_idempotent, service=service, key=stored_key, request=digest, now=self.now))

    @property
    def runs_directly(self) -> bool:
        """Whether the store supports `run_directly`."""
        return self._state.store.runs_directly

    async def run_directly(self, request: DirectRequest | None) -> Sequence[Row] | None:
        """Run a request and look up the token in a single statement, and return the rows without those of the token.

        Return None if the store does not support this, if the request failed, or if the token is not valid: a service
        then reports the cause.

        Raises:
            ProblemException: if the token may only read, and the request does more than that.
        """
        if request is None or self._principal is not None:
            return None
        now = to_microseconds(self.now)
        caller: dict[str, int | str] = {"digest": self._token_hash, "now": now, "version": SCHEMA_VERSION}
        parameters = {**request.parameters, **caller}
        rows = await self._state.store.run_directly(request.statement, parameters, is_reading=self._is_reading)
        if not rows or not rows[0][0] or rows[0][1] is None:
            return None
        _, token_id, user_id, admin, access = rows[0][:5]
        principal = Principal.of(token_id, user_id, Access(access), is_admin=bool(admin))
        principal.check_access(is_reading=self._is_reading)
        self._principal = principal
        return [row[5:] for row in rows]

    async def write_in_thread(self, service: Callable[[Store], Result]) -> Result:
        """Run a service that makes many changes, while other requests are served."""
        return await self._state.store.write_in_thread(service)

    def _look_up(self, store: Store) -> Principal:
        if self._principal is None:
            self._principal = authenticate(store, self._token_hash, self.now, is_reading=self._is_reading)
        return self._principal


class ContextBearer(HTTPBearer):
    """The security scheme in the OpenAPI document, and the dependency that returns the request context.

    The authentication middleware creates the context, and checks the token unless the route defers the check.
    """

    async def __call__(self, request: Request) -> RequestContext:  # type: ignore[override]
        """Return the context that the authentication middleware created for the request."""
        context: RequestContext = request.state.context
        return context


get_context = ContextBearer(scheme_name="token", description="A token printed by `tasktimer token create`.")

Context = Annotated[RequestContext, Security(get_context)]


@contextmanager
def hide_other_users_tasks() -> Iterator[None]:
    """Report other users' tasks as "not found", so that their existence is not disclosed."""
    try:
        yield
    except (TaskNotFound, TaskOfOtherUser) as error:
        raise TaskNotFound(error.task_id) from None
