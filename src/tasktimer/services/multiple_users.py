"""The error for a command that must specify a user because the file has several users."""

from tasktimer.errors import InvalidValue, format_users
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import statistics


def multiple_users_error(connection: Connection) -> InvalidValue:
    """Return an error that names the users or, if there are many, the first few."""
    users = statistics.users(connection)
    message = f"a user is required, because the file has several users: {format_users(users)}"
    return InvalidValue("multiple-users", message, context={"users": users})
