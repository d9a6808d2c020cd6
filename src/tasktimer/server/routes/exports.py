"""The route that exports tasks in the formats of other programs."""

import os
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from tasktimer.formats.registry import WRITABLE
from tasktimer.server.authentication import Principal, defer_authentication
from tasktimer.server.dependencies import Context
from tasktimer.server.direct_route import DirectRoute
from tasktimer.server.filters import parse_window, to_filter
from tasktimer.server.openapi import describe_responses, operation_id
from tasktimer.server.report_schemas import ExportParameters
from tasktimer.services.export import Export, ExportFormat, export
from tasktimer.services.export_files import write_temporary
from tasktimer.store.protocols import Store

router = APIRouter(route_class=DirectRoute, generate_unique_id_function=operation_id, tags=["tasks"])

_PIECE = 1 << 16  # bytes
_HEADERS = ("Content-Disposition", "Tasktimer-Losses")
_FILE = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def _describe_responses() -> dict[int | str, dict[str, Any]]:
    """Describe the responses; the document names the media types in words only, as in `describe_responses`.

    With several media types, generated clients would parse every file as the first of them.
    """
    responses = describe_responses(401, 403, 409, 422, 503, headers=_HEADERS)
    media_types = ", ".join(f"{file_type.media_type} for `{name}`" for name, file_type in WRITABLE.items())
    responses[200] |= {"description": f"The file. Its media type is {media_types}.", "content": _FILE}
    return responses


@router.get(
    "/export",
    response_class=StreamingResponse,
    summary="Export tasks in the format of another program",
    responses=_describe_responses(),
)
@defer_authentication
async def export_tasks(query: Annotated[ExportParameters, Query()], context: Context) -> Response:
    """Return the tasks that overlap a window, as a file. The default is all time."""
    zone = context.zone(query.tz)
    now = context.now.astimezone(zone)
    window = parse_window(query.from_, query.to, now)
    task_filter = to_filter(query, now)
    export_format = ExportFormat(query.format, query.flatten, query.for_spreadsheets)

    def service(store: Store, principal: Principal) -> tuple[Export, IO[bytes]]:
        actor = principal.reader(query.user_id)
        exported = export(store, actor, export_format, task_filter, window=window, now=now)
        return exported, write_temporary(exported)

    exported, file = await context.read(service, is_long=True)
    name, media_type = WRITABLE[query.format.lower()]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(_size(file))}
    if exported.losses:
        headers["Tasktimer-Losses"] = ", ".join(f"{loss}={count}" for loss, count in sorted(exported.losses.items()))
    return StreamingResponse(_read(file), headers=headers, media_type=media_type)


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with closing(file):
        yield from iter(partial(file.read, _PIECE), b"")
