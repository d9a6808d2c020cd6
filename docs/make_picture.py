"""Draw the picture in the README from the program's output: `python docs/make_picture.py`."""

import io
import os
import re
import sys
import time
from contextlib import redirect_stdout
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from tasktimer.cli.app import run

PICTURE = Path(__file__).with_name("times.svg")
WIDTH = 76

_NOW = datetime(2023, 7, 16, 11, 42, tzinfo=ZoneInfo("Europe/Berlin"))
_BEFORE = [
    ("yesterday 22:30", ["track", "deploy", "the", "release", "-p", "acme/website", "--end", "0:45"]),
    ("08:55", ["track", "review", "pull", "requests", "-p", "globex", "--end", "9:40"]),
    ("09:40", ["track", "write", "docs", "-p", "globex", "+docs", "--end", "11:05"]),
    ("10:30", ["track", "call", "-p", "acme", "--end", "10:50"]),
]
_SHOWN = [
    ["track", "fix", "the", "login", "page", "-p", "acme/website", "+bug"],
    ["stop"],
    ["track", "write", "docs", "-p", "globex"],
    ["times"],
]


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def picture() -> str:
    """Return the picture as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    with TemporaryDirectory() as folder:
        _set_environment(folder)
        for start, words in _BEFORE:
            _output([*words, "--start", start], _NOW)
        for number, words in enumerate(_SHOWN):
            console.print(Text.assemble(("$ ", "green"), ("tasktimer " + " ".join(words), "bold")))
            console.print(Text.from_ansi(_output(words, _NOW + timedelta(minutes=12 * number)).rstrip("\n")))
    svg = console.export_svg(title="tasktimer")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # do not load fonts from the network


def _set_environment(folder: str) -> None:
    for name in [name for name in os.environ if name.startswith(("TASKTIMER_", "XDG_", "NO_COLOR"))]:
        del os.environ[name]
    os.environ |= {"HOME": folder, "TZ": "Europe/Berlin", "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    time.tzset()


def _output(words: list[str], now: datetime) -> str:
    def clock(zone: tzinfo) -> datetime:
        return now.astimezone(zone)

    output = io.BytesIO()
    with redirect_stdout(_Terminal(output, encoding="utf-8")):
        if run(words, clock):
            sys.exit(f"tasktimer {' '.join(words)} failed")
        return output.getvalue().decode()


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
