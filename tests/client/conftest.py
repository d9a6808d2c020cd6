"""What the tests of the tracker in scripts share: the moment at which they run."""

from datetime import datetime, timedelta, tzinfo

from tests.conftest import NOW

HOUR = timedelta(hours=1)


def clock(zone: tzinfo) -> datetime:
    return NOW.astimezone(zone)
