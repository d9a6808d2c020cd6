"""Folders of Watson, read by the program itself."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.system.histories import DAY, History, midnight
from tests.system.labelled_histories import Times
from tests.system.timewarrior import run


def write_frames(folder: Path, frames: Iterable[list[Any]]) -> None:
    """Write frames as Watson does."""
    folder.joinpath("frames").write_text(json.dumps(list(frames), indent=1, ensure_ascii=False), encoding="utf-8")


def read_reports(folder: Path, first: str, last: str, *flags: str, environ: dict[str, str]) -> dict[str, Any]:
    """Return the `report --json` of each day, which `aggregate` makes of all days at once."""
    output = run_watson(folder, "aggregate", "--json", "--from", first, "--to", last, *flags, environ=environ)
    return {found["timespan"]["from"][:10]: found for found in json.loads(output)}


def times_by_label(reports: dict[str, Any]) -> Times:
    """Return the time of each day in all, as "", and by project and by tag, with a plus sign."""
    found: defaultdict[tuple[str, str], timedelta] = defaultdict(timedelta)
    for day, report in reports.items():
        found[day, ""] = timedelta(seconds=report["time"])
        for project in report["projects"]:
            found[day, project["name"]] = timedelta(seconds=project["time"])
            for tag in project["tags"]:
                found[day, f"+{tag['name']}"] += timedelta(seconds=tag["time"])
    return found


def read_log(folder: Path, *, environ: dict[str, str]) -> list[list[Any]]:
    """Return the frames that Watson lists, in the form of its file, without the time of their last change.

    It lists the right instants, but may show all of them with the UTC offset that the zone has today.
    """
    frames = json.loads(run_watson(folder, "log", "--json", "--all", environ=environ))
    return [
        [seconds(frame["start"]), seconds(frame["stop"]), frame["project"], frame["id"], frame["tags"]]
        for frame in frames
    ]


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def run_watson(folder: Path, *arguments: str, environ: dict[str, str]) -> str:
    """Return what Watson prints for the files in a folder."""
    return run("watson", *arguments, env=environ | {"WATSON_DIR": str(folder)})


def watson_is_right(day: date, zone: ZoneInfo) -> bool:
    """Return whether a day is one that Watson measures correctly: 24 hours long, from midnight to midnight.

    Watson subtracts the local times at which it cuts a task, so it counts 24 hours for a whole day of 23 or 25 hours.
    If the next midnight does not exist, it extends a day into the next one. It repeats the time of 31 December 2011 for
    the day before, which Samoa skipped.
    """
    start, end = midnight(day, zone), midnight(day + DAY, zone)
    local = [instant.astimezone(zone).replace(tzinfo=None) for instant in (start, end)]
    return end - start == DAY and local == [datetime.combine(day, time()), datetime.combine(day + DAY, time())]


def time_cut_off(history: History, day: date, zone: ZoneInfo) -> timedelta:
    """Return what Watson omits: it ends a day, and each task that it cuts, one microsecond early."""
    end = midnight(day + DAY, zone)
    return sum(start < end <= last for start, last in history) * timedelta.resolution
