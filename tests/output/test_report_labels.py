"""The title and the labels of a report, also in a zone whose days or weeks start at another time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tasktimer.core.calendar_zone import CalendarZone
from tasktimer.core.interval import Window
from tasktimer.core.local_time import day_window
from tasktimer.core.report import Cell, Report, ReportQuery
from tasktimer.core.rounding import Direction, Rounding
from tasktimer.output.report_data import report_to_dict
from tasktimer.output.report_labels import format_labels, format_title


def empty_report(window: Window, rounding: Rounding | None = None) -> Report:
    return Report(ReportQuery(("project",), rounding=rounding), window, {}, {}, {}, Cell(elapsed=timedelta()))


@pytest.mark.parametrize(
    ("hours", "text"), [(0, "00:00"), (4, "04:00"), (12, "12:00"), (-1, "-01:00"), (-1.5, "-01:30")]
)
def test_json_states_start_of_days(hours: float, text: str) -> None:
    zone = CalendarZone(ZoneInfo("Europe/Berlin"), day_starts_at=timedelta(hours=hours))
    data = report_to_dict(empty_report(day_window(date(2023, 7, 10), zone)), zone)
    assert (data["day_starts_at"], data["tz"]) == (text, "Europe/Berlin")


@pytest.mark.parametrize(
    ("minutes", "direction", "each", "sentence"),
    [
        (15, "up", False, "daily project totals rounded up to 15 minutes"),
        (1, "down", False, "daily project totals rounded down to 1 minute"),
        (120, "nearest", False, "daily project totals rounded to the nearest 2 hours"),
        (90, "up", True, "the daily time of each task rounded up to 90 minutes"),
    ],
)
def test_rounding_is_stated(minutes: int, direction: Direction, each: bool, sentence: str) -> None:
    window = Window(datetime(2023, 7, 10, tzinfo=UTC), datetime(2023, 7, 12, tzinfo=UTC))
    report = empty_report(window, Rounding(timedelta(minutes=minutes), direction, each))
    title = f"2023-07-10 to 2023-07-11, UTC, in decimal hours\n{sentence}"
    assert format_title(report, UTC, ", in decimal hours") == title


def test_week_from_sunday_is_labelled_with_its_first_day() -> None:
    assert list(format_labels("week", ["2026-11-22", "2026-11-29"]).values()) == ["Sun 22", "Sun 29"]
    weeks = ["2026-11-22", "2026-11-29", "2026-12-22"]
    assert list(format_labels("week", weeks, short=True).values()) == ["Nov 22", "Nov 29", "Dec 22"]
