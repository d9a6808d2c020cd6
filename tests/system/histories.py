"""Random histories around the days on which the clocks change, and the exact time per day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

History = list[tuple[datetime, datetime]]  # starts and ends
Days = dict[str, timedelta]

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
ZERO = timedelta()

# Two days before the clocks change. Not in Havana, where midnight occurs twice: Timewarrior omits the hour between.
EVES = [
    ("Europe/Berlin", date(2025, 3, 28)),
    ("Europe/Berlin", date(2025, 10, 24)),
    ("America/New_York", date(2025, 3, 7)),
    ("America/New_York", date(2025, 10, 31)),
    ("Australia/Lord_Howe", date(2025, 4, 4)),  # by half an hour
    ("Australia/Lord_Howe", date(2025, 10, 3)),
    ("America/Sao_Paulo", date(2016, 2, 18)),  # from midnight to 23:00
    ("America/Sao_Paulo", date(2016, 10, 14)),  # from midnight to 1:00
    ("Pacific/Apia", date(2011, 12, 28)),  # by 24 hours: there is no 30 December
]

seconds = st.one_of(
    st.integers(1, 4 * 3600),
    st.integers(1, 60 * 3600),  # over midnight, or several days
    st.integers(1, 60).map(lambda count: count * 1800),  # often to midnight, or to the change
)
gaps_and_lengths = st.lists(st.tuples(st.one_of(st.just(0), seconds), seconds), min_size=1, max_size=12)
in_zones = pytest.mark.parametrize(("name", "eve"), EVES)


def history_from(eve: date, zone: ZoneInfo, steps: Iterable[tuple[int, int]]) -> History:
    """Return intervals that do not overlap, because Timewarrior does not allow it."""
    history: History = []
    end = midnight(eve, zone)
    for gap, length in steps:
        start = end + timedelta(seconds=gap)
        end = start + timedelta(seconds=length)
        history.append((start, end))
    return history


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def exact_days(history: History, zone: ZoneInfo) -> Days:
    """Add up the quarters of an hour: days begin and clocks change only at their edges."""
    days: defaultdict[str, timedelta] = defaultdict(timedelta)
    for first, last in history:
        start = first
        while start < last:
            end = min(last, start + QUARTER - (start - datetime.min.replace(tzinfo=UTC)) % QUARTER)
            days[f"{start.astimezone(zone).date()}"] += end - start
            start = end
    return dict(days)
