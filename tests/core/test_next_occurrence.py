"""The next occurrence of a time of day, including zones with irregular days."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.local_time import next_occurrence
from tasktimer.core.timeparse.clocks import find_time_of_day
from tasktimer.errors import InvalidValue

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("zone", "start", "clock", "expected"),
    [
        ("Europe/Berlin", "2023-07-16T09:00:00+02:00", "12:30", "2023-07-16T12:30:00+02:00"),
        ("Europe/Berlin", "2023-07-16T09:00:00+02:00", "9:00", "2023-07-16T09:00:00+02:00"),  # the start itself
        ("Europe/Berlin", "2023-07-16T09:00:00.000001+02:00", "9:00", "2023-07-17T09:00:00+02:00"),
        ("Europe/Berlin", "2023-07-16T23:00:00+02:00", "1:00", "2023-07-17T01:00:00+02:00"),
        ("Europe/Berlin", "2023-07-16T23:00:00+02:00", "0:00", "2023-07-17T00:00:00+02:00"),
        ("Europe/Berlin", "2023-07-16T00:00:00+02:00", "0:00", "2023-07-16T00:00:00+02:00"),
        ("Europe/Berlin", "2023-07-16T00:30:00+02:00", "23:59:59.5", "2023-07-16T23:59:59.5+02:00"),
        ("Europe/Berlin", "2023-12-31T23:30:00+01:00", "0:15", "2024-01-01T00:15:00+01:00"),
        # It is Saturday in UTC, and Sunday here.
        ("Europe/Berlin", "2023-07-15T22:30:00+00:00", "9:00", "2023-07-16T09:00:00+02:00"),
        ("Europe/Berlin", "2024-03-30T23:00:00+01:00", "3:00", "2024-03-31T03:00:00+02:00"),
        (
            "Europe/Berlin",
            "2024-03-31T04:00:00+02:00",
            "2:30",
            "2024-04-01T02:30:00+02:00",
        ),  # 02:30 is skipped on the 31st
        ("Europe/Berlin", "2024-10-26T23:00:00+02:00", "3:00", "2024-10-27T03:00:00+01:00"),
        ("Europe/Berlin", "2024-10-27T02:45:00+01:00", "2:30", "2024-10-28T02:30:00+01:00"),  # both are over
        ("America/New_York", "2024-03-10T01:00:00-05:00", "3:00", "2024-03-10T03:00:00-04:00"),
        ("America/New_York", "2024-11-03T00:30:00-04:00", "2:00", "2024-11-03T02:00:00-05:00"),
        ("America/New_York", "2024-11-03T22:00:00-05:00", "1:30", "2024-11-04T01:30:00-05:00"),
        ("Pacific/Apia", "2011-12-29T23:00:00-10:00", "23:30", "2011-12-29T23:30:00-10:00"),
        ("Pacific/Apia", "2011-12-29T23:00:00-10:00", "1:00", "2011-12-31T01:00:00+14:00"),  # the 30th was skipped
        ("America/Sao_Paulo", "2016-10-15T23:30:00-03:00", "1:00", "2016-10-16T01:00:00-02:00"),
        ("Australia/Lord_Howe", "2024-04-06T23:00:00+11:00", "2:00", "2024-04-07T02:00:00+10:30"),
        # The clock was set back over midnight: 00:00:30 occurred twice, and Saturday was extended by an hour.
        ("America/St_Johns", "2010-11-07T00:00:30-03:30", "23:30", "2010-11-07T23:30:00-03:30"),
        ("UTC", "0001-01-02T00:00:00+00:00", "0:00", "0001-01-02T00:00:00+00:00"),
        ("America/New_York", "0001-01-02T00:00:00+00:00", "12:00", "0001-01-02T12:00:00-04:56:02"),
        ("UTC", "9999-12-30T23:00:00+00:00", "23:59", "9999-12-30T23:59:00+00:00"),
    ],
)
def test_next_occurrence_is_first_after_start(zone: str, start: str, clock: str, expected: str) -> None:
    read = find_time_of_day(clock)
    assert read is not None
    instant = next_occurrence(read, datetime.fromisoformat(start), ZoneInfo(zone))
    assert instant == datetime.fromisoformat(expected)
    assert instant.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "start", "clock", "readings"),
    [
        ("Europe/Berlin", "2024-03-31T01:30:00+01:00", "2:30", "2024-03-31T02:30:00+01:00 or 2024-03-31T02:30:00+02"),
        ("Europe/Berlin", "2024-03-30T23:00:00+01:00", "2:30", "2024-03-31T02:30:00+01:00 or 2024-03-31T02:30:00+02"),
        # One reading of the skipped time is 03:30, after the start.
        ("Europe/Berlin", "2024-03-31T03:10:00+02:00", "2:30", "2024-03-31T02:30:00+01:00 or 2024-03-31T02:30:00+02"),
        ("Europe/Berlin", "2024-10-26T23:00:00+02:00", "2:30", "2024-10-27T02:30:00+02:00 or 2024-10-27T02:30:00+01"),
        # The first occurrence is past, the second is not: neither it nor the next day's is guessed.
        ("Europe/Berlin", "2024-10-27T02:45:00+02:00", "2:30", "2024-10-27T02:30:00+02:00 or 2024-10-27T02:30:00+01"),
        ("Europe/Berlin", "2024-10-27T02:30:00+01:00", "2:30", "2024-10-27T02:30:00+02:00 or 2024-10-27T02:30:00+01"),
        ("America/New_York", "2024-03-10T01:00:00-05:00", "2:30", "2024-03-10T02:30:00-05:00 or 2024-03-10T02:30:00-"),
        ("America/New_York", "2024-11-02T20:00:00-04:00", "1:30", "2024-11-03T01:30:00-04:00 or 2024-11-03T01:30:00-"),
        ("America/Sao_Paulo", "2016-10-15T23:30:00-03:00", "0:30", "2016-10-16T00:30:00-03:00 or 2016-10-16T00:30:00"),
        # The start is on Sunday; then the clock returned to Saturday.
        ("America/St_Johns", "2010-11-07T00:00:30-02:30", "23:30", "2010-11-06T23:30:00-02:30 or 2010-11-06T23:30:00"),
    ],
)
def test_next_occurrence_rejects_ambiguous_or_nonexistent_time(
    zone: str, start: str, clock: str, readings: str
) -> None:
    read = find_time_of_day(clock)
    assert read is not None
    with pytest.raises(InvalidValue) as error:
        next_occurrence(read, datetime.fromisoformat(start), ZoneInfo(zone))
    assert error.value.code in ("nonexistent-local-time", "ambiguous-local-time")
    assert readings in str(error.value.hint)


def test_next_occurrence_after_last_date_is_rejected() -> None:
    with pytest.raises(InvalidValue) as error:
        next_occurrence(time(22), datetime(9999, 12, 30, 23, tzinfo=UTC), UTC)
    assert error.value.code == "date-out-of-range"


@given(
    st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
    st.datetimes(datetime(1973, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times(),
)
def test_next_occurrence_is_first_match_by_minute(zone: ZoneInfo, start: datetime, clock: time) -> None:
    """Compare with a search minute by minute from the start."""
    start, clock = start.replace(second=0, microsecond=0), clock.replace(second=0, microsecond=0)
    shown = (start + minutes * MINUTE for minutes in range(4 * 24 * 60))
    try:
        instant = next_occurrence(clock, start, zone)
    except InvalidValue as error:
        assert error.code in ("nonexistent-local-time", "ambiguous-local-time")
        around = (start + timedelta(hours=hours) for hours in range(-30, 80))
        assert len({moment.astimezone(zone).utcoffset() for moment in around}) > 1
    else:
        assert instant == next(moment for moment in shown if moment.astimezone(zone).time() == clock)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:14", time(9, 14)),
        (" 09:14 ", time(9, 14)),
        ("09:14:05,5", time(9, 14, 5, 500_000)),
        ("now", None),
        ("-1:30", None),
        ("1:30 ago", None),
        ("today 9:14", None),
        ("2023-07-16 09:14", None),
        ("2023-07-16T09:14+02:00", None),
        ("09:14+02:00", None),
        ("09:14Z", None),
        ("9", None),
        ("", None),
        ("٠٩:١٤", None),
    ],
)
def test_parse_time_of_day_requires_bare_time(text: str, clock: time | None) -> None:
    assert find_time_of_day(text) == clock


@pytest.mark.parametrize("text", ["24:00", "09:60", "09:14:60"])
def test_parse_time_of_day_rejects_invalid_time(text: str) -> None:
    with pytest.raises(InvalidValue, match="invalid time of day"):
        find_time_of_day(text)
