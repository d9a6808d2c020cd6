"""The program as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TASKTIMER = str(Path(sys.executable).with_name("tasktimer"))

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """The environment of a process: the test's own, with compiled modules kept as on any machine."""
    assert os.environ["HOME"] == str(home)
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.fixture
def program(environ: dict[str, str]) -> Program:
    """Run the installed command in a process of its own."""

    def run(*arguments: str | bytes, env: dict[str, str] | None = None, **options: Any) -> Any:
        defaults: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "errors": "surrogateescape"}
        return subprocess.run(
            [TASKTIMER, *arguments],
            env=environ | (env or {}),
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
            **(defaults | options),
        )

    return run
