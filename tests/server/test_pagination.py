"""Pages of the task list."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.conftest import BERLIN, NOW
from tests.server.conftest import Api

from tasktimer.core.interval import overlaps
from tasktimer.core.task import Task
from tasktimer.server.filters import parse_window
from tasktimer.server.pagination import decode_cursor, encode_cursor
from tasktimer.store.factory import open_store
from tasktimer.store.statements import task_writes

INSTANT = "2023-07-16T09:14:00+02:00"


def pages(api: Api, limit: int, **filters: str | int) -> Iterator[list[dict[str, Any]]]:
    """Yield every page, as a client would request them."""
    after: dict[str, str] = {}
    while True:
        response = api.get("/tasks", params=filters | {"limit": limit} | after)
        assert response.status_code == 200, response.text
        page = response.json()
        yield page["tasks"]
        if page["next"] is None:
            assert "link" not in response.headers
            return
        assert response.links["next"]["url"].endswith(f"&after={page['next']}")
        assert len(page["tasks"]) == limit
        after = {"after": page["next"]}


@pytest.fixture
def tasks(api: Api) -> list[Task]:
    """A random history of two users: many tasks start together; some are long, running or empty."""
    random = Random(7)
    stored = []
    store = open_store(Path(api.database) if "://" not in api.database else api.database)
    with closing(store), store.write() as connection:
        for _ in range(200):
            start = NOW.astimezone(UTC) - timedelta(hours=random.randrange(1, 240))
            length = timedelta(minutes=random.choice([0, 30, 90, 60 * 30, 60 * 80]))
            end = None if random.random() < 0.2 else min(start + length, NOW.astimezone(UTC))
            user_id = random.choice([1, 42])
            stored.append(
                task_writes.insert_task(connection, user_id=user_id, description="x", start_time=start, end_time=end)
            )
    return sorted(stored, key=lambda task: (task.start_time, task.id))


@pytest.mark.parametrize(("limit", "order"), [(1, "asc"), (7, "asc"), (7, "desc"), (200, "desc"), (1000, "asc")])
def test_pages_contain_every_task_once_in_order(api: Api, tasks: list[Task], limit: int, order: str) -> None:
    ids = [task["id"] for page in pages(api, limit, order=order) for task in page]
    assert ids == [task.id for task in tasks][:: 1 if order == "asc" else -1]


@pytest.mark.parametrize(("user", "order"), [(None, "asc"), (1, "desc"), (42, "asc")])
@pytest.mark.parametrize("running", [None, "true", "false"])
@pytest.mark.parametrize(
    ("start", "end"), [(None, None), ("2023-07-12", None), (None, "2023-07-10"), ("2023-07-09", "2023-07-11")]
)
def test_filters_match_core(
    api: Api, tasks: list[Task], user: int | None, order: str, running: str | None, start: str | None, end: str | None
) -> None:
    window = parse_window(start, end, NOW.astimezone(BERLIN))
    expected = [
        task.id
        for task in tasks
        if user in (None, task.user_id)
        and running in (None, str(task.running).lower())
        and overlaps(task.interval(NOW), window)
    ]
    filters: dict[str, str | int] = {
        name: value
        for name, value in {"user_id": user, "running": running, "from": start, "to": end, "order": order}.items()
        if value is not None
    }
    assert [task["id"] for page in pages(api, 9, **filters) for task in page] == (
        expected if order == "asc" else expected[::-1]
    )


def test_pages_are_stable_while_tasks_are_added(api: Api, tasks: list[Task]) -> None:
    ids: list[int] = []
    for page in pages(api, 20, running="false"):
        ids += [task["id"] for task in page]
        api.track(start_time="2023-07-01T00:00Z", end_time="2023-07-01T00:00Z")  # before all listed tasks
    assert ids == [task.id for task in tasks if not task.running]


def test_window_may_be_bounded_by_instants(api: Api) -> None:
    api.track(start_time="2023-07-16T09:00+02:00", end_time="2023-07-16T10:00+02:00")

    def count(**bounds: str) -> int:
        return len(api.get("/tasks", params=bounds).json()["tasks"])

    assert count(**{"from": "2023-07-16T09:59:59+02:00"}) == 1
    assert count(**{"from": "2023-07-16T10:00+02:00"}) == 0  # touches, but does not overlap
    assert count(to="2023-07-16T07:00Z") == 0
    assert count(to="2023-07-16T07:00:01Z") == 1
    assert count(to="2023-07-16") == 1


def test_window_dates_are_in_requested_zone(api: Api) -> None:
    api.track(start_time="2023-07-16T00:30+02:00", end_time="2023-07-16T01:00+02:00")
    bounds = {"from": "2023-07-16", "to": "2023-07-16"}
    assert len(api.get("/tasks", params=bounds).json()["tasks"]) == 1
    assert api.get("/tasks", params=bounds | {"tz": "America/New_York"}).json()["tasks"] == []


@pytest.mark.parametrize("start", [datetime(1, 1, 2, tzinfo=UTC), NOW, datetime(9999, 12, 30, tzinfo=UTC)])
def test_cursor_round_trips(start: datetime) -> None:
    cursor = decode_cursor(encode_cursor(Task(2**63 - 1, 1, "x", start, None)))
    assert (cursor.start_time, cursor.id) == (start, 2**63 - 1)


def test_link_leads_to_next_page(file_api: Api) -> None:
    for number in range(5):
        file_api.track(project="acme/web" if number % 2 else "acme & sons", tags=["a", "b"], start_time=INSTANT)
    response = file_api.get("/tasks?limit=2&order=desc&tag=a&project=acme%20%26%20sons&tag=b&after=1689491640000000.9")
    assert [task["id"] for task in response.json()["tasks"]] == [5, 3]
    following = response.url.join(response.links["next"]["url"])
    assert [task["id"] for task in file_api.get(str(following)).json()["tasks"]] == [1]
    assert following.params.get_list("tag") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "count"), [("-999999999999999999.0", 1), ("0.0", 1), ("999999999999999999.9999999999999999999", 0)]
)
def test_cursor_out_of_range_is_before_or_after_all_tasks(api: Api, text: str, count: int) -> None:
    api.track()
    assert len(api.get(f"/tasks?after={text}").json()["tasks"]) == count


def test_get_task_returns_one_task(api: Api) -> None:
    number = api.track(start_time="2023-07-16T09:00Z")
    assert api.get(f"/tasks/{number}?tz=America/New_York").json() == {
        "id": number,
        "user_id": 42,
        "description": "write docs",
        "start_time": "2023-07-16T05:00:00-04:00",
        "end_time": None,
        "running": True,
        "project": None,
        "tags": [],
        "note": None,
    }
    assert api.get(f"/tasks/{number + 1}").status_code == 404
