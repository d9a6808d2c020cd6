"""Rounded reports on random tasks in random groupings, on both engines."""

from collections.abc import Iterable
from datetime import timedelta, tzinfo
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.services.test_report import BEGIN, EVERYONE, NOW, ZERO, ZONES, Naive, insert

from tasktimer.core.buckets import split_window
from tasktimer.core.interval import Window
from tasktimer.core.report import Amount, ReportQuery
from tasktimer.core.rounding import Rounding
from tasktimer.services.report import report
from tasktimer.store.protocols import Store

KEYS_OF_UNITS = ["weekday", "day", "week", "month", "quarter", "year", "project", "user"]

# Many tasks a day, some over midnight, so that most days have several of the same user or project.
tasks_to_store = st.lists(
    st.fixed_dictionaries(
        {
            "start_time": st.integers(0, 3 * 24 * 60).map(lambda count: BEGIN + timedelta(minutes=count)),
            "length": st.one_of(st.none(), st.integers(0, 30 * 3600)).map(
                lambda count: None if count is None else timedelta(seconds=count, microseconds=count)
            ),
            "user_id": st.integers(1, 2),
            "description": st.sampled_from(["call", "docs"]),
            "project": st.sampled_from([None, "acme", "acme/website"]),
            "tags": st.sampled_from([(), ("a",), ("a", "b")]),
        }
    ),
    min_size=5,
    max_size=20,
)
windows = st.tuples(st.integers(-12, 12), st.integers(24, 6 * 24)).map(
    lambda hours: Window(BEGIN + timedelta(hours=hours[0]), BEGIN + timedelta(hours=hours[0] + hours[1]))
)
roundings = st.builds(
    Rounding,
    st.sampled_from([1, 6, 15, 60, 240]).map(lambda count: timedelta(minutes=count)),
    st.sampled_from(["up", "nearest", "down"]),
    st.booleans(),
)


def groupings(rounding: Rounding) -> st.SearchStrategy[tuple[Rounding, list[tuple[str, ...]]]]:
    """Generate groupings in which a rounding is allowed."""
    keys = [*KEYS_OF_UNITS, "description", "tag"] if rounding.each else KEYS_OF_UNITS
    by = st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True).map(tuple)
    return st.tuples(st.just(rounding), st.lists(by, min_size=2, max_size=4, unique=True))


def rounded(amounts: Iterable[Amount]) -> timedelta:
    return sum((amount.rounded for amount in amounts), ZERO)


@settings(max_examples=examples(100))
@given(
    tasks=tasks_to_store,
    window=windows,
    zone=st.sampled_from(ZONES),
    grouped=roundings.flatmap(groupings),
    depth=st.sampled_from([None, 1, 2]),
)
def test_rounded_total_is_the_same_in_random_groupings(
    store: Store,
    tasks: list[dict[str, Any]],
    window: Window,
    zone: tzinfo,
    grouped: tuple[Rounding, list[tuple[str, ...]]],
    depth: int | None,
) -> None:
    rounding, all_keys = grouped
    now = NOW.astimezone(zone)
    with store.write() as connection:
        connection.execute("DELETE FROM tasks", {})
        stored = [insert(connection, **values) for values in tasks]
    by_day = ReportQuery(("day",), rounding=rounding)
    total = Naive(stored, by_day, split_window(window, ["day"], zone), now).rounded
    for by in all_keys:
        query = ReportQuery(by, depth if "project" in by else None, rounding=rounding)
        found = report(store, EVERYONE, query, window=window, now=now)
        assert found.total.rounded == total
        if "tag" not in by:
            assert {rounded(part.values()) for part in (found.cells, found.rows)} == {total}
            assert rounded(found.columns.values()) == (total if len(by) == 2 else ZERO)
    weeks = [bucket.window for bucket in split_window(window, ["week"], zone)]
    parts = [report(store, EVERYONE, by_day, window=week, now=now).total for week in weeks]
    assert rounded(parts) == total
