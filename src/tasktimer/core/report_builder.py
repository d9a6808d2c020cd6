"""Addition of the time spent on tasks to the rows and columns of a report."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import cache, partial
from itertools import chain, product
from typing import Any

from tasktimer.core.buckets import Bucket, weekday_names
from tasktimer.core.interval import Interval, Window
from tasktimer.core.labels import sort_key
from tasktimer.core.local_time import day_starts_at
from tasktimer.core.report import Amount, Cell, Contribution, Key, Report, ReportQuery

_HOUR = timedelta(hours=1)
_ZERO = timedelta()


class ReportBuilder:
    """Adds up contributions, in the order of their starts if the report is about elapsed time."""

    def __init__(self, query: ReportQuery, window: Window, buckets: Sequence[Bucket], zone: tzinfo) -> None:
        self._query = query
        self._window = window
        self._zone = zone
        self._cells: dict[tuple[Key, ...], Cell] = {}
        self._margins: tuple[dict[Key, Amount], ...] = tuple({} for _ in query.by)
        self._total = Cell(elapsed=_ZERO if query.elapsed or query.totals else None)
        self._covered_until: dict[int, datetime] = {}  # by the ID of the amount
        # For each time key, the labels of the buckets, of which a day that the time zone skipped has none.
        self._labels = {
            key: [(bucket.labels[place],) if bucket.window.duration else () for bucket in buckets]
            for place, key in enumerate(query.time_keys)
        }
        self._readers = [self._reader(key) for key in query.by]

    def add(self, contribution: Contribution) -> None:
        """Add the time spent within a bucket, once for each of several tags."""
        keys = [read(contribution) for read in self._readers]
        for names in product(*keys):
            if (cell := self._cells.get(names)) is None:
                cell = self._cells[names] = Cell()
            cell.tasks += contribution.tasks
            self._add_time(cell, contribution)
        for margin, axis in zip(self._margins, keys, strict=True):
            for name in axis:
                if (amount := margin.get(name)) is None:
                    amount = margin[name] = Amount()
                self._add_time(amount, contribution)
        self._total.tasks += contribution.new_tasks
        self._add_time(self._total, contribution)

    def add_elapsed(self, bucket: int, elapsed: timedelta) -> None:
        """Add the elapsed time within a bucket to the total, and to the row and the column of its labels."""
        amounts: list[Amount] = [self._total]
        for key, margin in zip(self._query.by, self._margins, strict=True):
            if key in self._labels:
                amounts += [margin[label] for label in self._labels[key][bucket]]
        for amount in amounts:
            amount.elapsed = (amount.elapsed or _ZERO) + elapsed

    def build(self) -> Report:
        """Return the report of all contributions."""
        if self._query.fill:
            self._fill()
        orders = [_order(key, self._zone) for key in self._query.by]
        margins = [
            {name: margin[name] for name in sorted(margin, key=order)}
            for order, margin in zip(orders, self._margins, strict=True)
        ]
        if len(margins) == 1 and self._query.label_keys:  # most time first
            (margin,) = margins
            margins = [{name: margin[name] for name in sorted(margin, key=lambda name: -self._measure(margin[name]))}]
        cells = {names: self._cells[names] for names in product(*margins) if names in self._cells}
        rows, columns = (*margins, {})[:2]
        return Report(self._query, self._window, cells, rows, columns, self._total)

    def _reader(self, key: str) -> Callable[[Contribution], tuple[Key, ...]]:
        """Return a function that returns the values of a key for a contribution; only a tag can have several."""
        if key in self._labels:
            labels = self._labels[key]
            return lambda contribution: labels[contribution.bucket]
        place = self._query.label_keys.index(key)
        split = cache(partial(_split, key, self._query.depth))
        return lambda contribution: split(contribution.values[place])

    def _add_time(self, amount: Amount, contribution: Contribution) -> None:
        amount.worked += contribution.worked
        amount.rounded += contribution.rounded
        if contribution.part is not None:
            amount.elapsed = (amount.elapsed or _ZERO) + self._uncovered(amount, contribution.part)

    def _uncovered(self, amount: Amount, part: Interval) -> timedelta:
        """Return the time of a part that no earlier part of the same row, column or cell covers."""
        covered_until = self._covered_until.get(id(amount), part.start)
        self._covered_until[id(amount)] = max(part.end, covered_until)
        return max(part.end - max(part.start, covered_until), _ZERO)

    def _measure(self, amount: Amount) -> timedelta:
        return (amount.elapsed or _ZERO) if self._query.elapsed else amount.worked

    def _fill(self) -> None:
        """Add an empty row or column for each bucket."""
        nothing = None if self._total.elapsed is None else _ZERO
        for key, margin in zip(self._query.by, self._margins, strict=True):
            for label in chain.from_iterable(self._labels.get(key, ())):
                margin.setdefault(label, Amount(elapsed=nothing))
        for names in product(*self._margins):
            self._cells.setdefault(names, Cell(elapsed=_ZERO if self._query.elapsed else None))


def _split(key: str, depth: int | None, value: str | int) -> tuple[Key, ...]:
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
