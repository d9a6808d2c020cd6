"""Paste the commands of the README, block by block."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import PATIENCE
from tests.system.command import TASKTIMER, Program
from tests.system.server import running

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^(?:<!-- (\w+) -->\n)?```sh\n(.+?)\n```$", README, re.MULTILINE | re.DOTALL)
MARKED = {mark: text for mark, text in BLOCKS if mark}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the program is installed: another installation, and its tests, do nothing."""
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    missing = [name for name in ("jq", "sqlite3") if shutil.which(name) is None]
    for name in ("python3", "pip", "pytest", *missing):
        (commands / name).write_text("#!/bin/sh\n")
        (commands / name).chmod(0o755)
    (commands / "tasktimer").symlink_to(TASKTIMER)
    return tmp_path


@pytest.fixture
def environ(environ: dict[str, str], checkout: Path) -> dict[str, str]:
    """The environment of a shell in the checkout, in a time zone where it is between 14:00 and 15:00."""
    path = f"{checkout / '.venv' / 'bin'}{os.pathsep}{environ['PATH']}"
    return environ | {"PATH": path, "PORT": "0", "TZ": f"HERE{datetime.now(UTC).hour - 14:+}"}


def exit_codes(text: str, folder: Path, environ: dict[str, str]) -> dict[str, int]:
    """Run each line of a text in the same shell, and return its exit code."""
    lines = text.replace("\\\n", "").splitlines()
    script = "\n".join(["set -o pipefail", *(f"{line}\necho $? >> exit_codes" for line in lines if line)])
    subprocess.run(["bash", "-c", script], cwd=folder, env=environ, check=True, timeout=PATIENCE)
    codes = map(int, (folder / "exit_codes").read_text().split())
    return dict(zip(filter(None, lines), codes, strict=True))


def ask_server(command: str, environ: dict[str, str], folder: Path) -> str:
    """Start a server with a command, send it the requests of the README, and return its responses."""
    with running(command, environ=environ, folder=folder) as server:
        (token,) = re.findall("^tasktimer_.+$", server.log(), re.MULTILINE)
        requests = MARKED["curl"].replace("http://localhost:8000", server.url)
        asking = ["sh", "-e", "-c", requests]
        environ = environ | {"TOKEN": token}
        return subprocess.run(asking, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_readme_works_when_pasted_into_one_home(checkout: Path, environ: dict[str, str], program: Program) -> None:
    data = Path(environ["HOME"], ".timewarrior", "data", "2023-07.data")
    data.parent.mkdir(parents=True)
    data.write_text("inc 20230716T080000Z - 20230716T090000Z # review\n", encoding="utf-8")
    pasted = "\n".join(text for mark, text in BLOCKS if mark not in ("serve", "curl", "postgres"))
    codes = exit_codes(pasted, checkout, environ)
    assert len(codes) > 25
    assert {line: code for line, code in codes.items() if code} == {}
    assert re.match(r'\{"id":\s*\d+\}\[', ask_server(MARKED["serve"], environ, checkout))
    for command in ("history", "list"):
        users = [line.split("\t")[1] for line in program(command, env=environ).stdout.splitlines()]
        assert (len(users) > 8, set(users)) == (True, {"42"})
    settings = json.loads(program("info", "--json", env=environ).stdout)
    assert settings["user"] == {"value": 42, "origin": "the only user of the file"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_readme_commands_serve_a_user(environ: dict[str, str], database: str, checkout: Path) -> None:
    # The Render test runs the same installation in a new environment.
    assert MARKED["serve"].startswith("python3 -m venv .venv && .venv/bin/pip install -q '.[server]' && ")
    command = MARKED["serve"]
    if "://" in database:
        point = MARKED["postgres"].replace("postgresql://USER:PASSWORD@HOST/NAME", f"'{database}'")
        command = f"{point}\n{command}"
    asked = ask_server(command, environ, checkout)
    stopped, day = re.fullmatch(r"(\{.*\})(\[.*\])", asked).groups()  # type: ignore[union-attr]
    (entry,) = json.loads(day)
    assert json.loads(stopped) == {"id": 1}
    assert (entry["id"], entry["user_id"], entry["running"]) == (1, 42, False)
