"""The route that imports tasks from files of other time trackers."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from tasktimer.output.import_report import file_to_dict
from tasktimer.server.body_limit import limit_body
from tasktimer.server.content_types import require_file
from tasktimer.server.dependencies import Context
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.import_schemas import MAX_REJECTED_ROWS, ImportParameters, ImportResponse
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.services.import_file import ImportedFile, ImportOptions, import_file
from tasktimer.services.imports import open_source
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])

_MAX_BYTES = 16 * 1024 * 1024
_FILE = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/import",
    response_model=ImportResponse,
    summary="Import tasks from another time tracker",
    responses=describe_responses(401, 403, 408, 413, 415, 422, 503),
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _FILE}}},
)
@limit_body(_MAX_BYTES)
async def import_tasks(
    query: Annotated[ImportParameters, Query()], request: Request, context: Context
) -> dict[str, Any]:
    """Add the tasks of a file, at most 16 MiB, in one transaction. Importing the same rows again adds nothing."""
    require_file(request.scope)
    principal = await context.authenticate()
    actor = principal.owner(query.user_id)
    keeps_users = query.user_id is None and principal.actor.tasks_of != principal.actor.user_id
    zone = context.zone(query.tz)
    options = ImportOptions(zone, query.format, query.day_first, keeps_users, query.again, query.dry_run)
    with NamedTemporaryFile(prefix="tasktimer-") as file:
        async for chunk in request.stream():
            file.write(chunk)
        file.flush()

        def service(store: Store) -> ImportedFile:
            source = open_source(Path(file.name), "the request body", query.encoding)
            return import_file(store, actor, source, options, max_rejected_rows=MAX_REJECTED_ROWS, now=context.now)

        imported = await context.write_in_thread(service)
    report = file_to_dict(imported.report, zone)
    del report["name"]
    rejected_rows = [{"place": row.place, "reason": row.reason} for row in imported.rejected_rows]
    return {"dry_run": query.dry_run, "command": imported.command, **report, "rejected_rows": rejected_rows}
