"""Everyday: other commands compared with the smallest program, on short and long histories, and lists with sqlite3."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from histories import Days, load
from home import Home
from measure import Command, medians, run
from report import Table, milliseconds, ratio

from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.core.timeparse.date_ranges import parse_date_range
from tasktimer.store.statements import task_filter

_FEW = 1_000


def measure_everyday(folder: Path, runs: int, many: int) -> Iterator[Table]:
    """Compare commands on `many` tasks with the smallest program, and with the same commands on a thousand tasks."""
    days = Days.until(datetime.now().astimezone())
    short, long = Home.make(folder / "few"), Home.make(folder / "many")
    load(short, _FEW, days)
    load(long, many, days)
    yield _commands(short, long, runs, many)
    shell = shutil.which("sqlite3")
    if shell:
        yield _lists(long, shell, runs, many)


def _commands(short: Home, long: Home, runs: int, many: int) -> Table:
    hello = short.program("hello.py")
    lines = []
    for label, make in _COMMANDS.items():
        short_time, long_time, least = medians(make(short), make(long), hello, runs=runs)
        lines.append(
            [
                label,
                *map(milliseconds, (short_time, long_time, least)),
                ratio(long_time, least),
                "at most 1.35",
                ratio(long_time, short_time),
                "at most 1.15",
            ]
        )
    note = (
        f"Each command on {_FEW:,} and on {many:,} tasks; the latter is compared with a Typer program that prints one "
        "line. Output goes to a pipe."
    )
    columns = ("command", f"{_FEW:,} tasks", f"{many:,} tasks", "smallest program", "ratio to it", "target")
    return Table("Everyday commands", note, (*columns, "ratio to few", "target"), lines)


def _lists(home: Home, shell: str, runs: int, many: int) -> Table:
    month = f"{datetime.now(UTC).year - 10}-05"
    window = parse_date_range(month, datetime.now(UTC)).window(UTC)
    text = "task 77 is not there"
    queries = {
        f"`list` of a month, {_count(home, 'list', month):,} tasks": (
            home.tasktimer("list", month),
            task_filter.build_query(NO_FILTER, window=window, user_id=None, now=datetime.now(UTC)),
        ),
        f"`list --search`, through {many:,} tasks": (
            home.tasktimer("list", "--search", text),
            task_filter.build_query(TaskFilter(search=text), window=None, user_id=None, now=datetime.now(UTC)),
        ),
    }
    hello, lines = home.program("hello.py"), []
    for label, (ours, (statement, values)) in queries.items():
        shell_query = home.command(shell, "-readonly", str(home.file), _literal(statement, values))
        seconds, theirs, least = medians(ours, shell_query, hello, runs=runs)
        lines.append(
            [label, *map(milliseconds, (seconds, theirs, least)), ratio(seconds, theirs + least), "at most 1.50"]
        )
    note = (
        "Compared with the same SQL in the `sqlite3` shell, plus the time of the smallest program. "
        "Output goes to a pipe."
    )
    columns = ("command", "tasktimer", "`sqlite3`", "smallest program", "ratio", "target")
    return Table("Lists", note, columns, lines)


def _literal(statement: str, values: dict[str, int | str | None]) -> str:
    for name in sorted(values, key=len, reverse=True):
        value = values[name]
        statement = statement.replace(f":{name}", str(value) if isinstance(value, int) else f"'{value}'")
    return statement


def _count(home: Home, *words: str) -> int:
    return run(home.tasktimer(*words)).count("\n")


def _reversible(home: Home) -> Command:
    """Return an `undo` command whose preparation starts a task."""

    def prepare() -> Sequence[str]:
        run(home.tasktimer("track", "to be undone"))
        return ()

    return home.tasktimer("undo", prepare=prepare)


def _edit(home: Home) -> Command:
    numbers = iter(range(1_000_000))
    return home.tasktimer("edit", "5", prepare=lambda: ["--description", f"task {next(numbers)}"])


def _complete(line: str) -> Callable[[Home], Command]:
    def command(home: Home) -> Command:
        completion = {"_TASKTIMER_COMPLETE": "complete_bash", "COMP_LINE": line, "COMP_TYPE": "63"}
        return Command(home.tasktimer().words, {**home.environment, **completion})

    return command


_COMMANDS: dict[str, Callable[[Home], Command]] = {
    "`status`": lambda home: home.tasktimer("status", "--user", "1"),
    "`edit ID`": _edit,
    "`switch`": lambda home: home.tasktimer("switch", "write", "docs", "--user", "8"),
    "`resume`": lambda home: home.tasktimer("resume", "5", "--user", "8"),
    "`undo`": _reversible,
    "TAB after `edit`": _complete("tasktimer edit "),
    "TAB after `list -p`": _complete("tasktimer list -p "),
    "TAB after `list -t`": _complete("tasktimer list -t "),
}
