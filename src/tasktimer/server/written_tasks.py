"""The responses to requests that change tasks: IDs, or the whole tasks if the client asks for them."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi.responses import Response
from pydantic_core import from_json

from tasktimer.core.task import Task
from tasktimer.output.json_tsv import task_to_dict
from tasktimer.server.change_schemas import WriteQuery
from tasktimer.server.dependencies import RequestContext


def task_formatter(query: WriteQuery, context: RequestContext) -> Callable[[Task], dict[str, Any]]:
    """Return a function that converts a task to what the client asks for; raise InvalidValue for an unknown zone."""
    zone = context.zone(query.tz)
    return (lambda task: task_to_dict(task, zone)) if query.return_ == "task" else lambda task: {"id": task.id}


def tasks_formatter(query: WriteQuery, context: RequestContext) -> Callable[[Sequence[Task]], dict[str, Any]]:
    """Return a function that converts several tasks to what the client asks for, like `task_formatter`."""
    to_body = task_formatter(query, context)
    if query.return_ == "id":
        return lambda tasks: {"ids": [task.id for task in tasks]}
    return lambda tasks: {"tasks": [to_body(task) for task in tasks]}


def with_location(response: Response) -> Response:
    """Add the path of the new task to a response that contains it, whether it is new or stored."""
    if response.status_code == 200:
        location = f"/tasks/{from_json(bytes(response.body))['id']}"
        response.raw_headers.append((b"location", location.encode()))
    return response
