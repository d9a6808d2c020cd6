"""Properties of the amounts of reports as printed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.interval import Window
from tasktimer.core.printed_sums import UNITS, Unit, add_up, elapsed, worked
from tasktimer.core.report import Amount, Cell, Key, Report, ReportQuery

ZERO = timedelta()
WINDOW = Window(datetime(2023, 7, 10, tzinfo=UTC), datetime(2023, 7, 17, tzinfo=UTC))
TIMES = st.integers(0, 10**10) | st.integers(0, 200).map(lambda minutes: minutes * 60_000_000)
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b/c", None]), st.sampled_from(["Monday", "Tuesday", "Friday"])),
    TIMES.map(lambda microseconds: Cell(timedelta(0, 0, microseconds))),
    min_size=1,
)


def add(amounts: Mapping[Key, Amount], name: Key, time: timedelta) -> None:
    amounts[name].worked += time


def report_of(cells: Mapping[tuple[Key, ...], Cell], overlaps: Mapping[Key, int]) -> Report:
    """Return a report with these cells; `overlaps` is the percentage of overlapping time in each column."""
    rows: dict[Key, Amount] = {names[0]: Amount() for names in cells}
    columns: dict[Key, Amount] = {names[1]: Amount() for names in cells}
    for (row, column), cell in cells.items():
        add(rows, row, cell.worked)
        add(columns, column, cell.worked)
    for name, amount in columns.items():
        amount.elapsed = amount.worked - amount.worked * overlaps.get(name, 0) // 100
    whole = sum((cell.worked for cell in cells.values()), ZERO)
    total = Cell(whole, elapsed=sum((elapsed(amount) for amount in columns.values()), ZERO))
    return Report(ReportQuery(("project", "weekday")), WINDOW, dict(cells), rows, columns, total)


OVERLAPS = st.dictionaries(st.sampled_from(["Monday", "Tuesday"]), st.integers(0, 60))


@given(CELLS, OVERLAPS, st.sampled_from(list(UNITS.values())))
def test_printed_report_adds_up(cells: dict[tuple[Key, ...], Cell], overlaps: dict[Key, int], unit: Unit) -> None:
    report = report_of(cells, overlaps)
    sums = add_up(report, worked, unit)
    for name, row in sums.rows.items():
        assert row == sum((time for names, time in sums.cells.items() if names[0] == name), ZERO)
    for name, column in sums.columns.items():
        assert column == sum((time for names, time in sums.cells.items() if names[1] == name), ZERO)
    assert sums.total == sum(sums.rows.values(), ZERO) == sum(sums.columns.values(), ZERO)
    assert sums.total == unit.round(report.total.worked)
    assert sums.elapsed == sum(sums.column_elapsed.values(), ZERO)


@given(CELLS, OVERLAPS, st.sampled_from(list(UNITS.values())))
def test_printed_elapsed_time_suits_time_worked(
    cells: dict[tuple[Key, ...], Cell], overlaps: dict[Key, int], unit: Unit
) -> None:
    """A column without overlaps has two equal times, and no elapsed time is longer than the time worked."""
    report = report_of(cells, overlaps)
    sums = add_up(report, worked, unit)
    for name, column in report.columns.items():
        assert sums.column_elapsed[name] <= sums.columns[name]
        assert column.elapsed != column.worked or sums.column_elapsed[name] == sums.columns[name]
        assert abs(sums.column_elapsed[name] - elapsed(column)) < unit.length


@given(CELLS, st.sampled_from(list(UNITS.values())))
def test_zeros_and_multiples_stay(cells: dict[tuple[Key, ...], Cell], unit: Unit) -> None:
    sums = add_up(report_of(cells, {}), worked, unit)
    for names, cell in cells.items():
        assert abs(sums.cells[names] - cell.worked) < unit.length
        assert cell.worked % unit.length or sums.cells[names] == cell.worked
