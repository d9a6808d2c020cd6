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

from tasktimer import access
from tasktimer.errors import TaskNotFound, TaskOfOtherUser
from tasktimer.server.door import Door
from tasktimer.server.problems import MEDIA_TYPE, Problem, Refusal, json_response
from tasktimer.server.reading import Reader
from tasktimer.server.repeats import digest_of, once
from tasktimer.store import Store
from tasktimer.store.answers import Key
from tasktimer.zone import get_zone

_REALM = 'Bearer realm="tasktimer"'


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who sent a request: the user of a token, or (None) one who may act for every user."""

    token_id: int  # 0 where no token is asked for
    owner: int | None

    def acting_for(self, user_id: int) -> int:
        """The user whose tasks are meant.

        Raises:
            Refusal: they are another user's.
        """
        if self.owner not in (None, user_id):
            detail = f"this token acts for user {self.owner}, not for user {user_id}"
            raise Refusal(
                Problem(403, "not-your-user", detail, "use a token of that user, or one created with --admin")
            )
        return user_id


@dataclass(frozen=True, slots=True)
class Visit:
    """What a route needs to know of a request."""

    door: Door
    caller: Caller
    now: datetime

    @classmethod
    def of(cls, request: Request) -> "Visit":
        """The visit of a request that was let in."""
        door: Door = request.app.state.door
        return cls(door, request.state.caller, door.now())

    def zone(self, name: str | None) -> tzinfo:
        """The zone of a name, or the server's own."""
        return self.door.zone if name is None else get_zone(name)

    async def write(
        self, verb: Callable[[Store], object], key: str | None, *, asked: tuple[str, BaseModel]
    ) -> Response:
        """Run a verb that changes something, with a key once only, and answer with what it gives."""
        if key is None:
            return json_response(await self.door.store.write(verb))
        name, body = asked
        request = digest_of(name, body.model_dump_json())
        run = partial(once, key=Key(self.caller.token_id, key), request=request, verb=verb, now=self.now)
        answer, is_repeated = await self.door.store.write(run)
        return Response(
            answer.body,
            answer.status,
            {"Idempotent-Replayed": "true"} if is_repeated else None,
            "application/json" if answer.status == 200 else MEDIA_TYPE,
        )


class GuardedRoute(APIRoute):
    """Looks who asks, then reads what is asked.

    FastAPI finds the route, and describes it by the signature of its function; the parameters are read here, because
    its own way of doing that takes longer than the verbs.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What serves a request."""
        endpoint, read = self.endpoint, Reader(self.endpoint)

        async def guarded(request: Request) -> Response:
            request.state.caller = await _identify(request)
            response: Response = await endpoint(request, **await read(request))
            return response

        return guarded


@contextmanager
def others_hidden() -> Iterator[None]:
    """Tell nobody that a task exists which is another user's."""
    try:
        yield
    except TaskOfOtherUser as error:
        raise TaskNotFound(error.task_id) from None


async def _identify(request: Request) -> Caller:
    door: Door = request.app.state.door
    if not door.options.needs_token:
        return Caller(0, None)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        detail, hint = "the request carries no token", "send Authorization: Bearer …, with what token create printed"
        raise Refusal(Problem(401, "token-missing", detail, hint, headers={"WWW-Authenticate": _REALM}))
    token = await door.store.read(partial(access.find_good_token, secret=secret.strip(), now=door.now()))
    if token is None:
        detail, hint = "the token is unknown, expired or revoked", "ask for another one"
        invalid = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        raise Refusal(Problem(401, "token-not-good", detail, hint, headers=invalid))
    return Caller(token.id, None if token.admin else token.user_id)
