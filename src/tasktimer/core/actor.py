"""The user who acts, and the users whose tasks they may access."""

from typing import Final, Literal, NamedTuple

from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue, TaskOfOtherUser

AllUsers = Literal["all"]
ALL_USERS: Final = "all"


class Actor(NamedTuple):
    """The user who acts, and the user whose tasks they may access, or all users.

    The history records `user_id`. Without one, a change is recorded for the user whose task it changes.
    """

    user_id: int | None
    tasks_of: int | AllUsers

    @property
    def tasks_of_user(self) -> int | None:
        """The user whose tasks may be accessed; None means all users."""
        return None if self.tasks_of == ALL_USERS else self.tasks_of

    @property
    def owner(self) -> int:
        """The user who owns a new task.

        Raises:
            InvalidValue: if the actor may access the tasks of all users.
        """
        if self.tasks_of == ALL_USERS:
            raise InvalidValue("invalid-user", "a single user is required, not all")
        return self.tasks_of

    def check_access(self, task: Task) -> None:
        """Raise an error unless the actor may access the task.

        Raises:
            TaskOfOtherUser: if the task belongs to another user.
        """
        if self.tasks_of not in (ALL_USERS, task.user_id):
            raise TaskOfOtherUser(task.id, owner=task.user_id, asked=self.owner)
