"""Times in error messages."""

from datetime import datetime, timedelta

import pytest

from tasktimer.errors import format_timestamp
from tests.conftest import BERLIN, NOW

AUTUMN = datetime(2024, 10, 27, 12, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("2023-07-16T12:45:30+02:00", NOW, "12:45"),
        ("2023-07-16T10:45:30Z", NOW, "12:45"),  # in the zone of `now`
        ("2023-07-15T17:30+02:00", NOW, "2023-07-15 17:30"),
        ("2023-07-16T00:30+02:00", NOW, "00:30"),
        ("2023-07-15T22:30Z", NOW, "00:30"),
        ("2024-10-27T02:30+02:00", AUTUMN, "02:30+02:00"),
        ("2024-10-27T02:30+01:00", AUTUMN, "02:30+01:00"),
        ("2024-10-27T02:30+01:00", NOW, "2024-10-27 02:30+01:00"),
        ("2024-10-27T03:30+01:00", AUTUMN, "03:30"),
    ],
)
def test_timestamp_is_local_time(text: str, now: datetime, expected: str) -> None:
    assert format_timestamp(datetime.fromisoformat(text), now) == expected


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (timedelta(), "12:00"),
        (timedelta(minutes=1), "12:00"),
        (timedelta(seconds=1), "12:00:00"),
        (timedelta(microseconds=1), "12:00:00.000000"),
    ],
)
def test_timestamp_is_as_precise_as_needed(distance: timedelta, expected: str) -> None:
    assert format_timestamp(NOW, NOW, compared_to=NOW + distance) == expected
