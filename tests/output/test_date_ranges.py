"""Names of date ranges in titles and messages."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from tasktimer.core.timeparse.date_ranges import ALL_DAYS, DateRange, parse_range_bounds
from tasktimer.output.formatting import format_nothing_found, format_window

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2023, 7, 16, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "title", "where"),
    [
        ("2023-07-10", "2023-07-10", "2023-07-10", "on Monday 2023-07-10"),
        ("2023-03-26", "2023-03-26", "2023-03-26", "on Sunday 2023-03-26"),
        ("2023", "2023", "2023-01-01 to 2023-12-31", "from 2023-01-01 to 2023-12-31"),
        ("9:00", "12:00", "2023-07-16 09:00 to 12:00", "from 2023-07-16 09:00 to 12:00"),
        ("monday", "9:00", "2023-07-10 00:00 to 2023-07-16 09:00", "from 2023-07-10 00:00 to 2023-07-16 09:00"),
        ("monday", None, "from 2023-07-10 on", "from 2023-07-10 on"),
        ("monday", "all", "from 2023-07-10 on", "from 2023-07-10 on"),
        ("9:00", None, "from 2023-07-16 09:00 on", "from 2023-07-16 09:00 on"),
        (None, "monday", "up to 2023-07-10", "up to 2023-07-10"),
        ("all", "9:00", "up to 2023-07-16 09:00", "up to 2023-07-16 09:00"),
        ("all", "all", "all time", ""),
    ],
)
def test_date_range_is_named_as_requested(start: str | None, end: str | None, title: str, where: str) -> None:
    window = parse_range_bounds(start, end, NOW)
    assert format_window(window, BERLIN) == f"{title}, Europe/Berlin"
    length = ", 23 hours long" if start == "2023-03-26" else ""
    rest = f" {where}, Europe/Berlin{length}.\n" if where else ".\n"
    assert format_nothing_found("Nothing tracked", window, BERLIN) == f"Nothing tracked{rest}"


@pytest.mark.parametrize("zone", [UTC, BERLIN, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")])
def test_open_end_is_open_in_every_zone(zone: tzinfo) -> None:
    now = NOW.astimezone(zone)
    assert format_window(parse_range_bounds("2023-07-10", None, now), zone).startswith("from 2023-07-10 on")
    assert format_window(parse_range_bounds(None, "2023-07-10", now), zone).startswith("up to 2023-07-10")
    assert format_window(ALL_DAYS.window(zone), zone).startswith("all time")


def test_all_time_and_skipped_day_have_names() -> None:
    apia = ZoneInfo("Pacific/Apia")
    friday = date(2011, 12, 30)
    assert format_nothing_found("Nothing tracked", DateRange(friday, friday).window(apia), apia).startswith(
        "There was no Friday"
    )
    assert format_nothing_found("No task matches", None, apia) == "No task matches.\n"
