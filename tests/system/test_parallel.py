"""Many shells at once: no acknowledged change is lost."""

import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.system.command import TASKTIMER, Program

SHELLS = 200
ROUNDS = 8


@pytest.mark.parametrize("exists", [True, False], ids=["file exists", "no file yet"])
def test_200_concurrent_shells_lose_nothing(
    program: Program, environ: dict[str, str], data_file: Path, exists: bool
) -> None:
    if exists:
        program("track", "before", "--for", "1m")
    script = f'id=$("{TASKTIMER}" track "task of shell $1") && "{TASKTIMER}" stop "$id"'
    started = time.monotonic()
    shells = [
        subprocess.Popen(
            ["sh", "-c", script, "sh", str(number)],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(SHELLS)
    ]
    results = [shell.communicate() for shell in shells]
    took = time.monotonic() - started
    assert {err for _, err in results} == {""}
    assert {shell.returncode for shell in shells} == {0}
    ids = [int(out) for out, _ in results]
    assert len(set(ids)) == SHELLS
    with closing(sqlite3.connect(data_file)) as connection:
        stored = connection.execute("SELECT id, description FROM tasks WHERE end_time IS NOT NULL").fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    expected = {number: f"task of shell {shell}" for shell, number in enumerate(ids)}
    assert dict(stored) == expected | ({1: "before"} if exists else {})
    assert [path.name for path in data_file.parent.iterdir()] == [data_file.name]
    print(
        f"{SHELLS} shells exited 0; {2 * SHELLS} changes in {took:.1f} s are all there, {len(set(ids))} ids are unique"
    )


def test_first_commands_at_once_agree_on_the_only_user(environ: dict[str, str], tmp_path: Path) -> None:
    """Each command without a user acts as the only user of the tasks before its own, or fails if there are several."""
    for number in range(ROUNDS):
        path = tmp_path / f"{number}.db"
        track = [TASKTIMER, "--database", str(path), "track", "x"]
        processes = [
            subprocess.Popen([*track, *option], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for option in (["--user", "42"], [], [], ["--user", "42"], [])
        ]
        results = [(*process.communicate(), process.returncode) for process in processes]
        with closing(sqlite3.connect(path)) as connection:
            users = dict(connection.execute("SELECT id, user_id FROM tasks"))
        for position, (out, err, exit_code) in enumerate(results):
            if exit_code == 2:
                assert set(users.values()) == {1, 42}
                assert "several users: 1, 42" in err
                continue
            earlier = {user for task_id, user in users.items() if task_id < int(out)}
            expected = {42} if position in (0, 3) else earlier or {1}
            assert (exit_code, {users[int(out)]}) == (0, expected)
