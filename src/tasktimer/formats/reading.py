"""What all formats share when they read rows: local times, names, and rejected rows."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as clock
from functools import lru_cache
from typing import NamedTuple, TypeVar

from tasktimer.core.labels import MAX_TAG_LENGTH, parse_project, parse_tag
from tasktimer.core.local_time import validate_date
from tasktimer.core.text import normalize_nfc
from tasktimer.errors import InvalidValue
from tasktimer.formats.rows import Adaptation, RejectedRow, Rejection, Row
from tasktimer.formats.text_cache import cache_short_texts

UNTITLED = "untitled"
DIVISION_SLASH = "\u2215"  # stands for a slash within the name of a project, which would start another level

_LONGEST_LABEL = 4 * MAX_TAG_LENGTH  # longer than a tag whose letters and accents are separate characters

Record = TypeVar("Record")


class ReadOptions(NamedTuple):
    """How to read a file: the zone of times without an offset, and the order of day and month if it is known."""

    zone: tzinfo
    day_first: bool | None = None


class Item(NamedTuple):
    """A row of a file before it is parsed: its position, such as `line 7`, and its text."""

    place: str
    raw: str


def parse_rows(
    items: Iterable[tuple[Item, Record]], parse: Callable[[Item, Record], Row]
) -> Iterator[Row | RejectedRow]:
    """Yield what `parse` returns for each row or, if it raises Rejection or InvalidValue, the rejected row."""
    for item, record in items:
        try:
            yield parse(item, record)
        except (Rejection, InvalidValue) as error:
            yield RejectedRow(*item, str(error))


def to_interval(
    start: datetime,
    end: datetime | None,
    zone: tzinfo,
    length: timedelta | None = None,
    *,
    precision: timedelta = timedelta.resolution,
) -> tuple[datetime, datetime | None, tuple[Adaptation, ...]]:
    """Return the instants of local times, in UTC, and LENGTH_DIFFERS if the file contains another length.

    A naive time is in `zone`. If the clock skips it or shows it twice, use the reading with which the length is as in
    the file. Lengths that differ by less than `precision` are the same, such as a minute in a file without seconds.

    Raises:
        Rejection: if there is no such reading, or more than one.
        InvalidValue: if a date is out of range.
    """
    starts = _readings(start, zone)
    ends = [None] if end is None else _readings(end, zone)
    if len(starts) == len(ends) == 1:
        first, last = starts[0], ends[0]
        differs = length is not None and last is not None and abs(last - first - length) >= precision
        return first, last, (Adaptation.LENGTH_DIFFERS,) if differs else ()
    if length is not None:
        fitting = [
            (first, last) for first in starts for last in ends if last and abs(last - first - length) < precision
        ]
        if len(fitting) == 1:
            return (*fitting[0], ())
    raise Rejection(_ambiguity(start if len(starts) > 1 else end or start, zone))


def _readings(time: datetime, zone: tzinfo) -> list[datetime]:
    """Return the instants that a time may stand for, without those that are out of range."""
    day = time.date()
    if time.tzinfo is not None:
        validate_date(day)
        return [time.astimezone(UTC)]
    if _has_one_offset(day, zone):
        return [datetime.combine(day, time.time(), zone).astimezone(UTC)]
    readings = {time.replace(tzinfo=zone, fold=fold).astimezone(UTC): None for fold in (0, 1)}
    return list(readings)


@lru_cache(maxsize=1024)  # files contain many times of each day
def _has_one_offset(day: date, zone: tzinfo) -> bool:
    """Return whether the clock is not changed on a day, which no zone does twice a day."""
    validate_date(day)
    start = datetime.combine(day, clock(), zone)
    end = datetime.combine(day + timedelta(days=1), clock(fold=1), zone)
    return start.utcoffset() == end.utcoffset()


def _ambiguity(time: datetime, zone: tzinfo) -> str:
    exists = time.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == time
    return f"{time} {'occurs twice' if exists else 'does not exist'} in {zone}"


class Names(NamedTuple):
    """The description, project and tags of a row."""

    description: str
    project: str | None
    tags: tuple[str, ...]
    adaptations: tuple[Adaptation, ...]


def choose_names(
    labels: Iterable[str] = (), *, description: str | None = None, note: str | None = None, project: str | None = None
) -> Names:
    """Return the names of a row with these labels.

    A label that is a valid tag becomes one; the others, of several words, are the description, unless there is one.
    Without any, the description is the note, else the project, else `untitled`.

    >>> choose_names(["docs", "write the manual"])[::2]
    ('write the manual', ('docs',))
    """
    tags: list[str] = []
    phrases: list[str] = []
    for label in labels:
        (tags if " " not in label and is_tag(label) else phrases).append(label)
    found = [] if description is None or not description.strip() else [description]
    adaptations: list[Adaptation] = []
    if phrases:
        adaptations.append(Adaptation.TAGS_JOINED if len(phrases + found) > 1 else Adaptation.TAG_AS_DESCRIPTION)
    text = "; ".join(found + phrases) or note
    if not text:
        adaptations.append(Adaptation.UNTITLED if project is None else Adaptation.PROJECT_AS_DESCRIPTION)
    unique = tuple(sorted({normalize_nfc(tag) for tag in tags}))
    return Names(text or project or UNTITLED, project, unique, tuple(adaptations))


def is_tag(label: str) -> bool:
    """Return whether a label is a valid tag as it is."""
    return len(label) <= _LONGEST_LABEL and _is_tag(label)


@cache_short_texts
def _is_tag(label: str) -> bool:
    try:
        return parse_tag(label) == normalize_nfc(label)
    except InvalidValue:
        return False


@cache_short_texts
def join_levels(*names: str) -> tuple[str | None, tuple[Adaptation, ...]]:
    """Return a project with these names as its levels, without empty ones, and what was replaced.

    >>> join_levels("Acme", "", " Website ")
    ('Acme/Website', ())
    """
    levels = [name.strip() for name in names if name.strip()]
    replaced = any("/" in level for level in levels)
    project = "/".join(level.replace("/", DIVISION_SLASH) for level in levels) or None
    return project, (Adaptation.SLASH_REPLACED,) if replaced else ()


@cache_short_texts
def choose_project(name: str) -> tuple[str | None, tuple[Adaptation, ...]]:
    """Return a name as a project, in which slashes separate levels, and what was replaced.

    If a level would be empty, or begin or end with a space, the slashes are a part of the name.

    >>> choose_project("acme/website")[0], choose_project("24 / 7")[0] == f"24 {DIVISION_SLASH} 7"
    ('acme/website', True)
    """
    try:
        return parse_project(name), ()
    except InvalidValue:
        return join_levels(name)


def join_lines(rows: Iterable[str]) -> Iterator[str]:
    """Yield rows, each on a line of its own."""
    for row in rows:
        yield row if row.endswith("\n") else row + "\n"


def join_json(rows: Iterable[str]) -> Iterator[str]:
    """Yield a JSON list of values in JSON, each on a line of its own."""
    before = "["
    for row in rows:
        yield f"{before}\n{row}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"
