"""Users made for a measurement: each has an empty home, and none ever sees the data of whoever runs it."""

import os
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import Command

TASKTIMER = Path(sysconfig.get_path("scripts")) / "tasktimer"
HERE = Path(__file__).parent

# Settings of Python's (uncached bytecode, other paths) and of the programs would change what is measured.
_LEFT_OUT = ("PYTHON", "TASKTIMER_", "_TASKTIMER_", "WATSON_", "TIMEWARRIORDB", "XDG_")


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder and the environment that leads every program to it."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> "Home":
        """An empty home in a new folder."""
        folder.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
        own = {"HOME": folder, "WATSON_DIR": folder / "watson", "TIMEWARRIORDB": folder / "timewarrior"}
        return cls(folder, kept | {name: str(path) for name, path in own.items()})

    @property
    def file(self) -> Path:
        """The file of tasks, which exists once a task was tracked."""
        return next(self.folder.rglob("tasktimer.db"))

    def tasktimer(self, *words: str, prepare: Callable[[], Sequence[str]] = tuple) -> Command:
        """A command of tasktimer's."""
        return self.command(str(TASKTIMER), *words, prepare=prepare)

    def program(self, name: str) -> Command:
        """A program of this folder's, in the Python that runs the benchmark."""
        return self.command(sys.executable, str(HERE / name))

    def command(self, *words: str, prepare: Callable[[], Sequence[str]] = tuple) -> Command:
        """Any command."""
        return Command(words, self.environment, prepare)
