"""The builder of reports, which adds up the time spent by row and column."""

from collections.abc import Callable, Sequence
from datetime import timedelta, tzinfo
from functools import cache, partial
from itertools import chain, product
from operator import attrgetter
from typing import Any

from tasktimer.core.buckets import Bucket, weekday_names
from tasktimer.core.interval import Window
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
        # For each time key, the labels of the buckets, of which a day that the time zone skipped has none.
        self._labels = {
            key: [(bucket.labels[place],) if bucket.window.duration else () for bucket in buckets]
            for place, key in enumerate(query.time_keys)
        }
        self._readers = [self._reader(key) for key in query.by]
        self._has_sums = query.totals or query.elapsed or len(query.by) == 1
        self._cells: dict[tuple[Key, ...], Cell] = {}
        self._margins: list[dict[Key, Amount]] = [{} for _ in query.by]
        self._total = Cell(elapsed=_ZERO if query.elapsed or query.totals else None)
        self._covered_until: dict[int, int] = {}  # by the ID of the amount, the latest end of its parts

    def add(self, contribution: Contribution) -> None:
        """Add the time spent within a bucket, once for each of several tags."""
        keys = [read(contribution) for read in self._readers]
        for names in product(*keys):
            if (cell := self._cells.get(names)) is None:
                cell = self._new_cell(names)
            cell.tasks += contribution.tasks
            self._add_time(cell, contribution)
        self._total.tasks += contribution.new_tasks
        if self._has_sums:
            self._add_time(self._total, contribution)
            for place, axis in enumerate(keys):
                for name in axis:
                    self._add_time(self._margins[place].get(name) or self._new_amount(place, name), contribution)

    def add_elapsed(self, bucket: int, elapsed: timedelta) -> None:
        """Add the elapsed time within a bucket to the total, and to the row and the column of its labels."""
        amounts: list[Amount] = [self._total]
        for key, margin in zip(self._query.by, self._margins, strict=True):
            amounts += [margin[label] for label in (self._labels[key][bucket] if key in self._labels else ())]
        for amount in amounts:
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
        cells = {names: self._cells[names] for names in product(*axes) if names in self._cells}
        margins = ({name: margin[name] for name in axis} for margin, axis in zip(self._margins, axes, strict=True))
        rows, columns = (*margins, {})[:2]
        return Report(self._query, self._window, cells, rows, columns, self._total)

    def _new_cell(self, names: tuple[Key, ...]) -> Cell:
        cell = self._cells[names] = Cell(elapsed=_ZERO if self._query.elapsed else None)
        return cell

    def _new_amount(self, place: int, name: Key) -> Amount:
        has_elapsed = self._query.elapsed or (self._query.totals and self._query.by[place] in self._labels)
        amount = self._margins[place][name] = Amount(elapsed=_ZERO if has_elapsed else None)
        return amount

    def _add_time(self, amount: Amount, contribution: Contribution) -> None:
        amount.worked += contribution.worked
        amount.rounded += contribution.rounded
        if contribution.part is not None:
            uncovered = self._uncovered(id(amount), *contribution.part)
            amount.elapsed = (amount.elapsed or _ZERO) + timedelta(0, 0, uncovered)

    def _uncovered(self, amount_id: int, start: int, end: int) -> int:
        """Return how much of a part is not covered by the earlier parts of the same row, column or cell."""
        covered_until = max(self._covered_until.get(amount_id, start), start)
        self._covered_until[amount_id] = max(end, covered_until)
        return max(end - covered_until, 0)

    def _reader(self, key: str) -> Callable[[Contribution], tuple[Key, ...]]:
        """Return a function that returns the values of a key for a contribution; only a tag can have several."""
        if key in self._labels:
            labels = self._labels[key]
            return lambda contribution: labels[contribution.bucket]
        place = self._query.label_keys.index(key)
        split = cache(partial(_split, key, self._query.depth))
        return lambda contribution: split(contribution.values[place])

    def _fill(self) -> None:
        """Add an empty row or column for each bucket."""
        for place, key in enumerate(self._query.by):
            for label in chain.from_iterable(self._labels.get(key, ())):
                if label not in self._margins[place]:
                    self._new_amount(place, label)
        for names in product(*self._margins):
            if names not in self._cells:
                self._new_cell(names)


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
