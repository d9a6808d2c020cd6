"""Flat: commands on a long history, compared with a short one."""

from datetime import datetime
from pathlib import Path

from histories import MANY_DAY_TASKS, RUNNING_TASKS, USERS, YEARS, Days, load, stop_each
from home import Home
from measure import Command, medians
from report import Table, milliseconds, ratio

_FEW = 1_000
_TARGET = "at most 1.15"


def measure_flat(folder: Path, runs: int, many: int) -> Table:
    """Compare each command on `many` tasks with the same command on a thousand, and an old day with today."""
    days = Days.until(datetime.now().astimezone())
    short, long = Home.make(folder / "short"), Home.make(folder / "long")
    load(short, _FEW, days)
    seconds = load(long, many, days)
    note = _history(long, seconds) + _old_day(long, days, runs)
    columns = ("command", f"{_FEW:,} tasks", f"{many:,} tasks", "ratio", "target")
    return Table("Scaling with history size", note, columns, _rows(short, long, days, runs))


def _rows(short: Home, long: Home, days: Days, runs: int) -> list[list[str]]:
    def compare(label: str, *words: str) -> list[str]:
        return _row(label, short.tasktimer(*words), long.tasktimer(*words), runs)

    # `times` comes first: the other commands add tasks, which would slow it down.
    return [
        compare("`times`, piped", "times"),
        compare("`times --date`, an old day, piped", "times", "--date", days.name_of_old),
        compare("`times --format table`", "times", "--format", "table"),
        _row("`stop ID`, piped", stop_each(short, runs + 1), stop_each(long, runs + 1), runs),
        compare("`track`, piped", "track", "write", "docs"),
    ]


def _row(label: str, short: Command, long: Command, runs: int) -> list[str]:
    few, many = medians(short, long, runs=runs)
    return [label, milliseconds(few), milliseconds(many), ratio(many, few), _TARGET]


def _history(home: Home, seconds: float) -> str:
    return (
        f"The long history spans {YEARS} years and {USERS} users, including {MANY_DAY_TASKS} tasks of three days and "
        f"{RUNNING_TASKS} running tasks. The queried days contain the same tasks in both histories. Loading the long "
        f"one in a single transaction took {seconds:.1f} s; its file is {home.file.stat().st_size / 1024**2:.0f} MiB."
    )


def _old_day(home: Home, days: Days, runs: int) -> str:
    today, old = medians(home.tasktimer("times"), home.tasktimer("times", "--date", days.name_of_old), runs=runs)
    return (
        f" On it, `times` for a day {YEARS // 2} years ago takes {ratio(old, today)} times as long as for today "
        f"({milliseconds(old)} and {milliseconds(today)})."
    )
