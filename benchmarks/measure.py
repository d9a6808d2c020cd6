"""Measure commands as whole processes, in turns, and return medians."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

_PEAK_MEMORY = Path(__file__).with_name("peak_memory.py")
_MEMORY_UNITS_PER_MIB = 1024**2 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Command:
    """A command line. Before each run, `prepare` runs untimed and returns the last arguments of that run."""

    words: Sequence[str]
    environment: Mapping[str, str]
    prepare: Callable[[], Sequence[str]] = tuple


def run(command: Command) -> str:
    """Run a command and return its output; if the command fails, exit."""
    return _run([*command.words, *command.prepare()], command.environment)


def medians(*commands: Command, runs: int) -> list[float]:
    """Return the median seconds of each command, run in turns (A B A B) after one untimed turn."""
    turns = [[_seconds(command) for command in commands] for _ in range(runs + 1)]
    return [median(seconds) for seconds in zip(*turns[1:], strict=True)]


def peak_memory(*commands: Command, runs: int) -> list[float]:
    """Return the median peak memory of each command in MiB, run in turns."""
    turns = [[usage(command)[0] for command in commands] for _ in range(runs)]
    return [median(peaks) for peaks in zip(*turns, strict=True)]


def usage(command: Command) -> tuple[float, float]:
    """Return the peak memory of a command in MiB, and its CPU seconds."""
    launcher = [sys.executable, "-I", "-S", str(_PEAK_MEMORY)]
    words = [*launcher, *command.words, *command.prepare()]
    memory, seconds = _run(words, command.environment).split()
    return int(memory) / _MEMORY_UNITS_PER_MIB, float(seconds)


def _seconds(command: Command) -> float:
    words = [*command.words, *command.prepare()]
    start = perf_counter()
    _run(words, command.environment)
    return perf_counter() - start


def _run(words: Sequence[str], environment: Mapping[str, str]) -> str:
    finished = subprocess.run(
        words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
    )
    return finished.stdout
