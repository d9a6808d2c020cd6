"""Whose tasks are meant, and who gives a command: what was said, else what is set, else the one whose file it is."""

from pathlib import Path

from tasktimer.config.settings import ALL_USERS, AllUsers, Settings
from tasktimer.errors import InvalidValue

User = int | AllUsers


def owner(settings: Settings, said: User | None) -> int:
    """The user whom a new task belongs to: 1 in a file of one's own, when nothing else is said.

    Raises:
        InvalidValue: it is said to be all, or a database that a team shares is told of none.
    """
    user = _user(settings, said)
    if user == ALL_USERS:
        raise InvalidValue("invalid-user", "a task belongs to one user, not to all")
    return 1 if user is None else user


def whose(settings: Settings, said: User | None) -> int | None:
    """The user whose tasks are meant; None is every user.

    Raises:
        InvalidValue: a database that a team shares is told of none.
    """
    user = _user(settings, said)
    return None if user == ALL_USERS else user


def author(settings: Settings, *said: User | None) -> int:
    """The user who gives a command, for the journal: as `owner`, but `all` says only whose tasks are meant.

    Raises:
        InvalidValue: a database that a team shares is told of nobody.
    """
    user = find_author(settings, *said)
    if user is not None:
        return user
    raise InvalidValue("no-user", "a database that a team shares keeps who gives a command, and nobody is named")


def find_author(settings: Settings, *said: User | None) -> int | None:
    """The same, or None where nobody is named."""
    # Of "all" nobody gives a command.
    named = [user for user in (*said, settings.user) if isinstance(user, int)]
    if named:
        return named[0]
    return 1 if isinstance(settings.database, Path) else None


def whose_commands(settings: Settings, said: User | None, *otherwise: User | None) -> int:
    """The user whose own commands are meant: who is said, who cannot be all, else the one who gives commands.

    Raises:
        InvalidValue: it is said to be all, or a database that a team shares is told of nobody.
    """
    return author(settings, *otherwise) if said is None else owner(settings, said)


def _user(settings: Settings, said: User | None) -> User | None:
    user = settings.user if said is None else said
    if user is None and not isinstance(settings.database, Path):
        raise InvalidValue("no-user", "a database that a team shares needs a user")
    return user
