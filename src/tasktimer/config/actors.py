"""The actors of a command, from its user option and the settings."""

from pathlib import Path

from tasktimer.config.settings import Settings
from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Actor, AllUsers
from tasktimer.errors import InvalidValue

# Annotations with an optional user are quoted, here and in settings: to evaluate them takes 0.1 million instructions.
User = int | AllUsers


class ActorResolver:
    """The actors of a command, derived from its user option, else the tracker's default, else the settings.

    If none of them names a user, a command that needs one acts as the only user of a file. A shared database requires a
    user.

    A property raises InvalidValue if it requires a user and no user is set, or if it requires a single user and the
    user is "all".
    """

    def __init__(self, settings: Settings, option: "User | None", default: "User | None" = None) -> None:
        self._settings = settings
        self._option = option
        self._default = default

    @property
    def owner(self) -> Actor:
        """The actor who accesses only their own tasks, as for a new task."""
        selected = self._selected()
        if selected is None:
            return Actor(DEFAULT_USER, DEFAULT_USER)
        owner = Actor(None, selected).owner
        return Actor(owner, owner)

    @property
    def author(self) -> Actor:
        """The actor who accesses only their own commands, as for undo; a default of "all" is ignored."""
        if self._option is not None:
            return self.owner
        user_id = self._acting_user()
        return Actor(user_id, user_id)

    @property
    def author_for_ids(self) -> Actor:
        """The actor who accesses commands selected by number; in a file, any user's if no single user is set."""
        author = self.author
        return Actor(DEFAULT_USER, ALL_USERS) if author.tasks_of == DEFAULT_USER else author

    @property
    def actor(self) -> Actor:
        """The actor who changes the tasks of the selected user, or of all users."""
        return Actor(self._acting_user(), self._selected() or ALL_USERS)

    @property
    def actor_for_ids(self) -> Actor:
        """The actor who changes tasks selected by ID; these may belong to any user, unless the option names one."""
        return Actor(self._acting_user(), self._option or ALL_USERS)

    @property
    def reader(self) -> Actor:
        """The actor who reads the tasks of the selected user, or of all users."""
        return Actor(None, self._selected() or ALL_USERS)

    @property
    def reader_for_ids(self) -> Actor:
        """The actor who reads tasks selected by ID; these may belong to any user, unless the option names one."""
        return Actor(self._find_acting_user(), self._option or ALL_USERS)

    def _selected(self) -> "User | None":
        user = self._option or self._default or self._settings.user
        if user is None and not isinstance(self._settings.database, Path):
            raise _no_user()
        return user

    def _acting_user(self) -> int:
        user = self._find_acting_user()
        if user is None:
            raise _no_user()
        return user

    def _find_acting_user(self) -> int | None:
        """Return the first user that is set and not "all"; else the default user of a file, or None for a database."""
        for user in (self._option, self._default):
            if isinstance(user, int):
                return user
        if isinstance(self._settings.user, int):  # read last: an invalid setting must not fail a command with an option
            return self._settings.user
        return DEFAULT_USER if isinstance(self._settings.database, Path) else None


def _no_user() -> InvalidValue:
    return InvalidValue("missing-user", "a user is required for a shared database")
