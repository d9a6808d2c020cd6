"""The last use of tokens, to the hour, which is written in the background so that no request waits for it."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from tasktimer.errors import Unavailable
from tasktimer.store.async_store import AsyncStore
from tasktimer.store.protocols import Store
from tasktimer.store.statements import tokens

# Of errors that do not end by themselves, such as those of a replica.
_LASTING_CODES = ("store-read-only", "store-unusable")

log = logging.getLogger("tasktimer.server")


class TokenUses:
    """The hours in which tokens were used; a process writes each of them once."""

    def __init__(self, store: AsyncStore) -> None:
        self._store = store
        self._hours: dict[int, int] = {}  # since 1970, by the ID of the token
        self._unwritten: dict[int, int] = {}
        self._changed = asyncio.Event()

    def record(self, token_id: int, now: datetime) -> None:
        """Record that a token is used."""
        hour = int(now.timestamp()) // 3600
        if self._hours.get(token_id) != hour:
            self._hours[token_id] = self._unwritten[token_id] = hour
            self._changed.set()

    async def run(self) -> None:
        """Write new uses as they are recorded, until the task is cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write the uses that have not been written yet."""
        hours, self._unwritten = self._unwritten, {}
        if not hours:
            return
        try:
            await self._store.write(partial(_write, hours))
        except Exception as error:  # requests do not depend on it
            if isinstance(error, Unavailable) and error.code in _LASTING_CODES:
                log.warning("cannot record the use of tokens: %s", error.message)  # try again in the next hour
                return
            log.exception("cannot record the use of tokens")
            for token_id in hours:  # the next request with the token tries again
                self._hours.pop(token_id, None)


def _write(hours: Mapping[int, int], store: Store) -> None:
    with store.write() as connection:
        for token_id, hour in sorted(hours.items()):
            tokens.record_use(connection, token_id, datetime.fromtimestamp(hour * 3600, UTC))
