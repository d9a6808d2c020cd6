"""The errors for commands that cannot be undone or redone, whatever their tasks are like now."""

from tasktimer.core.journal import JournalEntry
from tasktimer.errors import Conflict, NotFound


class NothingToUndo(Conflict):
    """The error for a command that does not exist, or that cannot be undone or redone."""


class CommandNotFound(NotFound):
    """The error for a command that is not in the history or, if a user is given, in that user's history."""

    def __init__(self, entry_id: int, user_id: int | None = None) -> None:
        self.entry_id = entry_id
        owner = "" if user_id is None else f" of user {user_id}"
        super().__init__("command-not-found", f"there is no command {entry_id}{owner} in the history")


class CommandOfOtherUser(NothingToUndo):
    """The error for a command that belongs to another user."""

    def __init__(self, entry: JournalEntry, *, selected: int) -> None:
        self.entry_id = entry.id
        message = f"command {entry.id} ({entry.name}) belongs to user {entry.user_id}, not to user {selected}"
        super().__init__("command-of-other-user", message, "undo only your own commands")


class TasksOfOtherUsers(NothingToUndo):
    """The error for a command that changed tasks of users other than its own."""

    def __init__(self, entry: JournalEntry, name: str) -> None:
        message = f"command {entry.id} ({entry.name}) changed tasks of other users"
        super().__init__("tasks-of-other-users", message, f"ask an administrator to {name} it")


class NotEnoughEntries(NothingToUndo):
    """The error for a request to undo or redo more commands than are available."""

    def __init__(self, name: str, available: int, count: int, *, user_id: int) -> None:
        noun = "command" if available == 1 else "commands"
        message = f"user {user_id} has only {available} {noun} to {name}, not {count}"
        super().__init__("too-few-commands", message, "use a smaller number; nothing was changed")
