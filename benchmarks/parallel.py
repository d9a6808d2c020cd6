"""Parallel: many concurrent writers, and what is stored afterwards."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from home import TASKTIMER, Home
from measure import run
from peers import Peers
from report import Table, ratio

# A few writers are enough to show that Watson loses data.
_WATSON_SHARE = 10
_COLUMNS = ("", "writers", "exit 0", "stored", "different ids", "time", "ratio", "target")
_TRACK_AND_STOP = 'id=$("$0" track "task $1") && exec "$0" stop "$id"'
_NOTE = (
    "Each tasktimer writer is a shell that runs `track`, then `stop`; *stored* counts its stopped tasks. Each writer "
    "of a peer adds one finished interval (`watson add`, `timew track`). Counts are sums over {rounds} rounds, "
    "times are medians of a round, and the ratio compares a new file with an existing one."
)


@dataclass(frozen=True, slots=True)
class Race:
    """The result of concurrent writers: the number that exited with 0, stored tasks, distinct IDs, and seconds."""

    writers: int
    succeeded: int
    stored: int
    ids: int
    seconds: float


def measure_parallel(folder: Path, rounds: int, writers: int, peers: Peers) -> Table:
    """Run many concurrent writers, in turns on an existing and on a new file, then those of the other time trackers."""
    homes = (Home.make(folder / f"parallel-{number}") for number in count())
    turns = [(_race_on_file(next(homes), writers), _race(next(homes), writers)) for _ in range(rounds)]
    kept, new = zip(*turns, strict=True)
    kept_time, new_time = _time(kept), _time(new)
    rows = [
        [*_row("tasktimer, file exists", kept), "", ""],
        [*_row("tasktimer, no file yet", new), ratio(new_time, kept_time), "at most 2.00"],
    ]
    if peers.watson:
        races = [_race_watson(next(homes), peers.watson, writers // _WATSON_SHARE) for _ in range(rounds)]
        rows.append([*_row("Watson", races), "", ""])
    if peers.timewarrior:
        races = [_race_timewarrior(next(homes), peers.timewarrior, writers) for _ in range(rounds)]
        rows.append([*_row("Timewarrior", races), "", ""])
    return Table("Parallel", _NOTE.format(rounds=rounds), _COLUMNS, rows)


def _row(label: str, races: Sequence[Race]) -> list[str]:
    totals = [sum(figures) for figures in zip(*((r.writers, r.succeeded, r.stored, r.ids) for r in races), strict=True)]
    return [label, *(f"{total:,}" for total in totals), f"{_time(races):.1f} s"]


def _time(races: Sequence[Race]) -> float:
    return median(race.seconds for race in races)


def _race_on_file(home: Home, writers: int) -> Race:
    run(home.tasktimer("track", "the first", "--for", "1m"))
    return _race(home, writers)


def _race(home: Home, writers: int) -> Race:
    commands = [["sh", "-c", _TRACK_AND_STOP, str(TASKTIMER), str(number)] for number in range(writers)]
    succeeded, seconds = _run_at_once(home, commands)
    if succeeded < writers:
        print((home.folder / "output").read_text(encoding="utf-8"), file=sys.stderr)
    with closing(sqlite3.connect(home.file)) as connection:
        ((stored, ids),) = connection.execute(
            "SELECT count(end_time), count(DISTINCT id) FROM tasks WHERE description LIKE 'task %'"
        )
    return Race(writers, succeeded, stored, ids, seconds)


def _race_watson(home: Home, watson: str, writers: int) -> Race:
    commands = [[watson, "add", "--from", start, "--to", end, "docs"] for start, end in _half_hours(writers)]
    succeeded, seconds = _run_at_once(home, commands)
    try:
        frames = json.loads((home.folder / "watson" / "frames").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # missing or truncated: nothing is stored
        frames = []
    return Race(writers, succeeded, len(frames), len({frame[3] for frame in frames}), seconds)


def _race_timewarrior(home: Home, timewarrior: str, writers: int) -> Race:
    data = home.folder / "timewarrior" / "data"
    data.mkdir(parents=True)  # or else the first command asks for confirmation
    commands = [[timewarrior, "track", start, "-", end, "docs"] for start, end in _half_hours(writers)]
    succeeded, seconds = _run_at_once(home, commands)
    lines = [line for file in data.glob("????-??.data") for line in file.read_text(encoding="utf-8").splitlines()]
    return Race(writers, succeeded, len(lines), len(set(lines)), seconds)


def _half_hours(number: int) -> list[tuple[str, str]]:
    """Return the start and end of each of `number` disjoint intervals, which begin an hour apart."""
    first = datetime.fromisoformat("2020-01-01T00:00:00")
    starts = [first + hour * timedelta(hours=1) for hour in range(number)]
    return [(start.isoformat(), (start + timedelta(minutes=30)).isoformat()) for start in starts]


def _run_at_once(home: Home, commands: Sequence[Sequence[str]]) -> tuple[int, float]:
    """Run all commands concurrently; return how many exited with 0, and the seconds from first start to last exit."""
    with (home.folder / "output").open("wb") as output:
        start = perf_counter()
        processes = [
            subprocess.Popen(
                words, env=home.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            for words in commands
        ]
        codes = [process.wait() for process in processes]
        return codes.count(0), perf_counter() - start
