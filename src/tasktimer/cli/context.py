"""What a command reads from the world, once: settings, clock, zone, store, terminal."""

import os
import sys
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from tasktimer.cli.streams import interrupts, print_message
from tasktimer.config.settings import Settings, parse_user
from tasktimer.config.users import ActorResolver
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

    def resolve_user(self, option: str | None) -> ActorResolver:
        """Return what resolves the actor of this command from its --user option."""
        return ActorResolver(self.settings, None if option is None else parse_user(option))

    def close(self) -> None:
        """Let go of the store, if it was used."""
        if "settings" in vars(self):
            report_unreachable_config(self.settings)
        if "store" in vars(self):  # to ask for self.store would open one
            self.store.close()
            report_upgrade_backup(self.store)


def report_upgrade_backup(store: "StoreHandle") -> None:
    """Say that a file was upgraded on the way, and where it is as it was."""
    if store.backup_path:
        print_message(f"{store.name} was upgraded; a copy of the old file is in {store.backup_path}", label="note")


def report_unreachable_config(settings: Settings) -> None:
    """Say that a config file was left out, but not to a shell that asks for candidates."""
    if settings.unreachable_config and "_TASKTIMER_COMPLETE" not in os.environ:
        message = f"the config file {settings.unreachable_config} is ignored: permission denied for its folder"
        print_message(message, "set HOME to your own home directory", label="note")
