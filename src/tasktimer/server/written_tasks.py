"""The responses to requests that change tasks: IDs, or the whole tasks if the client asks for them."""

from collections.abc import Callable
from typing import Any

from tasktimer.core.task import Task
from tasktimer.output.json_tsv import task_to_dict
from tasktimer.server.change_schemas import WriteQuery
from tasktimer.server.dependencies import RequestContext


def task_formatter(query: WriteQuery, context: RequestContext) -> Callable[[Task], dict[str, Any]]:
    """Return a function that converts a task to what the client asks for; raise InvalidValue for an unknown zone."""
    zone = context.zone(query.tz)
    return (lambda task: task_to_dict(task, zone)) if query.return_ == "task" else lambda task: {"id": task.id}
