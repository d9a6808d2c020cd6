"""What a command reads from the world, once: settings, clock, zone, store, terminal."""

import os
import sys
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path

from tasktimer.cli.exits import report
from tasktimer.errors import InvalidValue
from tasktimer.settings import EVERY_USER, EveryUser, Settings, parse_user
from tasktimer.store import OwnedStore, open_store

Clock = Callable[[tzinfo], datetime]

USER_HINT = "give --user N, or set TASKTIMER_USER, or user in the config file"


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
    def store(self) -> OwnedStore:
        """Where the tasks are."""
        return open_store(self.settings.database)

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees standard output."""
        return sys.stdout is not None and sys.stdout.isatty()

    @property
    def is_interactive(self) -> bool:
        """Whether a person can be asked."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()

    def owner(self, flag: str | None) -> int:
        """The user whom a new task belongs to: of the flag, else of the settings, else 1 in a file of one's own."""
        user = self._user(flag)
        if user == EVERY_USER:
            raise InvalidValue("invalid-user", "a task belongs to one user, not to all", "give --user N")
        return 1 if user is None else user

    def whose(self, flag: str | None) -> int | None:
        """The user whose tasks are meant: of the flag, else of the settings; None is every user."""
        user = self._user(flag)
        return None if user is None or user == EVERY_USER else user

    def author(self, flag: str | None) -> int | None:
        """The user who gives a command, for the journal: as `owner`, and None where only `all` is said of a team."""
        for user in (None if flag is None else parse_user(flag), self.settings.user):
            if isinstance(user, int):
                return user
        return 1 if isinstance(self.settings.database, Path) else None

    def close(self) -> None:
        """Let go of the store, if it was used."""
        if "store" in vars(self):
            self.store.close()
            report_copy(self.store)

    def _user(self, flag: str | None) -> int | EveryUser | None:
        user = self.settings.user if flag is None else parse_user(flag)
        if user is None and not isinstance(self.settings.database, Path):
            raise InvalidValue("no-user", "a database that a team shares needs a user", USER_HINT)
        return user


def report_copy(store: OwnedStore) -> None:
    """Say that a file was upgraded on the way, and where it is as it was."""
    if store.copy:
        report(f"{store.name} is upgraded; as it was before, it is kept in {store.copy}", label="note")
