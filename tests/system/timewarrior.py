"""Databases of Timewarrior, made of our files and read by the program itself."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from tests.conftest import PATIENCE
from tests.system.histories import DAY, Days


def write_database(folder: Path, text: str) -> None:
    """Write the lines of a data file to a file per month."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    folder.joinpath("timewarrior.cfg").write_text("confirmation=no\n")  # it asks before it creates this file
    data.joinpath("tags.data").write_text("{}")  # it reports that it creates this file
    for month, lines in groupby(text.splitlines(keepends=True), lambda line: f"{line[4:8]}-{line[8:10]}"):
        data.joinpath(f"{month}.data").write_text("".join(lines))


def read_summary(folder: Path, days: Iterable[str], environ: dict[str, str]) -> Days:
    """Return the total of each day, from the last of its rows in a summary."""
    days = list(days)
    # After a day without a midnight, a summary of :all omits a last day on which the last interval ends before 1:00.
    span = (min(days), "-", str(date.fromisoformat(max(days)) + DAY))
    output = run_timewarrior(folder, "summary", *span, environ=environ)
    totals, day = {}, ""
    for row in output.splitlines():
        if first_of_day := re.match(r"W\d+ +(\S+)", row):
            day = first_of_day[1]
        if total := re.search(r":\d\d +(\d+):(\d\d):(\d\d)$", row):  # rows with many tags have several lines
            hours, minutes, secs = map(int, total.groups())
            totals[day] = timedelta(hours=hours, minutes=minutes, seconds=secs)
    return totals


def run_timewarrior(folder: Path, *arguments: str, environ: dict[str, str]) -> str:
    """Return what Timewarrior prints for the database in a folder."""
    return run("timew", *arguments, env=environ | {"TIMEWARRIORDB": str(folder)})


def run(*command: str, env: dict[str, str]) -> str:
    """Return the output of a program that succeeds."""
    return subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=PATIENCE,
        check=True,
    ).stdout
