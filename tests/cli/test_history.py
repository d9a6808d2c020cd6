"""`tasktimer history --prune`, and what it is not for."""

from datetime import timedelta

import pytest
from tests.conftest import NOW, Run


def test_what_is_exactly_so_old_is_not_older(run: Run) -> None:
    run("track", "x")
    assert run("history", "--prune", "1d", "--yes", now=NOW + timedelta(days=1)).out == "0\n"
    assert run("history", "--prune", "1d", "--yes", now=NOW + timedelta(days=1, microseconds=1)).out == "1\n"


@pytest.mark.parametrize(("words", "other"), [(["--json"], "--json"), (["--limit", "3"], "--limit"), (["1"], "a task")])
def test_what_prune_does_not_take_is_refused_and_nothing_forgotten(run: Run, words: list[str], other: str) -> None:
    run("track", "x")
    done = run("history", *words, "--prune", "1d", "--yes", now=NOW + timedelta(days=9))
    assert (done.exit_code, done.out) == (2, "")
    assert done.err.startswith(f"error: --prune and {other} are both given\n")
    assert len(run("history").out.splitlines()) == 1
