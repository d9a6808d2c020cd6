"""The builder of reports, which adds up the time spent by row and column."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(slots=True)
class _Sum:
    """A sum of contributions, in microseconds; `covered_until` is the latest end of the parts that were added."""

    tasks: int = 0
    worked: int = 0
    rounded: int = 0
    elapsed: int = 0
    covered_until: int = 0

    def add(self, contribution: Contribution) -> None:
        self.worked += contribution.worked
        self.rounded += contribution.rounded
        if contribution.part is not None:
            start, end = contribution.part
            if start >= self.covered_until or not self.elapsed:
                self.elapsed += end - start
                self.covered_until = end
            elif end > self.covered_until:
                self.elapsed += end - self.covered_until
                self.covered_until = end


class ReportBuilder:
    """Adds up contributions, in the order of their starts if the report is about elapsed time."""

    def __init__(self, query: ReportQuery, window: Window, buckets: Sequence[Bucket], zone: tzinfo) -> None:
        self._query = query
        self._window = window
        self._zone = zone
        self._cells: defaultdict[tuple[Key, ...], _Sum] = defaultdict(_Sum)
        self._margins: list[defaultdict[Key, _Sum]] = [defaultdict(_Sum) for _ in query.by]
        self._total = _Sum()
        self._has_sums = query.totals or query.elapsed or len(query.by) == 1
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
            cell = self._cells[names]
            cell.tasks += contribution.tasks
            cell.add(contribution)
        self._total.tasks += contribution.new_tasks
        for margin, axis in zip(self._margins, keys, strict=True):
            for name in axis:
                amount = margin[name]  # which is created, even if it is not added up
                if self._has_sums:
                    amount.add(contribution)
        if self._has_sums:
            self._total.add(contribution)

    def add_elapsed(self, bucket: int, elapsed: int) -> None:
        """Add the elapsed time within a bucket to the total, and to the row and the column of its labels."""
        self._total.elapsed += elapsed
        for key, margin in zip(self._query.by, self._margins, strict=True):
            for label in self._labels[key][bucket] if key in self._labels else ():
                margin[label].elapsed += elapsed

    def build(self) -> Report:
        """Return the report of all contributions."""
        if self._query.fill:
            self._fill()
        axes = [
            sorted(margin, key=_order(key, self._zone))
            for key, margin in zip(self._query.by, self._margins, strict=True)
        ]
        if len(axes) == 1 and self._query.label_keys:  # most time first
            measure = attrgetter("elapsed" if self._query.elapsed else "worked")
            axes[0].sort(key=lambda name: -measure(self._margins[0][name]))
        cells = {names: self._cell(self._cells[names]) for names in product(*axes) if names in self._cells}
        rows, columns = (*map(self._margin, self._query.by, self._margins, axes), {})[:2]
        total = self._cell(self._total, has_elapsed=self._query.totals)
        return Report(self._query, self._window, cells, rows, columns, total)

    def _cell(self, sums: _Sum, *, has_elapsed: bool = False) -> Cell:
        elapsed = _duration(sums.elapsed) if has_elapsed or self._query.elapsed else None
        return Cell(_duration(sums.worked), _duration(sums.rounded), elapsed, sums.tasks)

    def _margin(self, key: str, sums: Mapping[Key, _Sum], names: Sequence[Key]) -> dict[Key, Amount]:
        has_elapsed = self._query.elapsed or (self._query.totals and key in self._labels)
        return {
            name: Amount(
                _duration(sums[name].worked),
                _duration(sums[name].rounded),
                _duration(sums[name].elapsed) if has_elapsed else None,
            )
            for name in names
        }

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
        for key, margin in zip(self._query.by, self._margins, strict=True):
            for label in chain.from_iterable(self._labels.get(key, ())):
                margin.setdefault(label, _Sum())
        for names in product(*self._margins):
            self._cells.setdefault(names, _Sum())


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


def _duration(microseconds: int) -> timedelta:
    return timedelta(0, 0, microseconds) if microseconds else _ZERO
