"""Days that do not start at midnight, for HTTP requests: only if the server is set up so."""

import pickle
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import BERLIN
from tests.server.conftest import Api, Clock, Serve

from tasktimer.server.settings import ServerOptions, ServerSettings

NIGHT = datetime(2026, 11, 26, 1, tzinfo=BERLIN)


def track(api: Api) -> None:
    for start, end in (("2026-11-25T02:00", "2026-11-25T03:00"), ("2026-11-25T22:00", "2026-11-26T00:30")):
        api.track(start_time=f"{start}+01:00", end_time=f"{end}+01:00")


def seconds(api: Api, **query: str) -> list[float]:
    response = api.get("/times", params={"user_id": 42, "date": "2026-11-25", **query})
    assert response.status_code == 200, response.text
    return [entry["time_spent"] for entry in response.json()]


def ids(api: Api, **query: str) -> list[int]:
    return [task["id"] for task in api.get("/tasks", params=query).json()["tasks"]]


def test_days_start_at_midnight_by_default(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_DAY_STARTS_AT", "04:00")  # not among the options of this server
    api = serve(str(tmp_path / "tasks.db"), clock=Clock(NIGHT))
    track(api)
    assert seconds(api) == [3600, 7200]
    assert seconds(api, tz="Europe/Berlin") == [3600, 7200]


def test_days_start_when_server_says(serve: Serve, tmp_path: Path) -> None:
    api = serve(str(tmp_path / "tasks.db"), clock=Clock(NIGHT), day_starts_at=timedelta(hours=4))
    track(api)
    assert seconds(api) == [9000]
    assert seconds(api, tz="Europe/Berlin") == [9000]
    assert seconds(api, date="2026-11-24") == [3600]
    assert (seconds(api, date="today"), seconds(api, date="yesterday")) == ([9000], [3600])
    assert (seconds(api, date="wednesday"), seconds(api, date="last tuesday")) == ([9000], [3600])
    assert seconds(api, tz="America/New_York") == [9000]
    assert ids(api, **{"from": "2026-11-25"}) == [2]
    assert ids(api, to="2026-11-24") == [1]
    assert ids(api, **{"from": "2026-11-25T02:00:00+01:00"}) == [1, 2]


def test_settings_of_server(config_file: Path) -> None:
    assert ServerSettings({}).options() == ServerOptions(ServerSettings({}).database)
    config_file.write_text('day_starts_at = "-01:00"\nweek_starts_on = "sunday"\n')
    options = ServerSettings({"TASKTIMER_DAY_STARTS_AT": "04:00"}).options()
    assert (options.day_starts_at, options.week_starts_on) == (timedelta(hours=4), 6)
    assert pickle.loads(pickle.dumps(options)) == options
    assert options.find_zone("Europe/Berlin") is options.find_zone("Europe/Berlin")
