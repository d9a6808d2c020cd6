"""Write measurements as Markdown: tables, the machine, and the page."""

import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill

_WIDTH = 120
_PACKAGES = ("tasktimer-cli", "typer", "rich", "fastapi", "uvicorn")
_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"
_TEMPLATE = Path(__file__).with_name("performance.template.md")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures with a title and a note."""

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def to_markdown(self) -> str:
        """Return the table as a section of a page, with figures right-aligned."""
        rule = ["---"] + ["---:"] * (len(self.columns) - 1)
        lines = ["| " + " | ".join(row) + " |" for row in (self.columns, rule, *self.rows)]
        note = fill(self.note, _WIDTH, break_on_hyphens=False, break_long_words=False)
        return "\n".join([f"### {self.title}", "", note, "", *lines])


def milliseconds(seconds: float) -> str:
    """Format seconds as milliseconds."""
    return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"


def ratio(ours: float, theirs: float) -> str:
    """Format the ratio of two values."""
    return f"{ours / theirs:.2f}"


def figures(tables: Sequence[Table], arguments: str) -> str:
    """Return the report of one benchmark run."""
    command = f"python benchmarks/run.py {arguments}".rstrip()
    head = f"Measured on {date.today().isoformat()} with `{command}`:\n\n{_machine()}"  # noqa: DTZ011 (the local date)
    return "\n\n".join([head, *(table.to_markdown() for table in tables)]) + "\n"


def write(text: str, page: Path) -> None:
    """Write figures between the markers of a page; create the page if it is missing."""
    content = (page if page.exists() else _TEMPLATE).read_text(encoding="utf-8")
    before, begin, rest = content.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        sys.exit(f"error: {page} does not contain {_BEGIN} … {_END}")
    page.parent.mkdir(exist_ok=True)
    page.write_text(f"{before}{begin}\n{text}{end}{after}", encoding="utf-8")


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES if find_spec(name.partition("-")[0]))
    return "\n".join(
        [
            f"- machine: {_processor()}, {os.cpu_count()} cores; {_system()}, {platform.machine()}",
            f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}",
        ]
    )


def _processor() -> str:
    if sys.platform == "darwin":
        return subprocess.check_output(["sysctl", "-n", "machdep.cpu.brand_string"], text=True).strip()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown processor")


def _system() -> str:
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
