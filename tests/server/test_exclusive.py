"""The setting `exclusive` does not change what HTTP requests do."""

from pathlib import Path

import pytest
from tests.server.conftest import Serve


def test_track_over_http_stops_nothing(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_EXCLUSIVE", "true")
    api = serve(str(tmp_path / "tasks.db"))
    ids = [api.track(description=description) for description in ("write", "call")]
    page = api.get("/tasks", params={"running": True}).json()
    assert [task["id"] for task in page["tasks"]] == ids
