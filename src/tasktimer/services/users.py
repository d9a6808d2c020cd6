"""Services that give names to users, and find users by name."""

from tasktimer.core.user import User, validate_user_name
from tasktimer.errors import ConcurrentUpdate, Conflict, NotFound, find_closest_match, quote_value
from tasktimer.services.transaction import retry_on_conflict
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import users


class UserNotFound(NotFound):
    """The error for a name that no user has."""

    def __init__(self, name: str, match: str | None) -> None:
        hint = None if match is None else f"did you mean {quote_value(match)}?"
        super().__init__("user-not-found", f"there is no user named {quote_value(name)}", hint)


@retry_on_conflict
def add_user(store: Store, name: str, user_id: int | None = None) -> User:
    """Give a name to a user, by default to a new one, whose number is one above the highest; return the user.

    Raises:
        InvalidValue: if the name is invalid.
        Conflict: if a user has this name, or the user already has another name.
    """
    validate_user_name(name)
    with store.write(create=True) as connection:
        _check_unused(connection, name)
        if user_id is not None and (other := users.find_name(connection, user_id)) is not None:
            raise Conflict("user-has-name", f"user {user_id} is already named {quote_value(other)}")
        user = User(_next_number(connection) if user_id is None else user_id, name)
        if not users.insert_user(connection, user):
            raise ConcurrentUpdate
    return user


@retry_on_conflict
def rename_user(store: Store, name: str, new_name: str) -> User:
    """Change the name of a user, and return the user.

    Raises:
        InvalidValue: if the new name is invalid.
        UserNotFound: if no user has the old name.
        Conflict: if a user has the new name.
    """
    validate_user_name(new_name)
    user_id = get_user_id(store, name)
    with store.write() as connection:
        _check_unused(connection, new_name)
        if not users.rename_user(connection, user_id, new_name):
            raise ConcurrentUpdate
    return User(user_id, new_name)


def list_users(store: Store) -> list[User]:
    """Return the users who have a name, a task, a journal entry or a token, sorted by number."""
    with store.read() as connection:
        return users.all_users(connection)


def get_user_id(store: Store, name: str) -> int:
    """Return the number of the user with a name, or raise UserNotFound."""
    with store.read() as connection:
        user_id = users.find_user(connection, name)
        if user_id is None:
            names = (user.name for user in users.all_users(connection))
            raise UserNotFound(name, find_closest_match(name, filter(None, names)))
    return user_id


def find_user_name(store: Store, user_id: int) -> str | None:
    """Return the name of a user, or None if the user has none."""
    with store.read() as connection:
        return users.find_name(connection, user_id)


def _check_unused(connection: Connection, name: str) -> None:
    if (user_id := users.find_user(connection, name)) is not None:
        raise Conflict("user-name-taken", f"user {user_id} is already named {quote_value(name)}")


def _next_number(connection: Connection) -> int:
    return max((user.id for user in users.all_users(connection)), default=0) + 1
