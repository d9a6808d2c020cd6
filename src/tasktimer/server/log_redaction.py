"""Redaction of tokens in the log."""

import logging
import re

from tasktimer.core.token import PREFIX, SECRET

_LOGGERS = ("uvicorn.access", "uvicorn.error", "tasktimer.server")
_SECRET = re.compile(SECRET)


def install_redaction_filter() -> None:
    """Remove the secret of every token from log records, for example of a token that was sent in a URL."""
    # On each logger, since the filters of a parent do not apply to records of its children.
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_redact_record)


def _redact_record(record: logging.LogRecord) -> bool:
    record.msg = _redact(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(map(_redact, record.args))
    return True


def _redact(value: object) -> object:
    return _SECRET.sub(f"{PREFIX}…", value) if isinstance(value, str) else value
