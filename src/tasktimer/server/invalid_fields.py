"""What is wrong with the fields of an invalid request, in words for people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from tasktimer.errors import find_closest_match, quote_value

# Instead of messages that contain a regular expression, by the name of the field.
_FORMATS = {
    "If-Match": 'The ETag should be in double quotes, as in "5f1c3a0b9d8e7f6a5b4c3d2e1f0a9b8c"',
    "Idempotency-Key": "The key should consist of ASCII letters, digits and punctuation, without spaces",
    "after": "The value should be the next of the previous page",
}

# Names are compared for the first unknown fields only, since a body can contain many long names.
_MOST_COMPARED = 20
_LONGEST_COMPARED = 100

Error = Mapping[str, Any]


def describe_errors(errors: Sequence[Error], endpoint: Callable[..., Any] | None) -> list[Error]:
    """Return errors of pydantic with messages for people; for an unknown field, with the most similar one."""
    unknown = [error for error in errors if error["type"] == "extra_forbidden"][:_MOST_COMPARED]
    hints = {} if endpoint is None or not unknown else get_type_hints(endpoint, include_extras=True)
    similar = [_find_similar(error["loc"], hints) for error in unknown]
    messages = {id(error): _suggest(error["msg"], name) for error, name in zip(unknown, similar, strict=True)}
    return [{**error, "msg": messages.get(id(error)) or _message(error)} for error in errors]


def _message(error: Error) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    return _FORMATS.get(error["loc"][-1], message) if error["type"] == "string_pattern_mismatch" else message


def _suggest(message: str, name: str | None) -> str:
    return message if name is None else f"{message}; did you mean {quote_value(name)}?"


def _find_similar(location: Sequence[str | int], hints: Mapping[str, Any]) -> str | None:
    """Return the field with the name most similar to an unknown one: ("body", "tasks", 0, "start") is in a task."""
    *parents, unknown = location
    model = _find_model(hints.get(str(parents[0])))
    for parent in parents[1:]:
        if model is not None and parent in model.model_fields:  # rather than an index in a list
            model = _find_model(model.model_fields[str(parent)].annotation)
    if model is None or len(str(unknown)) > _LONGEST_COMPARED:
        return None
    return find_closest_match(str(unknown), [field.alias or name for name, field in model.model_fields.items()])


def _find_model(annotation: Any) -> type[BaseModel] | None:
    """Return the first model in a type such as `Annotated[list[Model], …]`, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_find_model, get_args(annotation))), None)
