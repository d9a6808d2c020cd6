"""Watson itself, reading and writing frames in a folder."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.system.histories import DAY, ZERO, History, exact_days, midnight
from tests.system.timewarrior import run


def run_watson(folder: Path, *arguments: str, environ: dict[str, str]) -> str:
    """Return what Watson prints for the frames in a folder."""
    return run("watson", *arguments, env=environ | {"WATSON_DIR": str(folder)})


def check_days(folder: Path, history: History, zone: ZoneInfo, environ: dict[str, str]) -> None:
    """Check that Watson reports the exact time of each day that it measures correctly."""
    exact = exact_days(history, zone)
    span = ("--from", min(exact), "--to", max(exact))
    for found in json.loads(run_watson(folder, "aggregate", "--json", *span, environ=environ)):
        day = date.fromisoformat(found["timespan"]["from"][:10])
        if is_right(day, zone):
            # It ends a day, and the task that it cuts, one microsecond early.
            end = midnight(day + DAY, zone)
            cut = any(start < end <= last for start, last in history)
            assert timedelta(seconds=found["time"]) == exact.get(str(day), ZERO) - cut * timedelta.resolution


def is_right(day: date, zone: ZoneInfo) -> bool:
    """Return whether a day is one that Watson measures correctly: 24 hours long, from midnight to midnight.

    Watson subtracts the local times at which it cuts a task, so it counts 24 hours for a whole day of 23 or 25 hours.
    If the next midnight does not exist, it extends a day into the next one. It repeats the time of 31 December 2011 for
    the day before, which Samoa skipped.
    """
    start, end = midnight(day, zone), midnight(day + DAY, zone)
    local = [instant.astimezone(zone).replace(tzinfo=None) for instant in (start, end)]
    return end - start == DAY and local == [datetime.combine(day, time()), datetime.combine(day + DAY, time())]
