"""Properties of the rounding of tables."""

import time
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.adding_up import Flow, round_flows

UNITS = st.sampled_from([2, 60, 36_000])
MATRICES = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(0, 400) | st.integers(0, 10**9), min_size=1
)

Matrix = dict[tuple[int, int], int]


def sums(cells: Matrix) -> tuple[dict[int, int], dict[int, int]]:
    rows: dict[int, int] = defaultdict(int)
    columns: dict[int, int] = defaultdict(int)
    for (row, column), value in cells.items():
        rows[row] += value
        columns[column] += value
    return rows, columns


def flows(cells: Matrix) -> dict[Any, Flow]:
    rows, columns = sums(cells)
    return {
        "total": Flow("columns", "rows", sum(cells.values())),
        **{("column", name): Flow(("column", name), "columns", value, 1) for name, value in columns.items()},
        **{("row", name): Flow("rows", ("row", name), value, 2) for name, value in rows.items()},
        **{names: Flow(("row", names[0]), ("column", names[1]), value, 3) for names, value in cells.items()},
    }


@given(MATRICES, UNITS, st.booleans())
def test_rounded_matrix_adds_up(cells: Matrix, unit: int, nearest: bool) -> None:
    exact = flows(cells)
    rounded = round_flows(exact, unit, nearest=nearest)
    rows, columns = sums({names: rounded[names] for names in cells})
    assert rows == {name[1]: rounded[name] for name in exact if name[0] == "row"}
    assert columns == {name[1]: rounded[name] for name in exact if name[0] == "column"}
    assert sum(rows.values()) == rounded["total"]
    total = sum(cells.values())
    assert rounded["total"] == (total + unit // 2 if nearest else total) // unit * unit


@pytest.mark.parametrize(
    ("amounts", "rounded"),
    [
        ([5, 25, 30], [0, 0, 60]),
        ([59, 2, 59], [60, 0, 60]),
        ([54, 48, 42, 36], [60, 60, 60, 0]),
        ([6, 12, 18, 24], [0, 0, 0, 60]),
        ([20, 20, 20, 59, 61], [0, 0, 60, 60, 60]),
    ],
)
def test_clearest_parts_are_rounded_to_nearest_unit(amounts: list[int], rounded: list[int]) -> None:
    parts = {number: Flow("rows", "total", amount, 1) for number, amount in enumerate(amounts)}
    found = round_flows({"total": Flow("total", "rows", sum(amounts)), **parts}, 60)
    assert [found[number] for number in range(len(amounts))] == rounded


@given(MATRICES, UNITS)
def test_each_amount_becomes_adjacent_multiple(cells: Matrix, unit: int) -> None:
    exact = flows(cells)
    for name, value in round_flows(exact, unit).items():
        amount = exact[name].amount
        assert value in (amount // unit * unit, -(-amount // unit) * unit)


@given(MATRICES, UNITS, st.integers(0, 5), st.integers(1, 10**6))
def test_rows_add_up_even_if_columns_do_not(cells: Matrix, unit: int, column: int, excess: int) -> None:
    """The columns of a report by tag contain less than its rows: a task with several tags counts once."""
    exact = flows(cells)
    exact["column", column] = Flow(("column", column), "columns", excess, 1)
    exact["total"] = Flow("columns", "rows", exact["total"].amount + excess)
    rounded = round_flows(exact, unit)
    assert sums({names: rounded[names] for names in cells})[0] == {
        name[1]: rounded[name] for name in exact if name[0] == "row"
    }
    assert rounded["total"] == (exact["total"].amount + unit // 2) // unit * unit


def test_amounts_that_do_not_add_up_are_rounded_to_nearest() -> None:
    separate = {number: Flow(("from", number), ("to", number), number) for number in range(100)}
    assert round_flows(separate, 10) == {number: (number + 5) // 10 * 10 for number in range(100)}


def test_year_of_days_and_fifty_projects_takes_linear_time() -> None:
    def seconds(days: int) -> float:
        random = Random(1)
        cells = {(day, project): random.randrange(10**10) for day in range(days) for project in range(50)}
        exact = flows(cells)
        start = time.process_time()
        round_flows(exact, 60_000_000)
        return time.process_time() - start

    assert seconds(365) < 40 * max(seconds(36), 0.001)
