"""Local days, including zones with irregular ones."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, day_window, start_of_day, to_instant
from tasktimer.errors import InvalidValue

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
days = st.dates(date(1880, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Berlin", "2023-07-16", "2023-07-16T00:00:00+02:00", 24),
        ("Europe/Berlin", "2024-03-31", "2024-03-31T00:00:00+01:00", 23),
        ("Europe/Berlin", "2024-10-27", "2024-10-27T00:00:00+02:00", 25),
        ("America/New_York", "2024-03-10", "2024-03-10T00:00:00-05:00", 23),
        ("America/New_York", "2024-11-03", "2024-11-03T00:00:00-04:00", 25),
        ("America/Sao_Paulo", "2016-10-16", "2016-10-16T01:00:00-02:00", 23),  # midnight does not exist
        ("America/Sao_Paulo", "2016-10-15", "2016-10-15T00:00:00-03:00", 24),
        ("America/Sao_Paulo", "2017-02-18", "2017-02-18T00:00:00-02:00", 25),  # 23:00 to midnight happens twice
        ("America/Havana", "2024-03-10", "2024-03-10T01:00:00-04:00", 23),
        ("America/Havana", "2024-11-03", "2024-11-03T00:00:00-04:00", 25),  # midnight happens twice: the first counts
        ("Australia/Lord_Howe", "2024-04-07", "2024-04-07T00:00:00+11:00", 24.5),
        ("Australia/Lord_Howe", "2024-10-06", "2024-10-06T00:00:00+10:30", 23.5),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", 24),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0),  # the date was skipped
        ("Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00", 24),
        ("Pacific/Kwajalein", "1969-09-30", "1969-09-30T00:00:00+11:00", 47),  # the date line moved: a date of 47 h
        ("America/Toronto", "1919-03-31", "1919-03-31T00:30:00-04:00", 23.5),  # 23:30 became 00:30
        ("UTC", "2024-02-29", "2024-02-29T00:00:00+00:00", 24),
    ],
)
def test_day_window_ends_at_next_day(zone: str, day: str, start: str, hours: float) -> None:
    window = day_window(date.fromisoformat(day), ZoneInfo(zone))
    assert window.start.astimezone(ZoneInfo(zone)).isoformat() == start
    assert window.duration == timedelta(hours=hours)


@given(zones, days)
def test_start_of_day_is_earliest_instant_of_date(zone: ZoneInfo, day: date) -> None:
    instant = start_of_day(day, zone)
    assert instant.astimezone(zone).date() >= day
    assert (instant - timedelta(seconds=1)).astimezone(zone).date() < day


@given(zones, days)
def test_day_windows_are_contiguous(zone: ZoneInfo, day: date) -> None:
    assert day_window(day, zone).end == day_window(day + timedelta(days=1), zone).start


@given(zones, st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_local_time_needs_exactly_one_instant(zone: ZoneInfo, local: datetime) -> None:
    offsets = {(local + timedelta(hours=shift)).replace(tzinfo=zone).utcoffset() for shift in (-36, 0, 36)}
    offsets |= {local.replace(tzinfo=zone, fold=1).utcoffset()}
    candidates = {local.replace(tzinfo=timezone(offset)).astimezone(UTC) for offset in offsets if offset is not None}
    showing = {instant for instant in candidates if instant.astimezone(zone).replace(tzinfo=None) == local}
    try:
        assert showing == {to_instant(local, zone)}
    except InvalidValue:
        assert len(showing) != 1


@pytest.mark.parametrize(
    ("zone", "local", "code", "readings"),
    [
        ("Europe/Berlin", "2024-10-27T02:30", "ambiguous-local-time", ("T02:30:00+02:00", "T02:30:00+01:00")),
        ("Europe/Berlin", "2024-03-31T02:30", "nonexistent-local-time", ("T02:30:00+01:00", "T02:30:00+02:00")),
        ("America/Havana", "2024-11-03T00:30", "ambiguous-local-time", ("T00:30:00-04:00", "T00:30:00-05:00")),
        ("America/Sao_Paulo", "2016-10-16T00:00", "nonexistent-local-time", ("T00:00:00-03:00", "T00:00:00-02:00")),
        ("Pacific/Apia", "2011-12-30T12:00", "nonexistent-local-time", ("T12:00:00-10:00", "T12:00:00+14:00")),
    ],
)
def test_ambiguous_or_nonexistent_time_names_both_readings(
    zone: str, local: str, code: str, readings: tuple[str, str]
) -> None:
    with pytest.raises(InvalidValue) as error:
        to_instant(datetime.fromisoformat(local), ZoneInfo(zone))
    assert error.value.code == code
    assert zone in error.value.message
    assert error.value.hint is not None
    assert all(reading in error.value.hint for reading in readings)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_date_out_of_utc_range_is_rejected(day: date) -> None:
    with pytest.raises(InvalidValue, match="out of range"):
        day_window(day, UTC)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
def test_first_and_last_dates_work_in_every_zone(zone: str, day: date) -> None:
    assert day_window(day, ZoneInfo(zone)).duration == timedelta(hours=24)
