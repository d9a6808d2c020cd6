"""Fields of request bodies that may be absent, but not null."""

from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


def absent() -> None:
    """Return the value of an absent field: a factory, so that the default is not part of the OpenAPI document.

    Client generators treat a field with a default in the document as required.
    """


class NotNull:
    """An annotation of an optional type: None stands for an absent field, and null is rejected.

    A client may send null by mistake instead of a value, which must not stand for the default.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of the type, with a check that the value is not null."""
        return core_schema.no_info_before_validator_function(_reject_null, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema in the OpenAPI document, which does not allow null."""
        (described,) = (part for part in handler(schema)["anyOf"] if part != {"type": "null"})
        return JsonSchemaValue(described)


def _reject_null(value: object) -> object:
    if value is None:
        message = "Input should not be null"
        raise ValueError(message)
    return value
