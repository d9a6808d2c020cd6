"""What `import tasktimer` gives, what it costs, and that it is described."""

import subprocess
import sys

import pytest

import tasktimer
from tasktimer import Tracker


def test_the_package_names_what_it_has() -> None:
    assert tasktimer.Tracker is Tracker
    assert {"Tracker", "open_tracker"} <= set(tasktimer.__all__)
    with pytest.raises(AttributeError, match="no attribute 'close_tracker'"):
        tasktimer.close_tracker  # type: ignore[attr-defined]  # noqa: B018


def test_importing_it_costs_no_more_than_a_command() -> None:
    def modules(script: str) -> set[str]:
        code = f"import sys\n{script}\nprint(*sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return set(done.stdout.split())

    used = modules("import tasktimer; tasktimer.open_tracker")
    assert not {"typer", "rich", "sqlalchemy", "pydantic", "json", "tomllib", "sqlite3"} & used
    started = modules("import tasktimer.cli.app")
    own = {name for name in used if name.startswith("tasktimer.")}
    assert {name for name in used - started - own if "." not in name} == set()
    assert len(used) < len(started)


def test_every_method_says_what_it_does_in_a_sentence() -> None:
    for name in dir(Tracker):
        if not name.startswith("_"):
            first = (getattr(Tracker, name).__doc__ or "").partition("\n")[0]
            assert first.endswith("."), name
