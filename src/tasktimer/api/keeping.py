"""The store itself."""

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from tasktimer.api.session import Session, User, checked_ids

if TYPE_CHECKING:
    from tasktimer.core.store_info import Info
    from tasktimer.core.token import Token
    from tasktimer.services.backup import Backup
    from tasktimer.store.sqlite.restore import Restored


class Keeping(Session):
    """The methods about the file or database; a script seldom needs them, and imports nothing for them before."""

    def info(self) -> "Info":
        """What can be told of the store, which is neither created nor upgraded; what hinders is its `problem`."""
        from tasktimer.services.info import store_info

        return store_info(self._store)

    def backup(self, path: str | os.PathLike[str] | None = None) -> "Backup":
        """Copy the store, whole and checked, while others use it: to a new file, or into a folder.

        Without a path the copy of a file is beside it, that of a PostgreSQL database, for `pg_restore`, in the
        working folder.

        Raises:
            InvalidValue: the path cannot be one.
            NotFound: there is nothing to copy.
            Conflict: the path exists.
            Unavailable: the store cannot be read, there is no pg_dump for it, or the copy cannot be written; nothing is
                left of it.
        """
        from tasktimer.services.backup import back_up

        return back_up(self._settings.database, None if path is None else os.fspath(path), now=self.now())

    def restore(self, path: str | os.PathLike[str]) -> "Restored":
        """Replace the content of the file with that of a backup, which is checked first; what was there is kept.

        Return where it is `kept` (None if there was nothing), and the `revived` tokens: those revoked after the backup
        was made, which are valid again (None if the file could not be read).

        Raises:
            InvalidValue: the path cannot be one.
            NotFound: there is no such backup.
            Conflict: it is the file itself, or a part of it is in a journal; or the store is a PostgreSQL database.
            Unavailable: the backup is not whole, not of tasktimer, or of a newer version; a server uses the file; or
                the file cannot be written.
        """
        from tasktimer.services.restore import open_restore

        with open_restore(self._settings.database, os.fspath(path)) as ready:
            return ready.carry_out(now=self.now())

    def upgrade(self) -> None:
        """Set up the store, or bring one of an older version to this one; a file is copied first.

        A file is upgraded by any use; this is for a PostgreSQL database, when everybody has this version.

        Raises:
            Unavailable: the store cannot be used.
        """
        self._store.upgrade()

    def create_token(
        self,
        *,
        name: str | None = None,
        expires_in: timedelta | None = None,
        admin: bool = False,
        user: User | None = None,
    ) -> "tuple[Token, str]":
        """Create a token for a user of a server; gives it and its secret, which cannot be had again.

        It is good until it is revoked, or for a length of time. An admin's token may act for every user.

        Raises:
            InvalidValue: the name or the length cannot be one.
        """
        from tasktimer.core.token import expiry_after
        from tasktimer.services import tokens as tokens_service

        now = self.now()
        expiry_time = None if expires_in is None else expiry_after(expires_in, now)
        return tokens_service.create_token(
            self._store, user_id=self._owner(user), admin=admin, name=name, expiry_time=expiry_time, now=now
        )

    def tokens(self, *, user: User | None = None) -> "list[Token]":
        """The tokens, by id, without their secrets; the revoked and the expired ones are among them."""
        from tasktimer.services import tokens as tokens_service

        return tokens_service.list_tokens(self._store, user_id=self._whose(user))

    def revoke_tokens(self, *ids: int) -> "list[Token]":
        """End these tokens, all or none; a server refuses them from now on.

        Raises:
            NotFound: there is no such token.
            Conflict: one is revoked already.
        """
        from tasktimer.services import tokens as tokens_service

        return tokens_service.revoke_tokens(self._store, checked_ids(ids, noun="token"), now=self.now())
