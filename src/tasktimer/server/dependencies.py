"""A request that was let in: who asks, for whom that may be, when, and how its verb is run."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from tasktimer.config.timezones import get_zone
from tasktimer.core.actor import ALL_USERS, Actor
from tasktimer.errors import TaskNotFound, TaskOfOtherUser, TasktimerError
from tasktimer.server.idempotency import request_fingerprint, run_idempotent
from tasktimer.server.problem_details import MEDIA_TYPE, Problem, ProblemException, json_response
from tasktimer.server.request_parsing import ParameterParser
from tasktimer.server.state import AppState
from tasktimer.services import tokens
from tasktimer.store import Store
from tasktimer.store.async_store import Result
from tasktimer.store.savepoint import SavepointStore
from tasktimer.store.statements.idempotency import IdempotencyKey

_REALM = 'Bearer realm="tasktimer"'


@dataclass(frozen=True, slots=True)
class Principal:
    """The one who sent a request, and whose tasks are theirs to act on: a user's, or (owner None) every user's."""

    token_id: int  # 0 where no token is asked for
    user_id: int | None  # whose token it is; none where none is asked for
    owner: int | None

    @property
    def actor(self) -> Actor:
        """Who acts, and whose tasks they may touch."""
        return Actor(self.user_id, ALL_USERS if self.owner is None else self.owner)

    def acting_for(self, user_id: int) -> Actor:
        """The one who acts on the tasks of a user.

        Raises:
            ProblemException: they are another user's.
        """
        if self.owner not in (None, user_id):
            detail = f"this token acts for user {self.owner}, not for user {user_id}"
            raise ProblemException(
                Problem(403, "not-your-user", detail, "use a token of that user, or one created with --admin")
            )
        return Actor(self.user_id, user_id)


class RequestContext:
    """What a route needs to know of a request: when it came, and for whom it may act."""

    def __init__(self, door: AppState, secret: str | None, now: datetime) -> None:
        """Take the secret of the token that the request carries, None where no token is asked for."""
        self.door = door
        self.now = now
        self._secret = secret
        self._caller = Principal(0, None, None) if secret is None else None

    @classmethod
    def of(cls, request: Request) -> "RequestContext":
        """The visit that a request is."""
        visit: RequestContext = request.state.visit
        return visit

    @property
    def caller(self) -> Principal:
        """The one who asks, who has been admitted."""
        assert self._caller is not None
        return self._caller

    def zone(self, name: str | None) -> tzinfo:
        """The zone of a name, or the server's own."""
        return self.door.zone if name is None else get_zone(name)

    async def admit(self) -> None:
        """Look who asks, unless that is known.

        Raises:
            ProblemException: the token is not good.
        """
        if self._caller is None:
            await self.read(lambda _, caller: caller)

    async def read(self, verb: Callable[[Store, Principal], Result]) -> Result:
        """Run a verb that changes nothing, in the transaction in which the caller's token is looked up.

        Raises:
            ProblemException: the token is not good.
        """

        def work(store: Store) -> Result:
            with store.read() as connection:
                opened = SavepointStore(connection)
                if self._caller is None:
                    self._caller = self._identify(opened)
                return verb(opened, self._caller)

        return await self.door.store.read(work)

    async def write(
        self, verb: Callable[[Store], object], key: str | None, *, asked: tuple[str, BaseModel]
    ) -> Response:
        """Run a verb that changes something, with a key once only, and answer with what it gives."""
        if key is None:
            return json_response(await self.door.store.write(verb))
        name, body = asked
        request = request_fingerprint(name, body.model_dump_json())
        run = partial(
            run_idempotent, key=IdempotencyKey(self.caller.token_id, key), request=request, verb=verb, now=self.now
        )
        answer, is_repeated = await self.door.store.write(run)
        return Response(
            answer.body,
            answer.status,
            {"Idempotent-Replayed": "true"} if is_repeated else None,
            "application/json" if answer.status == 200 else MEDIA_TYPE,
        )

    def _identify(self, store: Store) -> Principal:
        token = tokens.authenticate(store, self._secret or "", now=self.now)
        if token is None:
            raise _invalid_token()
        return Principal(token.id, token.user_id, None if token.admin else token.user_id)


class AuthenticatedRoute(APIRoute):
    """Reads what is asked, and answers nothing to those who may not ask.

    FastAPI finds the route, and describes it by the signature of its function; the parameters are read here, because
    its own way of doing that takes longer than the verbs.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What serves a request."""
        endpoint, read = self.endpoint, ParameterParser(self.endpoint)

        async def guarded(request: Request) -> Response:
            door: AppState = request.app.state.door
            visit = RequestContext(door, _secret(request) if door.options.needs_token else None, door.now())
            request.state.visit = visit
            if request.method == "POST":  # bodies are taken, and changes made, for those who were let in
                await visit.admit()
            try:
                response: Response = await endpoint(request, **await read(request))
            except (ProblemException, TasktimerError):
                await visit.admit()  # a stranger is not told what is wrong with the rest
                raise
            await visit.admit()
            return response

        return guarded


@contextmanager
def hide_other_users_tasks() -> Iterator[None]:
    """Tell nobody that a task exists which is another user's, or which of theirs there was once."""
    try:
        yield
    except (TaskNotFound, TaskOfOtherUser) as error:
        raise TaskNotFound(error.task_id) from None


def _secret(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        detail = "the request carries no token"
        hint = "send Authorization: Bearer TOKEN, with what tasktimer token create printed"
        raise ProblemException(Problem(401, "token-missing", detail, hint, headers={"WWW-Authenticate": _REALM}))
    return secret.strip()


def _invalid_token() -> ProblemException:
    detail, hint = "the token is unknown, expired or revoked", "ask for another one"
    invalid = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    return ProblemException(Problem(401, "token-not-good", detail, hint, headers=invalid))
