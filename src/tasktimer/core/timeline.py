"""The parts of a timeline: the lanes of projects, the hours of each day, and what is covered in each column."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.buckets import hours_of_clock
from tasktimer.core.coverage import union
from tasktimer.core.interval import Interval, Window, overlaps
from tasktimer.core.labels import sort_key
from tasktimer.core.local_time import day_starts_at, day_window
from tasktimer.core.timesheet import Timesheet

_HOUR = timedelta(hours=1)
# Divisors of an hour, so that every hour begins at the start of a column.
SCALES = tuple(timedelta(minutes=minutes) for minutes in (5, 6, 10, 12, 15, 20, 30, 60))


class Lane(NamedTuple):
    """The parts of the tasks of a project, or of tasks without a project, on a day."""

    project: str | None
    parts: tuple[Interval, ...]

    @property
    def worked(self) -> timedelta:
        """The sum of the lengths of the parts."""
        return sum((part.duration for part in self.parts), timedelta())


class Column(NamedTuple):
    """What is covered in a column: its halves, each if at least half of it is covered, and whether any of it is."""

    left: bool
    right: bool
    touched: bool


class Axis(NamedTuple):
    """The hours that the local clock shows on a part of a day, each with its window, in order."""

    hours: Sequence[tuple[int, Window]]

    @property
    def window(self) -> Window:
        """The window from the start of the first hour to the end of the last hour."""
        return Window(self.hours[0][1].start, self.hours[-1][1].end)

    def count_columns(self, scale: timedelta) -> int:
        """Return the number of columns of a scale, the last of which may extend beyond the window."""
        return -(-self.window.duration // scale)


def lanes(sheet: Timesheet) -> list[Lane]:
    """Return the lanes of a day: tasks without a project, if any, then the projects in order."""
    parts: dict[str, list[Interval]] = {}
    for task, part in sheet.entries:
        parts.setdefault(task.project or "", []).append(part)
    return [Lane(name or None, tuple(parts[name])) for name in sorted(parts, key=sort_key)]


def axes(days: Mapping[date, Timesheet], now: datetime) -> dict[date, Axis]:
    """Return the axis of each day, in the time zone of `now`: from the first to the last hour with tasks on any day.

    Today's axis also contains the current hour. Each day must have tasks.
    """
    zone = now.tzinfo or UTC
    hours = {day: list(hours_of_clock(day_window(day, zone), zone)) for day in days}
    places = {day: [_place(day, window, zone) for _, window in hours[day]] for day in days}
    used = [
        place
        for day, sheet in days.items()
        for place, (_, window) in zip(places[day], hours[day], strict=True)
        if overlaps(_extent(sheet, now), window)
    ]
    return {day: Axis(_between(hours[day], places[day], min(used), max(used))) for day in days}


def _place(day: date, hour: Window, zone: tzinfo) -> int:
    """Return how many hours after the start of the day the clock shows an hour; this is the same on every day."""
    local = hour.start.astimezone(zone).replace(tzinfo=None)
    return (local - datetime.combine(day, time()) - day_starts_at(zone)) // _HOUR


def _extent(sheet: Timesheet, now: datetime) -> Interval:
    """Return the time from the first start to the last end on a day, and on to the end of the current second today."""
    parts = [entry.part for entry in sheet.entries]
    if overlaps(second := Interval(now, now + timedelta(seconds=1)), sheet.window):
        parts.append(second)
    return Interval(min(part.start for part in parts), max(part.end for part in parts))


def _between(
    hours: Sequence[tuple[int, Window]], places: Sequence[int], first: int, last: int
) -> Sequence[tuple[int, Window]]:
    """Return the hours from the first that is not before `first` to the last that is not after `last`."""
    indexes = [index for index, place in enumerate(places) if first <= place <= last]
    return hours[indexes[0] : indexes[-1] + 1]


def choose_scale(axes: Collection[Axis], width: int) -> timedelta | None:
    """Return the time that a column stands for, so that every axis fits into a width; None if no scale is suitable."""
    return next((scale for scale in SCALES if max(axis.count_columns(scale) for axis in axes) <= width), None)


def fill_columns(parts: Iterable[Interval], start: datetime, scale: timedelta, count: int) -> list[Column]:
    """Return what the parts cover in each column from `start` on; an empty part touches the column that contains it."""
    intervals = list(parts)
    half = scale / 2
    covered = _covered(intervals, start, half, 2 * count)
    touched = {(part.start - start) // scale for part in intervals}
    filled = [length >= half / 2 for length in covered]
    return [
        Column(filled[2 * number], filled[2 * number + 1], any(covered[2 * number :][:2]) or number in touched)
        for number in range(count)
    ]


def _covered(parts: Iterable[Interval], start: datetime, step: timedelta, count: int) -> list[timedelta]:
    """Return the time covered in each of `count` consecutive steps from `start` on."""
    covered = [timedelta()] * count
    for part in union(parts):
        first, last = (part.start - start) // step, -((start - part.end) // step)
        for number in range(max(first, 0), min(last, count)):
            begin = start + number * step
            covered[number] += min(part.end, begin + step) - max(part.start, begin)
    return covered
