"""The store itself."""

import os
from typing import TYPE_CHECKING

from tasktimer.api.session import Session

if TYPE_CHECKING:
    from tasktimer.core.facts import Info
    from tasktimer.tracker.copying import Backup


class Keeping(Session):
    """The methods about the file or database; a script seldom needs them, and imports nothing for them before."""

    def info(self) -> "Info":
        """What can be told of the store, which is neither created nor upgraded; what hinders is its `problem`."""
        from tasktimer.tracker.describing import describe

        return describe(self._store)

    def backup(self, path: str | os.PathLike[str] | None = None) -> "Backup":
        """Copy the file, whole and checked, while others use it: to a new file, into a folder, or beside the file.

        Raises:
            InvalidValue: the path cannot be one, or the database is not a file: that is left to pg_dump.
            NotFound: there is no file to copy.
            Conflict: the path exists.
            Unavailable: the file cannot be read, or the copy cannot be written; nothing is left of it.
        """
        from tasktimer.tracker.copying import back_up

        return back_up(self._settings.database, None if path is None else os.fspath(path), now=self.now())

    def upgrade(self) -> None:
        """Set up the store, or bring one of an older version to this one; a file is copied first.

        A file is upgraded by any use; this is for a PostgreSQL database, when everybody has this version.

        Raises:
            Unavailable: the store cannot be used.
        """
        self._store.upgrade()
