"""Send and read the models that datamodel-code-generator generates."""

import datetime as dt
import json
import sys
from typing import Any

import httpx
import models
from pydantic import TypeAdapter

START = dt.datetime.fromisoformat("2023-07-16T09:00:00+02:00")
DAY = str(START.date())


def show(task: Any, *more: str) -> dict[str, Any]:
    return {name: getattr(task, name) for name in ("id", "description", "project", "tags", *more)}


def main(url: str, token: str) -> None:
    client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"})

    def post(path: str, body: Any) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return client.post(path, content=body.model_dump_json(exclude_unset=True), headers=headers)

    task = models.TrackRequest(
        user_id=42, description="書類を書く", project="acme corp/web site", tags=["été"], start_time=START
    )
    created = post("/track", task)
    task_id = models.TaskIdResponse.model_validate_json(created.content).id
    end = models.StopRequest(id=task_id, end_time=START + dt.timedelta(minutes=90))
    stopped = models.TaskIdResponse.model_validate_json(post("/stop", end).content)
    day = {"user_id": "42", "date": DAY, "tz": "Europe/Berlin"}
    times = TypeAdapter(list[models.TimesheetEntryResponse]).validate_json(client.get("/times", params=day).content)
    page = models.TaskPageResponse.model_validate_json(client.get("/tasks", params={"from": DAY, "to": DAY}).content)
    span = {"from": DAY, "to": DAY, "by": "day,project", "round": "15m", "tag": ["été"]}
    report = models.ReportResponse.model_validate_json(client.get("/report", params=span).content)
    found = {
        "location": created.headers["location"],
        "stopped": stopped.id,
        "times": [show(entry, "time_spent") for entry in times],
        "tasks": [show(each) for each in page.tasks],
        "task": show(models.TaskResponse.model_validate_json(client.get(f"/tasks/{task_id}").content)),
        "report": [[*row.keys, row.seconds, row.rounded] for row in report.rows],
        "csv": client.get("/export", params={"format": "csv"}).text.splitlines()[1],
        "json": client.get("/export", params={"format": "json"}).json()[0]["description"],
        "problem": models.ProblemDetails.model_validate_json(post("/stop", end).content).code,
    }
    print(json.dumps(found))


main(*sys.argv[1:])
