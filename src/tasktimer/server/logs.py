"""Logs as text or JSON: each line has its time and level, and the IDs of the request and the token that it is about."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.types import Scope

from tasktimer.core.text import escape_control_chars
from tasktimer.core.token import PREFIX, SECRET
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.server.root_path import requested_path

FORMATS = ("text", "json")

# The request that the current task serves.
current_request: ContextVar[Scope | None] = ContextVar("current_request", default=None)

_LONGEST_PATH = 200
_IN_MESSAGE = ("method", "path", "status")

access_log = logging.getLogger("tasktimer.access")


def parse_log_format(text: str) -> str:
    """Return the name of a log format, or raise InvalidValue if there is no such format."""
    if text in FORMATS:
        return text
    raise InvalidValue("invalid-log-format", f"invalid log format {quote_value(text)}", "use text or json")


def log_request(scope: Scope, status: int, seconds: float) -> None:
    """Log a request without its query string, headers and body, which may contain secrets and descriptions of tasks."""
    if not access_log.isEnabledFor(logging.INFO):
        return
    method, path = scope["method"], quote(requested_path(scope)[:_LONGEST_PATH])
    client = scope["client"][0] if scope.get("client") else None
    fields = {"method": method, "path": path, "status": status, "duration": round(seconds, 6), "client": client}
    access_log.info("%s %s %d", method, path, status, extra={"fields": fields})


def log_config(log_format: str, *, is_access_logged: bool) -> dict[str, Any]:
    """Return the configuration of the logs of the server and of uvicorn, for `logging.config.dictConfig`."""
    formatter = JsonFormatter if log_format == "json" else TextFormatter
    errors = "ext://sys.stdout" if log_format == "json" else "ext://sys.stderr"  # notes in text precede the log there
    streams = {"default": errors, "access": "ext://sys.stdout"}
    default = {"handlers": ["default"], "level": "INFO", "propagate": False}
    access = {"handlers": ["access"], "level": "INFO" if is_access_logged else "WARNING", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"default": {"()": f"{__name__}.{formatter.__name__}"}},
        "handlers": {
            name: {"class": "logging.StreamHandler", "formatter": "default", "stream": stream}
            for name, stream in streams.items()
        },
        "loggers": {"uvicorn": default, "tasktimer": default, access_log.name: access},
        "root": {"handlers": ["default"], "level": "WARNING"},
    }


class TextFormatter(logging.Formatter):
    """Formats a record as one line, followed by an indented traceback if it has one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {name: value for name, value in _fields(record).items() if name not in _IN_MESSAGE}
        message = escape_control_chars(record.getMessage().replace("\n", "\\n"))
        words = [_time(record), record.levelname, record.name, message]
        words += [f"{name}={_text(value)}" for name, value in fields.items() if value is not None]
        # Text in an exception could otherwise look like a line of its own.
        traceback = map(escape_control_chars, _traceback(self, record).splitlines())
        return _redact_secrets("\n  ".join([" ".join(words), *traceback]))


class JsonFormatter(logging.Formatter):
    """Formats a record as a JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        content = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if traceback := _traceback(self, record):
            content["traceback"] = traceback
        return _redact_secrets(json.dumps(content))


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    scope = current_request.get()
    fields: dict[str, Any] = dict(getattr(record, "fields", {}))
    if scope is not None:
        state = scope["state"]
        context = state.get("context")
        fields |= {"request_id": state["request_id"], "token_id": None if context is None else context.token_id}
    return fields


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _text(value: object) -> str:
    text = str(value)
    return text if re.fullmatch(r"[!-~]+", text) else json.dumps(text)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else ""


def _redact_secrets(text: str) -> str:
    """Redact the secrets of tokens, such as one that was sent in a URL."""
    return re.sub(SECRET, f"{PREFIX}…", text)
