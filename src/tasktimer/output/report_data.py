"""Reports in JSON, CSV and TSV."""

from collections.abc import Callable, Iterator
from datetime import timedelta, tzinfo
from functools import cache
from typing import Any

from tasktimer.core.local_time import day_starts_at, format_instant, format_seconds_decimal
from tasktimer.core.report import Amount, Cell, Key, Report
from tasktimer.core.rounding import Rounding
from tasktimer.core.text import escape_control_chars
from tasktimer.output.formatting import format_day_start
from tasktimer.output.json_tsv import escape_tsv, to_csv, to_json

_SECOND = timedelta(seconds=1)


def format_report(report: Report, zone: tzinfo, format_name: str) -> str:
    """Format a report for programs, with times in seconds and, in JSON, instants in the time zone `zone`."""
    if format_name == "json":
        return to_json(report_to_dict(report, zone))
    if format_name == "tsv":
        return "".join(["\t".join(row) + "\n" for row in _rows(report, escape_tsv)])
    return to_csv([_columns(report), *_rows(report, str)])


def report_to_dict(report: Report, zone: tzinfo) -> dict[str, Any]:
    """Return a report as a dict for JSON; `rounded` is included if the report is rounded."""
    query, total = report.query, report.total
    return {
        "from": format_instant(report.window.start, zone),
        "to": format_instant(report.window.end, zone),
        "tz": str(zone),
        "day_starts_at": format_day_start(day_starts_at(zone)),
        "by": list(query.by),
        "round": query.rounding and _rounding_to_dict(query.rounding),
        "rows": [_row_to_dict(report, cell, keys) for keys, cell in report.cells.items()],
        "total": {
            "worked": total.worked.total_seconds(),
            "elapsed": None if total.elapsed is None else total.elapsed.total_seconds(),
            "tasks": total.tasks,
            **_rounded(report, total),
        },
    }


def _rounding_to_dict(rounding: Rounding) -> dict[str, Any]:
    return {"unit": rounding.unit // _SECOND, "direction": rounding.direction, "each": rounding.each}


def _row_to_dict(report: Report, cell: Cell, keys: tuple[Key, ...]) -> dict[str, Any]:
    return {
        "keys": [None if key is None else escape_control_chars(key) for key in keys],
        "seconds": _measure(report, cell).total_seconds(),
        "tasks": cell.tasks,
        **_rounded(report, cell),
    }


def _rounded(report: Report, amount: Amount) -> dict[str, float]:
    return {} if report.query.rounding is None else {"rounded": amount.rounded.total_seconds()}


def _measure(report: Report, amount: Amount) -> timedelta:
    return (amount.elapsed or timedelta()) if report.query.elapsed else amount.worked


def _columns(report: Report) -> list[str]:
    return [*report.query.by, "seconds", *(["rounded"] if report.query.rounding else []), "tasks"]


def _rows(report: Report, escape: Callable[[str], str]) -> Iterator[list[str]]:
    """Yield the fields of each row; `escape` is called once for each name, of which there are fewer than rows."""
    write = cache(lambda key: "" if key is None else escape(key))
    is_elapsed, is_rounded = report.query.elapsed, report.query.rounding is not None
    for keys, cell in report.cells.items():
        time = (cell.elapsed or timedelta()) if is_elapsed else cell.worked
        rounded = [format_seconds_decimal(cell.rounded)] if is_rounded else ()
        yield [*map(write, keys), format_seconds_decimal(time), *rounded, str(cell.tasks)]
