"""A day of many tasks, whose response is built while the server answers other requests."""

import threading
from typing import Any

import pytest
from tests.server.conftest import Api

from tasktimer.output import json_tsv
from tasktimer.server.routes import task_lists


def test_many_tasks_are_converted_in_a_thread(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in range(9, 12):
        api.track(start_time=f"2023-07-16T{hour:02}:00:00+02:00", end_time=f"2023-07-16T{hour:02}:30:00+02:00")
    threads: list[threading.Thread] = []
    convert = json_tsv.entry_to_dict

    def note_thread(*values: Any) -> dict[str, Any]:
        threads.append(threading.current_thread())
        return convert(*values)

    monkeypatch.setattr(task_lists, "entry_to_dict", note_thread)
    answers = []
    for most in (3, 2):
        monkeypatch.setattr(task_lists, "FEW", most)
        answers.append(api.get("/times?user_id=42&date=2023-07-16").json())
    assert answers[0] == answers[1]
    assert [entry["id"] for entry in answers[0]] == [1, 2, 3]
    assert len({*threads[:3]}) == 1
    assert threads[0] not in threads[3:]
