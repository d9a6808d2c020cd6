"""Times typed in days that do not start at midnight."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tasktimer.config.calendar_settings import parse_day_start
from tasktimer.core.calendar_zone import apply_calendar
from tasktimer.core.task import Task
from tasktimer.core.timeparse.date_ranges import parse_range_bounds
from tasktimer.core.timeparse.datetimes import missing_clock_error, parse_datetime, parse_start_or_end
from tasktimer.errors import InvalidValue, TimeInFuture
from tasktimer.services.task_times import TaskTimeResolver, parse_end

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, day_starts_at: str = "04:00") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=apply_calendar(BERLIN, parse_day_start(day_starts_at), 0))


NIGHT, MORNING = "2026-11-26T01:00", "2026-11-26T10:00"  # Thursday; at night, it is still Wednesday


@pytest.mark.parametrize(
    ("now", "day_starts_at", "text", "expected"),
    [
        (NIGHT, "04:00", "23:30", "2026-11-25 23:30"),
        (NIGHT, "04:00", "0:30", "2026-11-26 00:30"),
        (NIGHT, "04:00", "4:00", "2026-11-25 04:00"),
        (NIGHT, "04:00", "3:59", "2026-11-26 03:59"),  # later today
        (NIGHT, "04:00", "today 0:30", "2026-11-26 00:30"),
        (NIGHT, "04:00", "today 23:30", "2026-11-25 23:30"),
        (NIGHT, "04:00", "yesterday 2:00", "2026-11-25 02:00"),
        (NIGHT, "04:00", "yesterday 23:00", "2026-11-24 23:00"),
        (NIGHT, "04:00", "monday 1:30", "2026-11-24 01:30"),
        (NIGHT, "04:00", "monday 9:00", "2026-11-23 09:00"),
        (NIGHT, "04:00", "wednesday 0:30", "2026-11-26 00:30"),  # today
        (NIGHT, "04:00", "wednesday 2:00", "2026-11-19 02:00"),  # later today: a week ago
        (NIGHT, "04:00", "last wednesday 0:30", "2026-11-19 00:30"),
        (NIGHT, "04:00", "thursday 1:00", "2026-11-20 01:00"),  # Thursday has not begun
        (NIGHT, "04:00", "-1 2:00", "2026-11-25 02:00"),
        (NIGHT, "04:00", "2026-11-25 02:00", "2026-11-25 02:00"),  # a time with a date is the clock's
        (NIGHT, "04:00", "2026-11-26 00:30", "2026-11-26 00:30"),
        (NIGHT, "04:00", "2026-11-25t02:00", "2026-11-25 02:00"),
        (NIGHT, "04:00", "15m ago", "2026-11-26 00:45"),
        (MORNING, "04:00", "2:00", "2026-11-27 02:00"),  # later today
        (MORNING, "04:00", "yesterday 2:00", "2026-11-26 02:00"),  # this night
        (MORNING, "04:00", "yesterday 9:00", "2026-11-25 09:00"),
        (MORNING, "04:00", "9:00", "2026-11-26 09:00"),
        (MORNING, "04:00", "wednesday 1:30", "2026-11-26 01:30"),
        (MORNING, "04:00", "2026-11-26 02:00", "2026-11-26 02:00"),
        ("2026-11-25T23:30", "-01:00", "23:15", "2026-11-25 23:15"),  # Thursday has begun
        ("2026-11-25T23:30", "-01:00", "today 23:15", "2026-11-25 23:15"),
        ("2026-11-25T23:30", "-01:00", "9:00", "2026-11-26 09:00"),
        ("2026-11-25T23:30", "-01:00", "yesterday 22:30", "2026-11-25 22:30"),
        ("2026-11-25T23:30", "-01:00", "yesterday 23:30", "2026-11-24 23:30"),
        ("2026-11-25T23:30", "-01:00", "2026-11-25 09:00", "2026-11-25 09:00"),
        (MORNING, "00:00", "2:00", "2026-11-26 02:00"),
        (MORNING, "00:00", "yesterday 2:00", "2026-11-25 02:00"),
    ],
)
def test_time_is_within_day(now: str, day_starts_at: str, text: str, expected: str) -> None:
    assert f"{parse_datetime(text, at(now, day_starts_at)).astimezone(BERLIN):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("now", "text", "hint"),
    [
        (MORNING, "midnight", "use 'yesterday 0:00'"),  # today's is at the end of the day
        (NIGHT, "midnight", "use 'today 0:00' or 'yesterday 0:00'"),
        (MORNING, "9", "use 9:00 or 9am"),
        (MORNING, "yesterday 9", "use 'yesterday 9:00', 'yesterday 9am' or 'yesterday 9pm'"),
        (MORNING, "11", "use 11:00, 11am or 11pm"),  # all in the future
    ],
)
def test_suggested_times_are_in_the_past(now: str, text: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_datetime(text, at(now))
    assert error.value.hint == hint


@pytest.mark.parametrize(("now", "text"), [(NIGHT, "2:00"), (MORNING, "2:00"), (MORNING, "0:30"), (MORNING, "11:00")])
def test_time_later_today_may_be_meant_for_yesterday(now: str, text: str) -> None:
    with pytest.raises(TimeInFuture) as error:
        parse_start_or_end(text, at(now), "start")
    assert error.value.hint == f"did you mean 'yesterday {text.zfill(5)}'?"
    assert parse_datetime(f"yesterday {text}", at(now)) < at(now)


def test_hint_for_missing_time_is_in_past() -> None:
    assert missing_clock_error("today", at(NIGHT)).hint == "add a time of day: 'today 9:00'"
    assert missing_clock_error("today", at(MORNING)).hint == "add a time of day: 'today 9:00'"


def test_repeated_time_is_ambiguous_in_both_days() -> None:
    for now in ("2026-10-25T12:00", "2026-10-25T02:00"):
        with pytest.raises(InvalidValue) as error:
            parse_datetime("yesterday 2:30" if now.endswith("12:00") else "today 2:30", at(now))
        assert error.value.code == "ambiguous-local-time"


def test_bounds_are_working_days() -> None:
    window = parse_range_bounds("yesterday", "today", at(NIGHT))
    assert [str(instant.astimezone(BERLIN)) for instant in (window.start, window.end)] == [
        "2026-11-24 04:00:00+01:00",
        "2026-11-26 04:00:00+01:00",
    ]
    window = parse_range_bounds("yesterday 2:00", "2026-11-26 00:30", at(NIGHT))
    assert [str(instant.astimezone(BERLIN)) for instant in (window.start, window.end)] == [
        "2026-11-25 02:00:00+01:00",
        "2026-11-26 00:30:00+01:00",
    ]


def task(start: str, end: str | None = None) -> Task:
    return Task(7, 1, "x", at(start).astimezone(UTC), None if end is None else at(end).astimezone(UTC))


def shown(instant: datetime) -> str:
    return f"{instant.astimezone(BERLIN):%d %H:%M}"


def test_time_of_task_is_within_its_day() -> None:
    late = TaskTimeResolver(at(MORNING), lambda: [task("2026-11-26T00:30", "2026-11-26T02:00")])  # of Wednesday
    assert shown(late.start("23:30")) == "25 23:30"
    assert shown(late.start("0:45")) == "26 00:45"
    assert shown(late.end("1:00", start=None, length=None)) == "26 01:00"
    assert shown(late.start_of_move("yesterday")) == "26 00:30"
    assert shown(late.start_of_move("2026-11-25")) == "26 00:30"  # a day, which is Wednesday's
    assert shown(late.start_of_move("2026-11-24")) == "25 00:30"
    assert shown(late.start_of_move("2026-11-24 00:30")) == "24 00:30"
    assert shown(late.inside("1:30")) == "26 01:30"
    assert shown(late.inside("3:00")) == "26 03:00"
    assert shown(late.inside("23:00")) == "25 23:00"


def test_end_of_new_task_follows_start() -> None:
    start = at("2026-11-25T23:30")
    assert shown(parse_end("0:30", start, at(NIGHT))) == "26 00:30"
    with pytest.raises(TimeInFuture):
        parse_end("2:00", start, at(NIGHT))
    assert shown(parse_end("22:00", start, at(NIGHT))) == "25 22:00"  # the service rejects it as too early


def test_tasks_of_one_day_can_start_on_two_dates() -> None:
    tasks = [task("2026-11-25T23:00", "2026-11-25T23:30"), task("2026-11-26T00:30", "2026-11-26T02:00")]
    assert shown(TaskTimeResolver(at(MORNING), lambda: tasks).start("22:00")) == "25 22:00"
    tasks[0] = task("2026-11-25T03:00", "2026-11-25T03:30")  # of Tuesday
    with pytest.raises(InvalidValue) as error:
        TaskTimeResolver(at(MORNING), lambda: tasks).start("2:00")
    assert "task 7 on 2026-11-24, task 7 on 2026-11-25" in error.value.message
    assert error.value.context["time"] == "2026-11-26 2:00"
