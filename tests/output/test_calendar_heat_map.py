"""Calendars of the time spent on each day, as people see them."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.conftest import Golden, Stream

from tasktimer.core.calendar_days import CalendarDays, calendar_days, calendar_query, weeks
from tasktimer.core.calendar_zone import CalendarZone
from tasktimer.core.report import Amount, Cell, Key, Report
from tasktimer.core.task import Actor
from tasktimer.core.timeparse.date_ranges import parse_date_range
from tasktimer.output.calendar_heat_map import calendar_heat_map, calendar_text
from tasktimer.services.report import report
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_writes

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 27, 16, 5, tzinfo=BERLIN)
SUNDAY = CalendarZone(BERLIN, week_starts_on=6)


def example(text: str = "2026", zone: tzinfo = BERLIN) -> Report:
    """Return a report on workdays up to NOW, from 36 minutes to 8 hours and 12 minutes long."""
    days = parse_date_range(text, NOW)
    count = (min(days.last, NOW.date()) - days.first).days + 1
    spent: dict[Key, Amount] = {
        day.isoformat(): Amount(timedelta(minutes=12 * (day.toordinal() * 7 % 39 + 3)))
        for day in (days.first + timedelta(days=number) for number in range(count))
        if day.weekday() < 5 and day.day != 13
    }
    total = sum((amount.worked for amount in spent.values()), timedelta())
    return Report(calendar_query(), days.window(zone), {}, spent, {}, Cell(total))


def drawn(shown: Report, zone: tzinfo = BERLIN) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", calendar_heat_map(shown, NOW.astimezone(zone))).splitlines()


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("color", [True, False])
def test_heat_map(golden: Golden, monkeypatch: pytest.MonkeyPatch, columns: int, color: bool) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout", Stream(terminal=color))
    ranges = (("2026", BERLIN), ("last 2 years", SUNDAY), ("last month", BERLIN))
    shown = "\n".join(calendar_heat_map(example(text, zone), NOW.astimezone(zone)) for text, zone in ranges)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(cell_len, lines)) <= columns
    golden(f"calendar-{columns}{'-color' if color else ''}.txt", shown)


@pytest.mark.parametrize(("columns", "blocks"), [(60, 1), (58, 2), (40, 2), (30, 3), (20, 4)])
def test_year_is_divided_if_terminal_is_narrow(monkeypatch: pytest.MonkeyPatch, columns: int, blocks: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = drawn(example())
    weekdays = [line for line in lines if line.startswith(" Mon")]
    assert len(weekdays) == blocks
    assert max(map(len, weekdays)) <= columns
    shades = "".join(line[6:] for line in lines if re.match(r" (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ", line))
    assert len(re.findall("[·░▒▓█]", shades)) == (NOW.date() - date(2026, 1, 1)).days + 1


def test_year_of_54_weeks_fits_in_60_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = drawn(example("2012"))  # begins on a Sunday, and has 366 days
    assert [len(line) for line in lines if line.startswith((" Mon", " Sun"))] == [60, 59]


def test_shades_have_the_limits_of_the_legend() -> None:
    step = timedelta(minutes=123)
    spent = {date(2026, 1, number): number * timedelta(minutes=41) for number in range(1, 13)}
    days = CalendarDays(date(2026, 1, 1), date(2026, 1, 31), spent, step)
    assert [days.level(day) for day in spent] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert days.level(date(2026, 1, 20)) == 0
    assert drawn(example())[1] == "· none  ░ to 2:03  ▒ 4:06  ▓ 6:09  █ 8:12 a day"


days_of_year = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.dictionaries(days_of_year, st.timedeltas(timedelta(), timedelta(1)), max_size=9))
def test_steps_are_equal_and_reach_the_maximum(spent: dict[date, timedelta]) -> None:
    rows: dict[Key, Amount] = {day.isoformat(): Amount(time) for day, time in spent.items()}
    window = parse_date_range("2026", NOW).window(UTC)
    days = calendar_days(Report(calendar_query(), window, {}, rows, {}, Cell()), NOW.astimezone(UTC))
    longest = max(spent.values(), default=timedelta())
    assert 4 * days.step - timedelta(minutes=4) < max(longest, timedelta(minutes=1)) <= 4 * days.step
    assert all((days.level(day) - 1) * days.step < time <= days.level(day) * days.step for day, time in spent.items())


def test_elapsed_time_is_shown_on_request() -> None:
    rows: dict[Key, Amount] = {"2026-11-23": Amount(timedelta(hours=3), elapsed=timedelta(hours=2))}
    window = parse_date_range("2026", NOW).window(BERLIN)
    for elapsed, hours in ((False, 3), (True, 2)):
        shown = Report(calendar_query(elapsed=elapsed), window, {}, rows, {}, Cell())
        assert calendar_text(shown, NOW).endswith(f"Total: {hours}:00:00 on 1 day\n")


def test_future_and_skipped_days_are_blank() -> None:
    apia = ZoneInfo("Pacific/Apia")
    now = datetime(2012, 1, 4, 12, tzinfo=apia)
    shown = weeks(date(2011, 12, 27), date(2012, 1, 9), now)
    assert [[day and day.day for day in week] for week in shown] == [
        [None, 27, 28, 29, None, 31, 1],
        [2, 3, 4, None, None, None, None],
        [None] * 7,
    ]


def test_weeks_start_on_chosen_day() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 14)
    assert [len(weeks(first, last, NOW.astimezone(zone))) for zone in (BERLIN, SUNDAY)] == [3, 2]


def test_words_for_screen_readers(golden: Golden) -> None:
    golden("calendar-plain.txt", calendar_text(example(), NOW))
    assert (
        calendar_text(example("2027"), NOW) == "2027-01-01 to 2027-12-31, Europe/Berlin\n\n\nTotal: 0:00:00 on 0 days\n"
    )


def test_terminal_without_utf8(monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    out = Stream(terminal=True)
    out.reconfigure(encoding="ascii")
    monkeypatch.setattr("sys.stdout", out)
    shown = "\n".join(drawn(example()))
    assert shown.isascii()
    golden("calendar-ascii.txt", shown)


def test_calendar_shows_report_of_service(store: Store) -> None:
    with store.write(create=True) as connection:
        for start, hours in (("2026-01-05T22:00", 4), ("2026-11-27T07:00", 8), ("2026-11-27T14:00", 2)):
            start_time = datetime.fromisoformat(start).replace(tzinfo=BERLIN).astimezone(UTC)
            end_time = start_time + timedelta(hours=hours)
            task_writes.insert_task(connection, user_id=1, description="x", start_time=start_time, end_time=end_time)
    window = parse_date_range("2026", NOW).window(BERLIN)
    for elapsed, last in ((False, 10), (True, 9)):
        found = report(store, Actor(None, 1), calendar_query(elapsed=elapsed), window=window, now=NOW)
        spent = {str(day): time / timedelta(hours=1) for day, time in calendar_days(found, NOW).spent.items()}
        assert spent == {"2026-01-05": 2, "2026-01-06": 2, "2026-11-27": last}
