"""What the log must not show, wherever it came from."""

import logging
import re

from tasktimer.core.token import PREFIX, SECRET

_LOGGERS = ("uvicorn.access", "uvicorn.error", "tasktimer.server")
_SECRET = re.compile(SECRET)


def install_redaction_filter() -> None:
    """Cut tokens that strayed into a URL, or anywhere else, out of every line from now on."""
    # One for each: a logger's filter is not asked about what the loggers below it say.
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_without_secrets)


def _without_secrets(record: logging.LogRecord) -> bool:
    record.msg = _hidden(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(map(_hidden, record.args))
    return True


def _hidden(value: object) -> object:
    return _SECRET.sub(f"{PREFIX}…", value) if isinstance(value, str) else value
