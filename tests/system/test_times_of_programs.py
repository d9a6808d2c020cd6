"""Times printed by programs of this machine are accepted unchanged."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.system.command import Program

FORMS = [
    ["-Ins"],
    ["-Is"],
    ["-Ih"],
    ["--rfc-3339=ns"],
    ["--rfc-3339=seconds"],
    ["-u", "+%Y%m%dT%H%M%SZ"],
    ["+%Y%m%dT%H%M%S.%N%z"],
    ["+%F %T.%N %:::z"],
]


def printed(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{command[0]} of this machine has other options: {done.stderr}")
    return done.stdout.strip()


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_output_of_date_is_never_in_future(program: Program, form: list[str]) -> None:
    text = printed("date", *form)
    done = program("track", "x", "--at", text, "--json")
    assert (done.returncode, done.stderr) == (0, ""), text
    assert datetime.fromisoformat(json.loads(done.stdout)["start_time"]) <= datetime.now(UTC)


def test_nanoseconds_of_date_are_cut_off(program: Program) -> None:
    text = printed("date", "-d", "2023-07-16T09:14:05.999999999", "-Ins")
    done = program("track", "x", "--at", text, "--json")
    assert json.loads(done.stdout)["start_time"] == "2023-07-16T09:14:05.999999+02:00"


def test_output_of_stat_is_accepted(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    done = program("track", "x", "--at", printed("stat", "-c", "%y", str(file)), "--json")
    changed = datetime.fromtimestamp(file.stat().st_mtime_ns // 10**9, UTC)
    assert datetime.fromisoformat(json.loads(done.stdout)["start_time"]).replace(microsecond=0) == changed


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_command_substitution_of_date_is_accepted(program: Program, environ: dict[str, str]) -> None:
    printed("date", "-Ins")
    folder = str(Path(program("--version").args[0]).parent)
    line = 'for n in 1 2 3 4 5; do tasktimer track x --at "$(date -Ins)" || exit; done'
    path = environ | {"PATH": f"{folder}:{environ['PATH']}"}
    done = subprocess.run(["bash", "-c", line], env=path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1\n2\n3\n4\n5\n"), done.stderr
