"""Store errors that are common to both database engines."""

from tasktimer.errors import Unavailable
from tasktimer.store.protocols import SCHEMA_VERSION


def out_of_memory_error(error: MemoryError) -> Unavailable:
    """Return the error for a transaction that was rolled back because memory ran out."""
    error.__traceback__ = None  # its frames keep large objects alive
    return Unavailable(
        "out-of-memory",
        "there is not enough memory",
        "nothing was changed; close other programs, or select fewer tasks",
    )


def outdated_schema_error(name: str, version: int, **context: bool) -> Unavailable:
    """Return the error for a schema that must be upgraded before use."""
    message = f"{name} has schema {version}, but this version of tasktimer requires schema {SCHEMA_VERSION}"
    return Unavailable("store-too-old", message, context=context)


def newer_schema_error(name: str, version: int, hint: str | None = None) -> Unavailable:
    """Return the error for a schema that this version of tasktimer cannot read."""
    supported = f"schema {version}; this version supports {SCHEMA_VERSION}"
    return Unavailable("store-too-new", f"{name} was created by a newer version of tasktimer ({supported})", hint)


def uncertain_error(name: str, reason: str) -> Unavailable:
    """Return the error for a commit with an unknown outcome."""
    message = f"the commit failed, so the change may or may not have been stored in {name}: {reason}"
    return Unavailable("commit-uncertain", message)
