"""Start-up: commands compared with the smallest programs built with the same libraries."""

from pathlib import Path

from histories import stop_each
from home import Home
from measure import Command, medians, peak_memory, run
from report import Table, milliseconds, ratio

_NOTE = (
    "Compared with a Typer program that prints one line (`benchmarks/hello.py`), or for the table, one that prints a "
    "Rich table of three rows (`benchmarks/hello_table.py`). Output goes to a pipe."
)
_COLUMNS = ("command", "tasktimer", "smallest program", "ratio", "target")
_MEMORY_RUNS = 5


def measure_startup(folder: Path, runs: int) -> Table:
    """Compare the time of each command, and the memory of `track`, with the smallest program of its kind."""
    home = Home.make(folder / "startup")
    for description in ("write docs", "review", "plan"):
        run(home.tasktimer("track", description, "--for", "20m"))
    hello, hello_table = home.program("hello.py"), home.program("hello_table.py")
    # `times` comes first: the other commands add tasks, which would slow it down.
    rows = [
        _time("`times`, piped", home.tasktimer("times"), hello, runs),
        _time("`times --format table`", home.tasktimer("times", "--format", "table"), hello_table, runs),
        _time("`stop ID`, piped", stop_each(home, runs + 1), hello, runs),
        _time("`track`, piped", home.tasktimer("track", "write", "docs"), hello, runs),
        _memory("`track`, peak memory", home.tasktimer("track", "write", "docs"), hello),
    ]
    return Table("Start-up", _NOTE, _COLUMNS, rows)


def _time(label: str, ours: Command, smallest: Command, runs: int) -> list[str]:
    seconds, least = medians(ours, smallest, runs=runs)
    return [label, milliseconds(seconds), milliseconds(least), ratio(seconds, least), "at most 1.35"]


def _memory(label: str, ours: Command, smallest: Command) -> list[str]:
    peak, least = peak_memory(ours, smallest, runs=_MEMORY_RUNS)
    return [label, f"{peak:.1f} MiB", f"{least:.1f} MiB", ratio(peak, least), "under 1.30"]
