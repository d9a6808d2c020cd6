"""Resolution of a command's actors from its user option and the settings."""

from collections.abc import Callable
from pathlib import Path

from tasktimer.config.settings import Settings
from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Actor, AllUsers
from tasktimer.errors import InvalidValue, NotFound

# Annotations with an optional user are quoted, here and in settings: evaluating them takes 0.1 million instructions.
User = int | str  # a user ID, a user name or "all"


class ActorResolver:
    """The actors for a command, taken from its user option, the tracker's default user or the settings, in this order.

    If none of them sets a user, a command that needs one acts as the only user of the file. A shared database requires
    a user to be set.

    Properties raise InvalidValue if a user is required but not set, or if a single user is required and the user is
    "all", and UserNotFound if no user has the name that is set; `find_user` returns the ID of a user name.
    """

    def __init__(
        self,
        settings: Settings,
        option: "User | None",
        default: "User | None" = None,
        *,
        find_user: Callable[[str], int],
    ) -> None:
        self._settings = settings
        self._given = option
        self._default = default
        self._find_user = find_user

    @property
    def owner(self) -> Actor:
        """The actor for commands that use only the user's own tasks, such as starting a task."""
        selected = self._selected()
        if selected is None:
            return Actor(DEFAULT_USER, DEFAULT_USER)
        owner = Actor(None, selected).owner
        return Actor(owner, owner)

    @property
    def author(self) -> Actor:
        """The actor for commands that use only the user's own history, such as undo; a default of "all" is ignored."""
        if self._given is not None:
            return self.owner
        user_id = self._acting_user()
        return Actor(user_id, user_id)

    @property
    def author_for_ids(self) -> Actor:
        """The actor for undoing commands by ID; in a file, the commands can be any user's if no single user is set."""
        author = self.author
        return Actor(DEFAULT_USER, ALL_USERS) if author.tasks_of == DEFAULT_USER else author

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

    @property
    def _option(self) -> "int | AllUsers | None":
        return self._find_id(self._given)

    def _find_id(self, user: "User | None") -> "int | AllUsers | None":
        if user is None or isinstance(user, int):
            return user
        return ALL_USERS if user == ALL_USERS else self._find_user(user)

    def _set_user(self) -> "int | AllUsers | None":
        """Return the user in the settings; errors start with the origin of the setting."""
        try:
            return self._find_id(self._settings.user)
        except NotFound as error:
            raise NotFound(error.code, f"{self._settings.origin('user')}: {error.message}", error.hint) from None

    def _selected(self) -> "int | AllUsers | None":
        user = self._find_id(self._given or self._default) or self._set_user()
        if user is None and not isinstance(self._settings.database, Path):
            raise _no_user()
        return user

    def _acting_user(self) -> int:
        user = self._find_acting_user()
        if user is None:
            raise _no_user()
        return user

    def _find_acting_user(self) -> int | None:
        """Return the first user that is set and is not "all".

        If there is no such user, return DEFAULT_USER for a file, or None for a shared database.
        """
        for user in map(self._find_id, (self._given, self._default)):
            if isinstance(user, int):
                return user
        user = self._set_user()  # last, because a user option overrides an invalid setting
        if isinstance(user, int):
            return user
        return DEFAULT_USER if isinstance(self._settings.database, Path) else None


def _no_user() -> InvalidValue:
    return InvalidValue("missing-user", "a user is required for a shared database")
