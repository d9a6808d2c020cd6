"""Use the client that openapi-python-client generates."""

import datetime as dt
import json
import sys
from typing import Any

from generated import AuthenticatedClient
from generated.api.reports import get_report
from generated.api.tasks import export_tasks, get_task, get_times, list_tasks, stop, track
from generated.models import ExportTasksFormat, StopRequest, TrackRequest

START = dt.datetime.fromisoformat("2023-07-16T09:00:00+02:00")
DAY = START.date()


def show(task: Any, *more: str) -> dict[str, Any]:
    return {name: getattr(task, name) for name in ("id", "description", "project", "tags", *more)}


def main(url: str, token: str) -> None:
    client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)
    task = TrackRequest(
        user_id=42, description="書類を書く", project="acme corp/web site", tags=["été"], start_time=START
    )
    created = track.sync_detailed(client=client, body=task, idempotency_key="7b6f")
    end = StopRequest(id=created.parsed.id, end_time=START + dt.timedelta(minutes=90))
    stopped = stop.sync(client=client, body=end)
    times = get_times.sync(client=client, user_id=42, date=DAY, tz="Europe/Berlin")
    page = list_tasks.sync(client=client, from_=DAY, to=DAY, tz="Europe/Berlin")
    report = get_report.sync(client=client, from_=DAY, to=DAY, by="day,project", round_="15m", tag=["été"])
    found = {
        "location": created.headers["location"],
        "stopped": stopped.id,
        "times": [show(entry, "time_spent") for entry in times],
        "tasks": [show(each) for each in page.tasks],
        "task": show(get_task.sync(client=client, id=1)),
        "report": [[*row.keys, row.seconds, row.rounded] for row in report.rows],
        "csv": export_tasks.sync(client=client, format_=ExportTasksFormat.CSV).payload.read().decode().splitlines()[1],
        "json": json.load(export_tasks.sync(client=client, format_=ExportTasksFormat.JSON).payload)[0]["description"],
        "problem": stop.sync(client=client, body=end).code,
    }
    print(json.dumps(found))


main(*sys.argv[1:])
