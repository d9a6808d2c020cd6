"""Names, import cost and docstrings of the package."""

import subprocess
import sys

import pytest

import tasktimer
from tasktimer import Tracker


def test_package_lists_public_names() -> None:
    assert tasktimer.Tracker is Tracker
    assert {"Tracker", "open_tracker"} <= set(tasktimer.__all__)
    with pytest.raises(AttributeError, match="no attribute 'close_tracker'"):
        tasktimer.close_tracker  # type: ignore[attr-defined]  # noqa: B018


def test_import_loads_no_heavy_module() -> None:
    def modules(script: str) -> set[str]:
        code = f"import sys\n{script}\nprint(*sys.modules)"
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return set(result.stdout.split())

    used = modules("import tasktimer; tasktimer.open_tracker")
    assert not {"typer", "rich", "sqlalchemy", "pydantic", "json", "tomllib", "sqlite3"} & used
    started = modules("import tasktimer.cli.app, tasktimer.core.task_filter")
    own = {name for name in used | started if name.startswith("tasktimer.")}
    small = {"array", "bisect", "_bisect", "dataclasses"}  # modules in C, their wrappers, and the base of values
    assert {name for name in used - started - own - small if "." not in name} == set()
    assert len(used - own) < len(started - own)


def test_public_methods_have_docstrings() -> None:
    for name in dir(Tracker):
        if not name.startswith("_"):
            first = (getattr(Tracker, name).__doc__ or "").partition("\n")[0]
            assert first.endswith("."), name
