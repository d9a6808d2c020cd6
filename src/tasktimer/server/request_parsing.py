"""What a request carries, as the parameters of the function that serves it."""

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect

from tasktimer.core.task import parse_id
from tasktimer.errors import quote_value
from tasktimer.server.problem_details import Problem, ProblemException
from tasktimer.server.schemas import IdempotencyKey

_KEY = TypeAdapter[str | None](IdempotencyKey)


class ParameterParser:
    """Reads the parameters that a function has: `query` and `body`, which are models, `id` and `idempotency_key`."""

    def __init__(self, endpoint: Callable[..., Any]) -> None:
        models = get_type_hints(endpoint)
        self._query: type[BaseModel] | None = models.get("query")
        self._body: type[BaseModel] | None = models.get("body")
        self._has_id = "id" in models
        self._has_key = "idempotency_key" in models

    async def __call__(self, request: Request) -> dict[str, Any]:
        """Read a request.

        Raises:
            Refusal, InvalidValue: it carries something that cannot be.
        """
        values: dict[str, Any] = {}
        if self._has_id:
            values["id"] = parse_id(request.path_params["id"])
        if self._query is not None:
            values["query"] = _validated("query", self._query.model_validate, _parameters(request))
        if self._has_key:
            key = request.headers.get("idempotency-key")
            values["idempotency_key"] = _validated("header", _KEY.validate_python, key)
        if self._body is not None:
            _check_content_type(request.headers.get("content-type", ""))
            values["body"] = _validated("", self._body.model_validate_json, await _body(request))
        return values


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        message = "the client went away before the body was there"
        raise ProblemException(Problem(400, "body-incomplete", message, "send the whole body")) from None


def _parameters(request: Request) -> Mapping[str, str]:
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise ProblemException(
            Problem(422, "invalid-request", "a parameter is given more than once", "give each of them once")
        )
    return parameters


def _validated(place: str, validate: Callable[[Any], Any], value: object) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        # What was sent is not repeated: it may be a secret that went astray.
        found = error.errors(include_url=False, include_context=False, include_input=False)
        errors = [{"where": _where(place, part["loc"]), "what": part["msg"]} for part in found]
        detail = "; ".join(f"{part['where']}: {part['what']}" for part in errors)
        raise ProblemException(Problem(422, "invalid-request", detail, "see /docs", errors)) from None


def _where(place: str, location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in (place, *location) if part != "") or "body"


def _check_content_type(text: str) -> None:
    kind = text.partition(";")[0].strip().lower()
    if kind != "application/json":
        detail = f"the content type is {quote_value(kind)}" if kind else "the content type is missing"
        raise ProblemException(Problem(415, "not-json", detail, "send JSON, with Content-Type: application/json"))
