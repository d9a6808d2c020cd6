"""The environment of a command: settings, clock, time zone, store and terminal."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path

from tasktimer.cli.streams import interrupts, print_message
from tasktimer.config.actors import ActorResolver
from tasktimer.config.settings import Settings, parse_user
from tasktimer.config.timezones import get_zone
from tasktimer.core.local_time import current_second
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import StoreHandle

Clock = Callable[[tzinfo], datetime]


class Context:
    """The environment of a command. Each part is created on first use, so --help works even with invalid settings."""

    def __init__(self, clock: Clock, arguments: Sequence[str] = ()) -> None:
        self._clock = clock
        self.arguments = arguments
        self.database: str | None = None  # the value of --database

    @cached_property
    def settings(self) -> Settings:
        """The settings from --database, the environment and the config file."""
        return Settings(os.environ, self.database)

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone used to interpret and show dates and times."""
        return self.settings.zone

    def find_zone(self, name: str | None) -> tzinfo:
        """Return the time zone with this name, or `zone` if the name is None."""
        return self.zone if name is None else self.settings.apply_calendar(get_zone(name))

    @cached_property
    def now(self) -> datetime:
        """The current second in `zone`, read once so that it does not change while the command runs."""
        return current_second(self._clock, self.zone)

    @cached_property
    def store(self) -> StoreHandle:
        """The store, opened on first use."""
        return open_store(self.settings.database, interrupts=interrupts)

    def is_literal(self, word: str) -> bool:
        """Return whether a word follows `--` on the command line, and so has no special meaning."""
        return "--" in self.arguments and word in self.arguments[self.arguments.index("--") :]

    @property
    def is_terminal(self) -> bool:
        """Whether standard output is a terminal."""
        return sys.stdout is not None and sys.stdout.isatty()

    @property
    def is_interactive(self) -> bool:
        """Whether the user can be asked for confirmation."""
        # Questions are printed to standard error, because standard output is for results only.
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()

    def print_note(self, message: str, hint: str | None = None) -> None:
        """Print a note; commands in the hint use the database of this command."""
        if hint is not None and self.database is not None:
            from tasktimer.cli.repeated_options import repeat_options  # lazy: errors and hints

            hint = repeat_options(hint, self.arguments)
        print_message(message, hint, label="note")

    def resolve_user(self, option: str | None) -> ActorResolver:
        """Return an `ActorResolver` for the value of --user; `option=None` means that the option is not given."""
        user = None if option is None else parse_user(option)
        return ActorResolver(self.settings, user, find_user=self._find_user)

    def _find_user(self, name: str) -> int:
        from tasktimer.services.users import get_user_id  # lazy: most users are given by number, or not at all

        return get_user_id(self.store, name)

    def close(self) -> None:
        """Close the store if it was opened, and print notes about an ignored config file and an upgraded database."""
        if "settings" in vars(self):
            report_unreachable_config(self.settings)
        if "store" in vars(self):  # accessing self.store would open it
            self.store.close()
            report_upgrade_backup(self.store.name, self.store.backup_path)


def report_upgrade_backup(name: str, backup_path: Path | None) -> None:
    """Print a note with the path of the backup made before an upgrade; do nothing if the path is None."""
    if backup_path:
        print_message(f"{name} was upgraded; a copy of the old file is in {backup_path}", label="note")


def report_unreachable_config(settings: Settings) -> None:
    """Print a note if the config file was ignored because it is not accessible, except during completion."""
    if settings.unreachable_config and "_TASKTIMER_COMPLETE" not in os.environ:
        message = f"the config file {settings.unreachable_config} is ignored: permission denied for its folder"
        print_message(message, "set HOME to your own home directory", label="note")
