"""Access to the headers of a request, faster than with Starlette's `Headers`."""

from starlette.types import Scope


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """Return the values of a header; `name` must be in lower case."""
    return [value for key, value in scope["headers"] if key == name]


def joined_header(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header, or None if it is absent; a repeated header stands for a list."""
    values = header_values(scope, name)
    return b", ".join(values).decode("latin-1") if values else None
