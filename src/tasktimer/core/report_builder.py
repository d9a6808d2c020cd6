"""The builder of reports, which adds up the time spent by row and column."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta, tzinfo
from functools import cache
from itertools import product
from operator import attrgetter
from typing import Any

from tasktimer.core.buckets import TIME_KEYS, Bucket, weekday_names
from tasktimer.core.interval import Window
from tasktimer.core.labels import sort_key
from tasktimer.core.local_time import day_starts_at
from tasktimer.core.report import LABEL_KEYS, Amount, Cell, Contribution, ElapsedTime, Key, Report, ReportQuery

_HOUR = timedelta(hours=1)
_ZERO = timedelta()


class ReportBuilder:
    """Adds up the time spent in each cell, row and column of a report."""

    def __init__(self, query: ReportQuery, window: Window, buckets: Sequence[Bucket], zone: tzinfo) -> None:
        self._query = query
        self._window = window
        self._zone = zone
        self._buckets = buckets
        self._labels = [bucket.labels for bucket in buckets]
        self._labels_last = query.by[0] in LABEL_KEYS
        self._has_sums = query.totals or query.elapsed or len(query.by) == 1
        self._cells: dict[tuple[Key, ...], Cell] = {}
        self._margins: list[dict[Key, Amount]] = [{} for _ in query.by]
        self._no_elapsed = _ZERO if query.elapsed else None
        self._total = Cell(elapsed=_ZERO if query.elapsed or query.totals else None)
        self._covered_until: dict[int, int] = {}  # by the ID of the amount, the latest end of its parts

    def add(self, items: Iterable[Contribution | ElapsedTime]) -> None:
        """Add the time spent within buckets, once for each of several tags; parts must be sorted by start."""
        cells, split = self._cells, cache(self._split)  # there are few combinations of values
        for item in items:
            if isinstance(item, ElapsedTime):
                self._add_elapsed(*item)
                continue
            bucket, values, tasks, new_tasks, worked, rounded, part = item
            labels, combinations = self._labels[bucket], split(values)
            keys = [names + labels if self._labels_last else labels + names for names in combinations]
            for names in keys:
                if (cell := cells.get(names)) is None:  # most are new if days or hours are a key
                    cell = cells[names] = Cell(worked, rounded, self._no_elapsed, tasks)
                else:
                    cell.add(worked, rounded)
                    cell.tasks += tasks
                if part is not None:
                    self._add_part(cell, *part)
            self._total.tasks += new_tasks
            if self._has_sums:
                self._add_to_sums(keys, item)

    def _add_to_sums(self, keys: Sequence[tuple[Key, ...]], contribution: Contribution) -> None:
        """Add a contribution to the total, and to each row and column of its keys once."""
        axes = enumerate(map(set, zip(*keys, strict=True)))
        for amount in (self._total, *(self._find_amount(place, name) for place, axis in axes for name in axis)):
            amount.add(contribution.worked, contribution.rounded)
            if contribution.part is not None:
                self._add_part(amount, *contribution.part)

    def _add_elapsed(self, bucket: int, elapsed: timedelta) -> None:
        """Add the elapsed time within a bucket to the total, and to the row and the column of its labels."""
        labels = zip(self._query.time_keys, self._labels[bucket], strict=True)
        amounts = [self._margins[self._query.by.index(key)][label] for key, label in labels]
        for amount in (self._total, *amounts):
            amount.elapsed = (amount.elapsed or _ZERO) + elapsed

    def build(self) -> Report:
        """Return the report of all contributions."""
        for place, names in enumerate(zip(*self._cells, strict=True) if not self._has_sums else ()):
            self._margins[place] = {name: Amount() for name in set(names)}
        if self._query.fill:
            self._fill()
        axes = [
            sorted(margin, key=_order(key, self._zone))
            for key, margin in zip(self._query.by, self._margins, strict=True)
        ]
        if len(axes) == 1 and self._query.label_keys:  # most time first
            measure = attrgetter("elapsed" if self._query.elapsed else "worked")
            axes[0].sort(key=lambda name: measure(self._margins[0][name]), reverse=True)
        cells = {names: cell for names in product(*axes) if (cell := self._cells.get(names)) is not None}
        margins = ({name: margin[name] for name in axis} for margin, axis in zip(self._margins, axes, strict=True))
        rows, columns = (*margins, {})[:2]
        return Report(self._query, self._window, cells, rows, columns, self._total)

    def _find_amount(self, place: int, name: Key) -> Amount:
        """Return the total of a row or column, a new one if it is missing."""
        if (amount := self._margins[place].get(name)) is None:
            has_elapsed = self._query.elapsed or (self._query.totals and self._query.by[place] in TIME_KEYS)
            amount = self._margins[place][name] = Amount(elapsed=_ZERO if has_elapsed else None)
        return amount

    def _add_part(self, amount: Amount, start: int, end: int) -> None:
        """Add what the earlier parts of the same row, column or cell do not cover to the elapsed time."""
        covered_until = max(self._covered_until.get(id(amount), start), start)
        self._covered_until[id(amount)] = max(end, covered_until)
        amount.elapsed = (amount.elapsed or _ZERO) + timedelta(0, 0, max(end - covered_until, 0))

    def _split(self, values: tuple[str | int, ...]) -> list[tuple[Key, ...]]:
        """Return each combination of the values of the label keys of a contribution; only a tag can have several."""
        # With rounding, further values follow.
        pairs = zip(self._query.label_keys, values, strict=False)
        return list(product(*(_split_value(key, self._query.depth, value) for key, value in pairs)))

    def _fill(self) -> None:
        """Add an empty row or column for each bucket, except for a day that the time zone skipped."""
        for number, key in enumerate(self._query.time_keys):
            for labels, window in self._buckets:
                if window.duration:
                    self._find_amount(self._query.by.index(key), labels[number])
        for names in product(*self._margins):
            if names not in self._cells:
                self._cells[names] = Cell(elapsed=self._no_elapsed)


def _split_value(key: str, depth: int | None, value: str | int) -> tuple[Key, ...]:
    """Return the tags in a value, or else the value as text, up to a depth for a project; None for an empty value."""
    text = str(value)
    if not text:
        return (None,)
    if key == "tag":
        return tuple(text.split(" "))
    return ("/".join(text.split("/")[:depth]),) if key == "project" else (text,)


def _order(key: str, zone: tzinfo) -> Callable[[Key], Any]:
    """Return a function that returns the sort key of a value of a report's key; tasks without one come last."""
    if key == "weekday":
        names = weekday_names(zone)
        return lambda label: names.index(label or "")
    if key == "hour":
        first = day_starts_at(zone) // _HOUR
        return lambda label: (int((label or "")[:2]) - first) % 24
    if key == "user":
        return lambda name: int(name or 0)
    return lambda name: (name is None, sort_key(name or ""))
