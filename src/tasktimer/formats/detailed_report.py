"""The rows of detailed reports in CSV, which Toggl Track and Clockify write alike."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from tasktimer.formats.csv_rows import Columns, Fields, csv_fields, read_csv
from tasktimer.formats.date_order import PlacedDate, find_day_first, parse_day
from tasktimer.formats.local_intervals import to_interval
from tasktimer.formats.names import choose_names, join_levels
from tasktimer.formats.reading import Item, ReadOptions
from tasktimer.formats.report_times import find_length, parse_clock
from tasktimer.formats.rows import Adaptation, RejectedRow, Rejection, Row
from tasktimer.formats.source import Source
from tasktimer.formats.text_cache import cache_short_texts

TIMES = ("start date", "start time", "end date", "end time")
NAMES = ("client", "project", "task", "description", "tags")
DETAILS = ("email", "user", "billable")
LENGTHS = ("length", "rounded length")


_YES = frozenset({"Yes", "yes", "YES"})
# By whether a row names a person, and whether it is billable.
_OMISSIONS: dict[tuple[bool, bool], tuple[Adaptation, ...]] = {
    (False, False): (),
    (False, True): (Adaptation.BILLABLE,),
    (True, False): (Adaptation.PERSON,),
    (True, True): (Adaptation.PERSON, Adaptation.BILLABLE),
}


class _LocalTime(NamedTuple):
    time: datetime
    precision: timedelta


def read_report(source: Source, options: ReadOptions, columns: Columns) -> Iterator[Row | RejectedRow]:
    """Yield the rows of a report with the columns TIMES, which are required, NAMES, DETAILS and LENGTHS."""
    day_first = find_day_first(source, _dates(source, columns), day_first=options.day_first)
    return read_csv(source, columns, _Parser(options._replace(day_first=day_first)).parse)


def _dates(source: Source, columns: Columns) -> Iterator[PlacedDate]:
    last = ""
    for place, (start_date, _, end_date, *_) in csv_fields(source, columns):
        for text in (start_date, end_date):
            if text != last:  # reports are sorted
                last = text
                yield PlacedDate(place, text.strip())


class _Parser:
    """Parses the rows of a report, and remembers the person of the first one."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._first_person: str | None = None

    def parse(self, item: Item, fields: Fields) -> Row:
        # Toggl Track writes a hyphen for a missing value.
        values = [value if value != "-" else "" for value in map(str.strip, fields)]
        times, (client, project, task, description, tags) = values[:4], values[4:9]
        start = self._local_time("start", *times[:2])
        end = self._local_time("end", *times[2:]) if any(times[2:]) else None
        (email, user, billable), lengths = values[9:12], values[12:]
        start_instant, end_instant, differs = self._interval(start, end, lengths)
        levels, replaced = join_levels(client, project, task)
        names = choose_names(_split_tags(tags), description=description, project=levels)
        adaptations = differs + replaced + names.adaptations + self._find_omissions(email or user, billable)
        times_and_names = (start_instant, end_instant, names.description, levels, names.tags)
        # Keyword arguments would take longer.
        return Row(item.place, item.raw, *times_and_names, None, None, None, None, adaptations)

    def _local_time(self, noun: str, date: str, time: str) -> _LocalTime:
        if not date or not time:
            raise Rejection(f"the {noun} is missing")
        clock = parse_clock(time)
        try:
            return _LocalTime(parse_day(date, day_first=self._options.day_first) + clock.value, clock.precision)
        except OverflowError:
            raise Rejection(f"the {noun} is out of range") from None

    def _interval(
        self, start: _LocalTime, end: _LocalTime | None, lengths: list[str]
    ) -> tuple[datetime, datetime | None, tuple[Adaptation, ...]]:
        length = next(filter(None, map(find_length, lengths)), None)
        if end is None or length is None:
            return to_interval(start.time, end and end.time, self._options.zone)
        precision = max(start.precision, end.precision) + length.precision
        return to_interval(start.time, end.time, self._options.zone, length.value, precision=precision)

    def _find_omissions(self, person: str, billable: str) -> tuple[Adaptation, ...]:
        if self._first_person is None:
            self._first_person = person
        omitted = _OMISSIONS[person != "", billable in _YES]
        return omitted if person == self._first_person else (*omitted, Adaptation.OTHER_PERSON)


@cache_short_texts
def _split_tags(tags: str) -> tuple[str, ...]:
    return tuple(tag for tag in map(str.strip, tags.split(",")) if tag)
