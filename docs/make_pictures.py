"""Draw the pictures of the docs from the program's output: `python docs/make_pictures.py`."""

import io
import os
import re
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from tasktimer.cli.app import run

FOLDER = Path(__file__).parent
WIDTH = 76

_BERLIN = ZoneInfo("Europe/Berlin")


class Picture(NamedTuple):
    """The tasks that exist, the commands that are shown, and the time of the first one; 12 minutes pass after each."""

    before: Sequence[str]
    shown: Sequence[str]
    now: datetime


def _workdays() -> Iterator[str]:
    """Yield a task for each workday of most weeks of a year, from one to eight hours long."""
    for number in range(330):
        day = datetime(2026, 1, 1, tzinfo=_BERLIN) + timedelta(days=number)
        if day.weekday() < 5 and number // 7 % 11 != 6:
            yield f"write docs -p acme --start '{day:%Y-%m-%d} 9:00' --for {60 + number * 37 % 420}m"


PICTURES = {
    "times.svg": Picture(
        (
            "deploy the release -p acme/website --start 'yesterday 22:30' --end 0:45",
            "review pull requests -p globex --start 8:55 --end 9:40",
            "write docs -p globex +docs --start 9:40 --end 11:05",
            "call -p acme --start 10:30 --end 10:50",
        ),
        ("track fix the login page -p acme/website +bug", "stop", "track write docs -p globex", "times"),
        datetime(2023, 7, 16, 11, 42, tzinfo=_BERLIN),
    ),
    "report.svg": Picture(
        (FOLDER / "example_week.txt").read_text(encoding="utf-8").splitlines(),
        ("report week", "report week --by project,day", "timeline monday"),
        datetime(2026, 11, 27, 16, 5, tzinfo=_BERLIN),
    ),
    "calendar.svg": Picture(
        tuple(_workdays()), ("report 2026 --calendar",), datetime(2026, 11, 27, 16, 5, tzinfo=_BERLIN)
    ),
}


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def picture(name: str) -> str:
    """Return a picture as SVG."""
    before, shown, now = PICTURES[name]
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    with TemporaryDirectory() as folder:
        _set_environment(folder)
        for words in before:
            _output(f"track {words}", now)
        for number, words in enumerate(shown):
            console.print(Text.assemble(("$ ", "green"), (f"tasktimer {words}", "bold")))
            console.print(Text.from_ansi(_output(words, now + timedelta(minutes=12 * number)).rstrip("\n")))
    svg = console.export_svg(title="tasktimer")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # do not load fonts from the network


def _set_environment(folder: str) -> None:
    for name in [name for name in os.environ if name.startswith(("TASKTIMER_", "XDG_", "NO_COLOR"))]:
        del os.environ[name]
    os.environ |= {"HOME": folder, "TZ": "Europe/Berlin", "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    time.tzset()


def _output(words: str, now: datetime) -> str:
    def clock(zone: tzinfo) -> datetime:
        return now.astimezone(zone)

    output = io.BytesIO()
    with redirect_stdout(_Terminal(output, encoding="utf-8")), redirect_stderr(io.StringIO()) as notes:
        if run(shlex.split(words), clock):
            sys.exit(f"tasktimer {words} failed: {notes.getvalue()}")
        return output.getvalue().decode()


if __name__ == "__main__":
    for _name in PICTURES:
        (FOLDER / _name).write_text(picture(_name), encoding="utf-8")
