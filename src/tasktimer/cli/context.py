"""What a command reads from the world, once: settings, clock, zone, store, terminal."""

import os
import sys
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from tasktimer.cli.streams import interrupts, print_message
from tasktimer.config import users
from tasktimer.config.settings import Settings, parse_user
from tasktimer.store.factory import open_store

if TYPE_CHECKING:
    from tasktimer.store.protocols import StoreHandle

Clock = Callable[[tzinfo], datetime]


class Context:
    """The world of one command; nothing is read before it is asked for, so that --help always works."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.database: str | None = None  # as the flag gave it

    @cached_property
    def settings(self) -> Settings:
        """What the environment and the config file say."""
        return Settings(os.environ, self.database)

    @cached_property
    def zone(self) -> tzinfo:
        """The zone in which days are cut and times are read."""
        return self.settings.zone

    @cached_property
    def now(self) -> datetime:
        """The moment of this command, in that zone."""
        return self._clock(self.zone)

    @cached_property
    def store(self) -> "StoreHandle":
        """Where the tasks are."""
        return open_store(self.settings.database, interrupts=interrupts)

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees standard output."""
        return sys.stdout is not None and sys.stdout.isatty()

    @property
    def is_interactive(self) -> bool:
        """Whether a person can be asked."""
        # Questions go to standard error: standard output has results alone.
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()

    def owner(self, flag: str | None) -> int:
        """The user whom a new task belongs to: of the flag, else of the settings, else 1 in a file of one's own."""
        return users.owner(self.settings, _parsed(flag))

    def whose(self, flag: str | None) -> int | None:
        """The user whose tasks are meant: of the flag, else of the settings; None is every user."""
        return users.whose(self.settings, _parsed(flag))

    def owner_of_ids(self, flag: str | None) -> int | None:
        """The user to whom the tasks that are named by their ids must belong: only the flag restricts them."""
        return None if flag is None else self.whose(flag)

    def author(self, flag: str | None) -> int:
        """The user who gives a command, for the journal: as `owner`, but `all` says only whose tasks are meant."""
        return users.author(self.settings, _parsed(flag))

    def find_author(self, flag: str | None) -> int | None:
        """The same, where nothing is journalled; None where nobody is named."""
        return users.find_author(self.settings, _parsed(flag))

    def whose_commands(self, flag: str | None) -> int:
        """The user whose own commands are meant: of the flag, which cannot be all, else who gives commands."""
        return users.whose_commands(self.settings, _parsed(flag))

    def close(self) -> None:
        """Let go of the store, if it was used."""
        if "settings" in vars(self):
            report_unreachable_config(self.settings)
        if "store" in vars(self):  # to ask for self.store would open one
            self.store.close()
            report_upgrade_backup(self.store)


def _parsed(flag: str | None) -> users.User | None:
    return None if flag is None else parse_user(flag)


def report_upgrade_backup(store: "StoreHandle") -> None:
    """Say that a file was upgraded on the way, and where it is as it was."""
    if store.backup_path:
        print_message(f"{store.name} is upgraded; as it was before, it is kept in {store.backup_path}", label="note")


def report_unreachable_config(settings: Settings) -> None:
    """Say that a config file was left out, but not to a shell that asks for candidates."""
    if settings.unreachable_config and "_TASKTIMER_COMPLETE" not in os.environ:
        message = f"the config file {settings.unreachable_config} is ignored: permission denied for its folder"
        print_message(message, "set HOME to your own home directory", label="note")
