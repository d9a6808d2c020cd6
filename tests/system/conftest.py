"""Fixtures that run the program as a separate process."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import PATIENCE
from tests.messages import breaches, in_output
from tests.postgres import make_folder, start_server, stop_server
from tests.system.command import TASKTIMER, Program
from tests.system.server import Serve, Server, serving

collect_ignore = ["clients"]  # they import what tests/system/test_generated_clients.py generates


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """The environment of a process: that of the test, with bytecode caching enabled."""
    assert os.environ["HOME"] == str(home)
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.fixture
def program(environ: dict[str, str]) -> Program:
    """Run the installed command in a separate process."""

    def run(*arguments: str | bytes, env: dict[str, str] | None = None, **options: Any) -> Any:
        defaults: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "errors": "surrogateescape"}
        done = subprocess.run(
            [TASKTIMER, *arguments],
            env=environ | (env or {}),
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
            **(defaults | options),
        )
        if isinstance(done.stderr, str):
            assert [fault for text in in_output(done.stderr) for fault in breaches(text)] == []
        return done

    return run


@pytest.fixture
def serve(environ: dict[str, str], tmp_path: Path) -> Serve:
    """Start servers."""
    numbers = count(1)

    def start(*flags: str, on: str) -> AbstractContextManager[Server]:
        return serving(on, *flags, environ=environ, log=tmp_path / f"server{next(numbers)}.log")

    return start


@pytest.fixture
def token(program: Program, database: str) -> str:
    return program("--database", database, "token", "create", "--user", "42").stdout.strip()


@pytest.fixture
def own_postgres() -> Iterator[Path]:
    """The files of a PostgreSQL server that the test can kill."""
    folder = make_folder()
    start_server(folder / "data", {})
    yield folder / "data"
    stop_server(folder / "data")
    shutil.rmtree(folder)
