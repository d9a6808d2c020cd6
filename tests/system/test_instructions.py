"""The cost of starting a command, in instructions: unlike times, they do not depend on what else the machine does."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HELLO = Path(__file__).parents[2] / "benchmarks" / "hello.py"
TASKTIMER = Path(sys.executable).with_name("tasktimer")
# The ratio to the smallest Typer program. Lower a budget when a change makes room; a higher one needs a reason.
BUDGETS = {"track": 1.145, "stop": 1.145, "times": 1.145}
COMMANDS = {"track": ["track", "write"], "stop": ["stop", "1"], "times": ["times"]}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    if shutil.which("valgrind") is None:
        if os.environ.get("CI"):
            pytest.fail("valgrind is not installed: apt install valgrind")
        pytest.skip("valgrind is not installed")
    # The order of sets, and so the number of instructions, depends on the hash seed.
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "UTC", "PYTHONHASHSEED": "0"}


def test_start_up_stays_within_its_budget(environ: dict[str, str]) -> None:
    for arguments in (["track", "one"], ["track", "two"], ["times"], ["stop", "2"]):  # writes the bytecode
        subprocess.run([TASKTIMER, *arguments], env=environ, check=True, capture_output=True)
    hello = instructions([str(HELLO)], environ)
    ratios = {name: instructions([str(TASKTIMER), *words], environ) / hello for name, words in COMMANDS.items()}
    assert {name: ratio for name, ratio in ratios.items() if ratio > BUDGETS[name]} == {}


def instructions(words: list[str], environ: dict[str, str]) -> int:
    """Return how many instructions a Python program takes."""
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run([*valgrind, sys.executable, *words], env=environ, check=True, capture_output=True, text=True)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    assert found, done.stderr
    return int(found[1].replace(",", ""))
