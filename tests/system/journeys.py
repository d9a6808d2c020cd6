"""What a client does with every route that changes tasks, and what must then be stored."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.system.http_client import Client

from tasktimer.config.settings import parse_database
from tasktimer.store.factory import open_store

START = datetime(2023, 7, 16, 9, tzinfo=UTC)
ROUTES = 12  # that change tasks


class Stored(NamedTuple):
    """What is stored of a task."""

    description: str
    is_running: bool
    note: str | None = None


class Journey:
    """One user's client, which records after each acknowledged request what must be stored; None is a deleted task."""

    def __init__(self, client: Client, name: str, first_start: datetime) -> None:
        self._client = client
        self._name = name
        self._first_start = first_start
        self.expected: dict[int, Stored | None] = {}
        self.touched: set[int] = set()  # by a request that is not acknowledged yet
        self.acknowledged = 0

    async def round(self, number: int) -> None:
        """Use each route once."""
        text = f"{self._name}, {number}"
        start = self._first_start + number * timedelta(hours=4)
        await self._record_finished(text, start)
        await self._record_several(text, start)
        await self._switch_and_resume(text)
        await self._import(text, start)

    async def _record_finished(self, text: str, start: datetime) -> None:
        first = (await self._post("/track", _past(text, start)))["id"]
        self.expected[first] = Stored(text, False)
        await self._send({first}, "PATCH", f"/tasks/{first}", json.dumps({"note": text}))
        self.expected[first] = Stored(text, False, text)
        middle = (start + timedelta(minutes=30)).isoformat()
        second = (await self._post(f"/tasks/{first}/split", {"at": middle}, {first}))["ids"][1]
        self.expected[second] = Stored(text, False, text)
        await self._post("/tasks/join", {"ids": [first, second]}, {first, second})
        self.expected[second] = None

    async def _record_several(self, text: str, start: datetime) -> None:
        tasks = [_past(text, start + timedelta(hours=hours)) for hours in (1, 2)]
        kept, deleted = (await self._post("/tasks", {"tasks": tasks}))["ids"]
        self.expected[kept] = self.expected[deleted] = Stored(text, False)
        await self._send({deleted}, "DELETE", f"/tasks/{deleted}")
        self.expected[deleted] = None

    async def _switch_and_resume(self, text: str) -> None:
        running = (await self._post("/switch", {"description": text}))["id"]
        self.expected[running] = Stored(text, True)
        await self._post("/stop", {}, {running})
        self.expected[running] = Stored(text, False)
        resumed = (await self._post("/resume", {"id": running}))["id"]
        self.expected[resumed] = Stored(text, True)
        await self._post("/stop", {"id": resumed}, {resumed})
        self.expected[resumed] = Stored(text, False)
        await self._post("/undo", {}, {resumed})
        self.expected[resumed] = Stored(text, True)
        await self._post("/redo", {}, {resumed})
        self.expected[resumed] = Stored(text, False)

    async def _import(self, text: str, start: datetime) -> None:
        row = json.dumps({"id": 1, **_past(text, start + timedelta(hours=3))})
        answer = await self._send(set(), "POST", "/import?format=jsonl", row + "\n", "application/octet-stream")
        assert answer["added"] == 1

    async def _post(self, path: str, body: dict[str, Any], touched: set[int] | None = None) -> Any:
        return await self._send(touched or set(), "POST", path, json.dumps(body))

    async def _send(self, touched: set[int], *request: str) -> Any:
        self.touched = touched
        answer = await self._client.request(*request)
        self.touched = set()
        self.acknowledged += 1
        return answer


def _past(text: str, start: datetime) -> dict[str, str]:
    return {
        "description": text,
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(hours=1)).isoformat(),
    }


def stored_tasks(database: str) -> dict[int, Stored]:
    """Return what is stored of each task."""
    with closing(open_store(parse_database(database))) as store, store.read() as connection:
        rows = connection.execute("SELECT id, description, end_time, note FROM tasks", {})
        return {number: Stored(text, end is None, note) for number, text, end, note in rows}
