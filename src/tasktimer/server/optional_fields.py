"""Fields of request bodies that may be absent, but not null."""

from pydantic import BeforeValidator


def absent() -> None:
    """Return the value of an absent field: a factory, so that the default is not part of the OpenAPI document.

    Client generators treat a field with a default in the document as required.
    """


def _reject_null(value: object) -> object:
    if value is None:
        message = "Input should not be null"
        raise ValueError(message)
    return value


# Reject null, which a client may send by mistake instead of a value, and which must not stand for the default.
NOT_NULL = BeforeValidator(_reject_null)
