"""Peers: equivalent commands of tasktimer, Watson and Timewarrior, on histories of the same length."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from histories import YEARS, Days, load, load_timewarrior, load_watson, stop_each
from home import Home
from measure import Command, medians, run
from report import Table, milliseconds, ratio

_COLUMNS = ("", "tasktimer", "Watson", "ratio", "Timewarrior", "ratio")
_COMPARED = (
    "today: `times`, piped; `watson status`; `timew summary`",
    "an old day: `times --date`, piped; `watson log`; `timew summary`",
    "end a task: `stop ID`; `stop`; `stop`",
    "start a task: `track`; `start`; `start`",
)
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Peers:
    """The paths of the programs to compare with, or None for a program that is not installed."""

    watson: str | None
    timewarrior: str | None

    def hints(self) -> Iterator[str]:
        """Yield an installation hint for each missing program."""
        if not self.watson:
            yield "Watson is absent: pipx install td-watson, or name it with --watson PATH"
        if not self.timewarrior:
            yield "Timewarrior is absent: apt install timewarrior, or brew install timewarrior"


def measure_peers(folder: Path, runs: int, peers: Peers, history: int) -> Table:
    """Measure the everyday commands of each program, in turns."""
    home = Home.make(folder / "peers")
    days = Days.until(datetime.now().astimezone())
    ours = _tasktimer(home, days, history, runs)
    watson = _watson(home, peers.watson, days, history) if peers.watson else None
    timewarrior = _timewarrior(home, peers.timewarrior, days, history) if peers.timewarrior else None
    rows = []
    for number, label in enumerate(_COMPARED):
        theirs = [commands[number] if commands else None for commands in (watson, timewarrior)]
        rows.append([label, *_compare(ours[number], theirs, runs)])
    return Table("Other time trackers", _note(home, peers, history), _COLUMNS, rows)


def _compare(ours: Command, theirs: Sequence[Command | None], runs: int) -> list[str]:
    seconds, *others = medians(ours, *filter(None, theirs), runs=runs)
    remaining = iter(others)
    cells = [milliseconds(seconds)]
    for command in theirs:
        other = next(remaining) if command else None
        cells += [milliseconds(other), ratio(seconds, other)] if other else [_ABSENT, ""]
    return cells


# Commands are in the order of _COMPARED. The last command adds tasks to today, which would slow down the others.


def _tasktimer(home: Home, days: Days, history: int, runs: int) -> Sequence[Command]:
    load(home, history, days)
    return [
        home.tasktimer("times"),
        home.tasktimer("times", "--date", days.name_of_old),
        stop_each(home, runs + 1),
        home.tasktimer("track", "write", "docs"),
    ]


def _watson(home: Home, watson: str, days: Days, history: int) -> Sequence[Command]:
    load_watson(home, history, days)
    state = home.folder / "watson" / "state"

    def start() -> tuple[str, ...]:
        state.write_text(json.dumps({"project": "docs", "start": int(datetime.now(UTC).timestamp()), "tags": []}))
        return ()

    def clear() -> tuple[str, ...]:
        state.unlink(missing_ok=True)
        return ()

    return [
        home.command(watson, "status", prepare=start),
        home.command(watson, "log", "--no-pager", "--from", days.name_of_old, "--to", days.name_of_old),
        home.command(watson, "stop", prepare=start),
        home.command(watson, "start", "docs", prepare=clear),
    ]


def _timewarrior(home: Home, timewarrior: str, days: Days, history: int) -> Sequence[Command]:
    load_timewarrior(home, history, days)
    month = max((home.folder / "timewarrior" / "data").glob("????-??.data"))
    finished = month.read_text(encoding="utf-8")

    # Write the file directly: Timewarrior rejects a start and a stop within one second.
    def start() -> tuple[str, ...]:
        month.write_text(f"{finished}inc {finished.split()[-3]} # writing\n", encoding="utf-8")
        return ()

    def clear() -> tuple[str, ...]:
        month.write_text(finished, encoding="utf-8")
        return ()

    return [
        home.command(timewarrior, "summary"),
        home.command(timewarrior, "summary", days.name_of_old),
        home.command(timewarrior, "stop", prepare=start),
        home.command(timewarrior, "start", "writing", prepare=clear),
    ]


def _note(home: Home, peers: Peers, history: int) -> str:
    present = [
        f"{name} {run(home.command(path, '--version')).split()[-1]}"
        for name, path in (("Watson", peers.watson), ("Timewarrior", peers.timewarrior))
        if path
    ]
    return (
        f"Each program has a history of {history:,} tasks over {YEARS} years "
        f"({', '.join(present) or 'none installed'}). The ratio is tasktimer's time divided by the "
        "other's. `track` and piped `times` should not be slower than Watson's `start` and `status`, which do not read "
        "the history. Timewarrior is compiled and does not start Python."
    )
