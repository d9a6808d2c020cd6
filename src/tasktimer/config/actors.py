"""Resolution of a command's actors from its user option and the settings."""

from pathlib import Path

from tasktimer.config.settings import Settings
from tasktimer.core.task import ALL_USERS, Actor, AllUsers
from tasktimer.errors import InvalidValue

User = int | AllUsers


class ActorResolver:
    """The actors for a command, taken from its user option, the tracker's default user or the settings, in this order.

    For a private file, the default user is 1; a shared database requires a user.

    Properties raise InvalidValue if a user is required and not set, or if a single user is required and the user is
    "all".
    """

    def __init__(self, settings: Settings, option: User | None, default: User | None = None) -> None:
        self._settings = settings
        self._option = option
        self._default = default

    @property
    def owner(self) -> Actor:
        """The actor for commands that use only the user's own tasks, such as starting a task."""
        selected = self._selected()
        owner = Actor(None, 1 if selected is None else selected).owner
        return Actor(owner, owner)

    @property
    def author(self) -> Actor:
        """The actor for commands that use only the user's own history, such as undo; a default of "all" is ignored."""
        if self._option is not None:
            return self.owner
        user_id = self._acting_user()
        return Actor(user_id, user_id)

    @property
    def actor(self) -> Actor:
        """The actor for commands that change the tasks of the selected user, or of all users."""
        return Actor(self._acting_user(), self._selected() or ALL_USERS)

    @property
    def actor_for_ids(self) -> Actor:
        """The actor for commands that change tasks by ID: any user's tasks, unless the user option is given."""
        return Actor(self._acting_user(), self._option or ALL_USERS)

    @property
    def reader(self) -> Actor:
        """The actor for commands that read the tasks of the selected user, or of all users."""
        return Actor(None, self._selected() or ALL_USERS)

    @property
    def reader_for_ids(self) -> Actor:
        """The actor for commands that read tasks by ID: any user's tasks, unless the user option is given."""
        return Actor(self._find_acting_user(), self._option or ALL_USERS)

    def _selected(self) -> User | None:
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
        """Return the first user that is set and is not "all", or else 1 for a file and None for a shared database."""
        for user in (self._option, self._default):
            if isinstance(user, int):
                return user
        if isinstance(self._settings.user, int):  # last, because a user option overrides an invalid setting
            return self._settings.user
        return 1 if isinstance(self._settings.database, Path) else None


def _no_user() -> InvalidValue:
    return InvalidValue("missing-user", "a user is required for a shared database")
