"""Reports on a year and on all time, compared with their SQL, with Timewarrior and with each other."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from histories import Days, load, load_timewarrior
from home import Home
from measure import Command, medians
from peers import Peers
from report import Table, milliseconds, ratio

from tasktimer.config.timezones import local_zone
from tasktimer.core.buckets import split_window
from tasktimer.core.report import ReportQuery
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.core.timeparse.date_ranges import DateRange, parse_date_range
from tasktimer.store.statements.reports import build_statement

_COLUMNS = ("report", "tasktimer", "compared with", "its time", "ratio", "target")
_GROUP_BY = "SELECT COALESCE(project, ''), COUNT(*), SUM(end_time - start_time) FROM tasks GROUP BY 1;\n"
_NOTE = (
    "`tasktimer report --format tsv` on a history of {count:,} tasks; the year is the last one. The first row compares "
    "it with the smallest Typer program plus the SQL of the report in the `sqlite3` shell. The last row compares the "
    "SQL with a `GROUP BY` that ignores time, both in that shell."
)


def measure_reports(folder: Path, runs: int, many: int, peers: Peers) -> Table:
    """Compare reports with the programs that do a part of their work, and with plain reports."""
    home = Home.make(folder / "reports")
    days = Days.until(datetime.now().astimezone())
    load(home, many, days)
    load_timewarrior(home, many, days)
    return Table("Reports", _NOTE.format(count=many), _COLUMNS, list(_rows(home, runs, peers)))


def _rows(home: Home, runs: int, peers: Peers) -> Iterator[list[str]]:
    year = str(datetime.now(UTC).year - 1)
    now = datetime.now(local_zone(home.environment))
    plain = _report(home, year, "day,project")
    shell = shutil.which("sqlite3")
    if shell:
        sql = _shell(home, shell, _sql(parse_date_range(year, now), ("day", "project"), now))
        ours, *parts = medians(plain, home.program("hello.py"), sql, runs=runs)
        label = "a year, by day and project", "smallest Typer program, and the SQL", "at most 1.50"
        yield _row(label, [ours, sum(parts)])
    if peers.timewarrior:
        summary = home.command(peers.timewarrior, "summary", f"{year}-01-01", "-", f"{int(year) + 1}-01-01")
        label = "a year, by day and project", "`timew summary`", "at most 0.33"
        yield _row(label, medians(plain, summary, runs=runs))
    mine = _report(home, year, "day,project", "--user", "1")
    from_four = Command(mine.words, {**mine.environment, "TASKTIMER_DAY_STARTS_AT": "04:00"})
    for name, target, command in (
        ("with `--elapsed`", "at most 3.50", _report(home, year, "day,project", "--user", "1", "--elapsed")),
        ("with `--round 15m`", "at most 1.10", _report(home, year, "day,project", "--user", "1", "--round", "15m")),
        ("with days from 04:00", "at most 1.10", from_four),
    ):
        yield _row((f"a year of one user, {name}", "without it", target), medians(command, mine, runs=runs))
    by_tag = medians(_report(home, year, "day,tag"), plain, runs=runs)
    yield _row(("a year, by day and tag", "by day and project", "at most 1.50"), by_tag)
    if shell:
        months = _sql(parse_date_range("last 31 years", now), ("month", "project"), now)
        seconds = medians(*(_shell(home, shell, text) for text in (months, _GROUP_BY)), runs=min(runs, 5))
        yield _row(("all time, by month and project: SQL", "`GROUP BY`", "at most 1.80"), seconds)


def _row(label: tuple[str, str, str], seconds: Sequence[float]) -> list[str]:
    name, other, target = label
    ours, theirs = seconds
    return [name, milliseconds(ours), other, milliseconds(theirs), ratio(ours, theirs), target]


def _report(home: Home, span: str, keys: str, *options: str) -> Command:
    return home.tasktimer("report", span, "--by", keys, "--format", "tsv", *options)


def _sql(days: DateRange, keys: tuple[str, ...], now: datetime) -> str:
    """Return the statement of a report with its parameters, for the `sqlite3` shell."""
    query = ReportQuery(keys, totals=False)
    zone = now.tzinfo or UTC
    buckets = split_window(days.window(zone), query.time_keys, zone)
    statement, values = build_statement(query, buckets, NO_FILTER, user_id=None, now=now)
    parameters = "".join(f".parameter set :{name} {value}\n" for name, value in values.items() if value is not None)
    return f"{parameters}{statement};\n"


def _shell(home: Home, shell: str, sql: str) -> Command:
    path = home.folder / f"{hash(sql):x}.sql"
    path.write_text(sql)
    return home.command(shell, "-readonly", str(home.file), f".read '{path}'")
