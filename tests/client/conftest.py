"""The clock of the tests of the Python API."""

from datetime import datetime, timedelta, tzinfo

from tests.conftest import NOW

HOUR = timedelta(hours=1)


def clock(zone: tzinfo) -> datetime:
    return NOW.astimezone(zone)
