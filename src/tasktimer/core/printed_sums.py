"""The amounts of a report as printed: rounded to a unit, so that rows and columns add up to their totals."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from tasktimer.core.adding_up import Flow, round_flows
from tasktimer.core.report import Amount, Key, Report

Measure = Callable[[Amount], timedelta]

_MICROSECOND = timedelta.resolution


class Unit(NamedTuple):
    """The unit of printed amounts, which are rounded to the nearest multiple, or down."""

    length: timedelta
    nearest: bool = True

    def round(self, amount: timedelta) -> timedelta:
        """Round an amount that need not add up with others."""
        return (amount + self.length / 2 if self.nearest else amount) // self.length * self.length


MINUTE = timedelta(minutes=1)
HUNDREDTH = timedelta(seconds=36)  # of an hour
UNITS = {"seconds": Unit(timedelta(seconds=1), nearest=False), "minutes": Unit(MINUTE), "decimal": Unit(HUNDREDTH)}


@dataclass(frozen=True, slots=True)
class PrintedSums:
    """The rounded amounts of a report; `column_elapsed` is empty unless the columns are times."""

    cells: Mapping[tuple[Key, ...], timedelta]
    rows: Mapping[Key, timedelta]
    columns: Mapping[Key, timedelta]
    total: timedelta
    elapsed: timedelta
    column_elapsed: Mapping[Key, timedelta]


def worked(amount: Amount) -> timedelta:
    """Return the time worked."""
    return amount.worked


def rounded(amount: Amount) -> timedelta:
    """Return the rounded time worked."""
    return amount.rounded


def elapsed(amount: Amount) -> timedelta:
    """Return the elapsed time, or the time worked if the elapsed time was not computed."""
    return amount.worked if amount.elapsed is None else amount.elapsed


def add_up(report: Report, measure: Measure, unit: Unit) -> PrintedSums:
    """Round a measure of each amount in a report.

    Rows and columns whose exact amounts do not add up, because of tags or overlaps, do not add up when rounded either.
    """
    has_elapsed = bool(report.columns) and all(amount.elapsed is not None for amount in report.columns.values())
    flows = _flows(report, measure, by_column=has_elapsed)
    amounts: dict[str, dict[Any, timedelta]] = {}
    for (kind, name), amount in round_flows(flows, unit.length // _MICROSECOND, nearest=unit.nearest).items():
        amounts.setdefault(kind, {})[name] = amount * _MICROSECOND
    return PrintedSums(
        amounts.get("cell", {}),
        amounts.get("row", {}),
        amounts.get("column", {}),
        amounts["total"][None],
        amounts["elapsed"][None],
        amounts["part"] if has_elapsed else {},
    )


def _flows(report: Report, measure: Measure, *, by_column: bool) -> dict[tuple[str, Any], Flow]:
    """Return the amounts of a report as flows.

    They lead from the total to the rows, through cells to the columns, and on to the elapsed time and the overlap of
    each column, or of all columns together, which add up to the total.
    """
    groups: Mapping[Key, Amount] = report.columns if by_column else {None: report.total}
    flows: dict[tuple[str, Any], Flow] = {}
    flows["total", None] = _flow("all", "rows", measure(report.total), 0)
    flows["elapsed", None] = _flow("elapsed", "all", elapsed(report.total), 1)
    flows["overlap", None] = _flow("overlap", "all", measure(report.total) - elapsed(report.total), 2)
    for name, amount in report.columns.items():
        flows["column", name] = _flow(("column", name), ("group", name if by_column else None), measure(amount), 3)
    for name, amount in groups.items():
        flows["part", name] = _flow(("group", name), "elapsed", elapsed(amount), 4)
        flows["overlap in part", name] = _flow(("group", name), "overlap", measure(amount) - elapsed(amount), 5)
    for name, amount in report.rows.items():
        target: Hashable = ("row", name) if report.columns else ("group", None)
        flows["row", name] = _flow("rows", target, measure(amount), 6)
    for names, cell in report.cells.items() if report.columns else ():
        flows["cell", names] = _flow(("row", names[0]), ("column", names[1]), measure(cell), 7)
    return flows


def _flow(source: Hashable, target: Hashable, amount: timedelta, rank: int) -> Flow:
    return Flow(source, target, amount // _MICROSECOND, rank)
