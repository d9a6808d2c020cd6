"""The folder in which worker processes share their metrics."""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from uvicorn.supervisors import Multiprocess

from tasktimer.server.metrics import FOLDER_VARIABLE, metrics_folder
from tasktimer.server.run import Workers


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_is_private_and_deleted(temporary: Path) -> None:
    with metrics_folder() as folder:
        assert os.environ[FOLDER_VARIABLE] == str(folder)
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "counter_1.db").touch()
    assert FOLDER_VARIABLE not in os.environ
    assert list(temporary.iterdir()) == []


def test_only_abandoned_folders_are_deleted(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "lock").touch()
    for name in ("abandoned", "starting"):
        (temporary / f"tasktimer-metrics-{name}").mkdir()
    (temporary / "tasktimer-metrics-abandoned" / "lock").touch()
    (temporary / "tasktimer-metrics-starting" / "new-lock").touch()
    (temporary / "tasktimer-metrics-link").symlink_to(other)
    with metrics_folder() as used, metrics_folder() as second:
        names = {path.name.removeprefix("tasktimer-metrics-") for path in temporary.iterdir()}
        assert names == {"starting", "link", *(path.name[18:] for path in (used, second))}
    assert (other / "lock").exists()


def test_requests_of_ended_worker_are_not_in_flight(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def restart_first(workers: Workers) -> None:
        workers.processes[0] = SimpleNamespace(pid=3)  # type: ignore[call-overload]

    workers = Workers.__new__(Workers)
    workers.processes = [SimpleNamespace(pid=1), SimpleNamespace(pid=2)]  # type: ignore[list-item]
    workers.metrics_folder = temporary
    for name in ("counter_1.db", "gauge_livesum_1.db", "gauge_livesum_2.db"):
        (temporary / name).touch()
    monkeypatch.setattr(Multiprocess, "keep_subprocess_alive", lambda _: None)
    workers.keep_subprocess_alive()
    monkeypatch.setattr(Multiprocess, "keep_subprocess_alive", restart_first)
    workers.keep_subprocess_alive()
    assert {path.name for path in temporary.iterdir()} == {"counter_1.db", "gauge_livesum_2.db"}
