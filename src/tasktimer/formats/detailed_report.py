"""The rows of detailed reports in CSV, which Toggl Track and Clockify write alike."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from tasktimer.formats.csv_rows import Columns, Fields, csv_fields, read_csv
from tasktimer.formats.date_order import PlacedDate, find_day_first, parse_day
from tasktimer.formats.reading import Item, ReadOptions, choose_names, join_levels, to_interval
from tasktimer.formats.report_times import Measured, find_length, parse_clock
from tasktimer.formats.rows import Adaptation, RejectedRow, Rejection, Row
from tasktimer.formats.source import Source

TIMES = ("start date", "start time", "end date", "end time")
NAMES = ("client", "project", "task", "description", "tags")
LENGTHS = ("length", "rounded length")


class _LocalTime(NamedTuple):
    time: datetime
    precision: timedelta


def read_report(source: Source, options: ReadOptions, columns: Columns) -> Iterator[Row | RejectedRow]:
    """Yield the rows of a report with the columns TIMES, which are required, NAMES and LENGTHS."""
    day_first = find_day_first(source, _dates(source, columns), day_first=options.day_first)
    return read_csv(source, columns, partial(_parse, options._replace(day_first=day_first)))


def _dates(source: Source, columns: Columns) -> Iterator[PlacedDate]:
    last = ""
    for place, (start_date, _, end_date, *_) in csv_fields(source, columns):
        for text in (start_date, end_date):
            if text != last:  # reports are sorted
                last = text
                yield PlacedDate(place, text.strip())


def _parse(options: ReadOptions, item: Item, fields: Fields) -> Row:
    # Toggl Track writes a hyphen for a missing value.
    values = ["" if value == "-" else value for value in map(str.strip, fields)]
    start_date, start_time, end_date, end_time, client, project, task, description, tags, *lengths = values
    start = _local_time("start", start_date, start_time, options)
    end = _local_time("end", end_date, end_time, options) if end_date or end_time else None
    length = next(filter(None, map(find_length, lengths)), None)
    instants = _interval(start, end, length, options)
    levels, replaced = join_levels(client, project, task)
    names = choose_names(_split_tags(tags), description=description, project=levels)
    adaptations = (*instants[2], *replaced, *names.adaptations)
    return Row(*item, instants[0], instants[1], names.description, levels, names.tags, adaptations=adaptations)


def _local_time(noun: str, date: str, time: str, options: ReadOptions) -> _LocalTime:
    if not date or not time:
        raise Rejection(f"missing {noun}")
    clock = parse_clock(time)
    try:
        return _LocalTime(parse_day(date, day_first=options.day_first) + clock.value, clock.precision)
    except OverflowError:
        raise Rejection(f"the {noun} is out of range") from None


def _interval(
    start: _LocalTime, end: _LocalTime | None, length: Measured | None, options: ReadOptions
) -> tuple[datetime, datetime | None, tuple[Adaptation, ...]]:
    if end is None or length is None:
        return to_interval(start.time, end and end.time, options.zone)
    precision = max(start.precision, end.precision) + length.precision
    return to_interval(start.time, end.time, options.zone, length.value, precision=precision)


def _split_tags(tags: str) -> list[str]:
    return [tag for tag in map(str.strip, tags.split(",")) if tag]
