"""Temporary home folders for measurements, isolated from the data of the user who runs them."""

import os
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import Command

TASKTIMER = Path(sysconfig.get_path("scripts")) / "tasktimer"
HERE = Path(__file__).parent

# Python settings (uncached bytecode, other paths) and program settings would distort the measurement.
_LEFT_OUT = ("PYTHON", "TASKTIMER_", "_TASKTIMER_", "WATSON_", "TIMEWARRIORDB", "XDG_")


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder, and an environment in which every program uses that folder."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> "Home":
        """Create an empty home in a new folder."""
        folder.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
        own = {"HOME": folder, "WATSON_DIR": folder / "watson", "TIMEWARRIORDB": folder / "timewarrior"}
        return cls(folder, kept | {name: str(path) for name, path in own.items()})

    @property
    def file(self) -> Path:
        """The path of the tasktimer file."""
        return next(self.folder.rglob("tasktimer.db"))

    def tasktimer(self, *words: str, prepare: Callable[[], Sequence[str]] = tuple) -> Command:
        """Return a tasktimer command."""
        return self.command(str(TASKTIMER), *words, prepare=prepare)

    def program(self, name: str) -> Command:
        """Return a command that runs a script from this folder with the current Python."""
        return self.command(sys.executable, str(HERE / name))

    def command(self, *words: str, prepare: Callable[[], Sequence[str]] = tuple) -> Command:
        """Return a command that runs in this home."""
        return Command(words, self.environment, prepare)
