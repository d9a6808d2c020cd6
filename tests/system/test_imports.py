"""Commands import only what they use, so that they start fast."""

import subprocess
import sys
from pathlib import Path

import pytest

import tasktimer

SOURCE = str(Path(tasktimer.__file__).parents[1])
HEAVY = {
    "sqlalchemy",
    "pydantic",
    "fastapi",
    "rich",
    "psycopg",
    "tomllib",
    "tomlkit",
    "tasktimer.core.calendar_zone",
    "json",
    "csv",
    "click",
    "uvicorn",
    "secrets",
}

SCRIPT = """
import sys
from tasktimer.cli.app import run
exit_code = run(sys.argv[1:])
sys.stderr.write("|".join(sys.modules))
sys.exit(exit_code)
"""


@pytest.mark.parametrize(
    ("arguments", "used"),
    [
        (["track", "write"], set()),
        (["track", "write", "--at", "-1m"], set()),
        (["track", "write", "+docs", "--no-gap"], set()),
        (["switch", "write"], set()),
        (["resume", "1"], set()),
        (["cancel"], set()),
        ([], set()),
        (["status"], set()),
        (["status", "--format", "{description} {elapsed}"], set()),
        (["status", "--json"], {"json"}),
        (["stop", "2"], set()),
        (["stop", "--all"], set()),
        (["edit", "1", "--start", "10m ago", "+docs"], set()),
        (["split", "1", "--at", "30s ago"], set()),
        (["move", "1", "2h ago"], set()),
        (["delete", "1"], set()),
        (["times"], set()),
        (["times", "--format", "csv"], {"csv"}),
        (["times", "--json"], {"json"}),
        (["times", "--format", "table"], {"rich"}),
        (["--version"], set()),
    ],
)
def test_command_imports_only_what_it_uses(environ: dict[str, str], arguments: list[str], used: set[str]) -> None:
    def modules(*arguments: str) -> set[str]:
        command = [sys.executable, "-c", SCRIPT, *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        return set(done.stderr.split("|"))

    modules("track", "ended", "--for", "1m")  # the first command creates the file
    modules("track", "before")
    loaded = modules(*arguments)
    assert loaded & HEAVY == used


@pytest.mark.parametrize("words", ["stop", "show", "track x -p", "track x +", "times --date", "undo --command", "st"])
def test_completion_imports_only_what_it_uses(environ: dict[str, str], words: str) -> None:
    script = SCRIPT.replace("exit_code = run(sys.argv[1:])", "try: run([])\nexcept SystemExit: exit_code = 0")
    variables = environ | {"_TASKTIMER_COMPLETE": "complete_bash", "COMP_LINE": f"tasktimer {words} ", "COMP_TYPE": "9"}
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True)
        assert not set(done.stderr.split("|")) & HEAVY
        subprocess.run(
            [sys.executable, "-c", SCRIPT, "track", "x", "-p", "acme", "+docs"],
            env=environ,
            check=True,
            capture_output=True,
        )


def test_package_imports_nothing_else(environ: dict[str, str]) -> None:
    code = "import sys; before = set(sys.modules); import tasktimer; print(*set(sys.modules) - before)"
    command = [sys.executable, "-S", "-c", code]
    bare = environ | {"PYTHONPATH": SOURCE}
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=True)
    assert done.stdout == "tasktimer\n"
