"""Import and export of a long history, compared with the smallest programs that do the same to the same tables."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from home import Home
from measure import Command, usage
from report import Table, milliseconds, ratio

_COLUMNS = ("", "tasktimer", "compared with", "the other", "ratio", "target")
_NOTE = (
    "{count:,} tasks with two tags each, imported into a new file, exported, and undone. The smallest programs parse "
    "the file and insert tasks and tags with `executemany` into the same tables, or fetch them and write `json.dumps`."
)
_TITLES = {"timewarrior": "Timewarrior data", "jsonl": "JSON lines"}
_STEP = timedelta(minutes=10)
_BARE_IMPORT, _BARE_EXPORT = "parsing and `executemany`", "fetching and `json.dumps`"


class _Figures(NamedTuple):
    """The seconds of each command, the sizes of the files in MiB, and the peak memory in MiB."""

    imported: float
    bare: float
    exported: float
    bare_export: float
    undone: float
    size: float
    bare_size: float
    import_memory: float
    undo_memory: float


def measure_imports(folder: Path, runs: int, many: int) -> Table:
    """Compare imports, their undo and an export with the smallest programs."""
    home = Home.make(folder / "imports")
    rows = [row for name in _TITLES for row in _rows(home, name, runs, many)]
    return Table("Import and export", _NOTE.format(count=many), _COLUMNS, rows)


def _rows(home: Home, name: str, runs: int, many: int) -> Iterator[list[str]]:
    source = home.folder / f"tasks.{name}"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(_line(name, number) for number in range(many))
    turns = [_measure(home, name, source) for _ in range(runs)]
    found = _Figures(*(median(figures) for figures in zip(*turns, strict=True)))
    title = _TITLES[name]
    yield _row(f"import {title}", found.imported, (_BARE_IMPORT, found.bare), "at most 3.00")
    if name == "jsonl":
        yield _row(f"export {title}", found.exported, (_BARE_EXPORT, found.bare_export), "at most 2.00")
    yield _row("undo of the import", found.undone, ("the import", found.imported), "at most 1.00")
    yield _row("size of the file", found.size, ("the tasks alone", found.bare_size), "at most 1.30")
    for label, memory, most in (("import", found.import_memory, 60), ("undo", found.undo_memory, 100)):
        yield [f"peak memory of the {label}", _mebibytes(memory), "", "", "", f"at most {most} MiB"]


def _row(label: str, ours: float, other: tuple[str, float], target: str) -> list[str]:
    name, theirs = other
    form = _mebibytes if "size" in label else milliseconds
    return [label, form(ours), name, form(theirs), ratio(ours, theirs), target]


def _measure(home: Home, name: str, source: Path) -> _Figures:
    """Run each command once, each on what the one before it has left."""
    ours, bare, output = (home.folder / file for file in ("ours.db", "bare.db", "output.jsonl"))
    for path in (ours, bare, output):
        path.unlink(missing_ok=True)
    imported, import_memory = _usage(home.tasktimer("--database", str(ours), "import", str(source)))
    size = ours.stat().st_size / 2**20
    bare_seconds, _ = _usage(_script(home, "bare_import.py", name, source, bare))
    exported, _ = _usage(home.tasktimer("--database", str(ours), "export", "-o", str(output)))
    bare_export, _ = _usage(_script(home, "bare_export.py", bare, output))
    undone, undo_memory = _usage(home.tasktimer("--database", str(ours), "undo"))
    bare_size = bare.stat().st_size / 2**20
    return _Figures(imported, bare_seconds, exported, bare_export, undone, size, bare_size, import_memory, undo_memory)


def _usage(command: Command) -> tuple[float, float]:
    start = perf_counter()
    memory, _ = usage(command)
    return perf_counter() - start, memory


def _script(home: Home, name: str, *arguments: object) -> Command:
    return home.command(*home.program(name).words, *map(str, arguments))


def _line(name: str, number: int) -> str:
    start = datetime(2000, 1, 1, tzinfo=UTC) + number * _STEP
    end = start + _STEP / 2
    description, tags = f"write docs {number % 1000}", ["docs", f"tag{number % 40}"]
    if name == "timewarrior":
        return f'inc {start:%Y%m%dT%H%M%SZ} - {end:%Y%m%dT%H%M%SZ} # {" ".join(tags)} "{description}"\n'
    record = {"description": description, "start_time": start.isoformat(), "end_time": end.isoformat()}
    return json.dumps({**record, "project": None, "tags": tags}) + "\n"


def _mebibytes(size: float) -> str:
    return f"{size:.0f} MiB"
