"""A connection that waits for the server only when a statement returns rows, or when a transaction is committed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import psycopg

_MOST_ROWS = 1_000  # in the queue


class QueueingConnection(psycopg.Connection[Any]):
    """A connection that sends statements that return no rows together with the next one that does, in one round trip.

    If such a statement fails, the next one that returns rows, or the commit, raises its error. Transactions start with
    `begin`, because psycopg waits for the answer to its own BEGIN.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: list[tuple[str, Sequence[Mapping[str, Any]] | None]] = []

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        """Connect to a database with the arguments of psycopg."""
        return super().connect(*args, **kwargs, autocommit=True)

    def begin(self) -> None:
        """Start a transaction with the connection's isolation level."""
        level = psycopg.IsolationLevel(self.isolation_level or psycopg.IsolationLevel.READ_COMMITTED)
        self._queue.append((f"BEGIN ISOLATION LEVEL {level.name.replace('_', ' ')}", None))

    def queue(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement that returns no rows, once for each item of `rows`."""
        self._queue.append((statement, rows))
        if sum(len(queued or ()) for _, queued in self._queue) > _MOST_ROWS:
            with self._sending_queue():
                pass

    def run(self, cursor: psycopg.Cursor[Any], statement: str, parameters: Any = None) -> None:
        """Run a statement whose rows the cursor returns."""
        if self._queue:
            with self._sending_queue():
                cursor.execute(statement, parameters)
        else:
            cursor.execute(statement, parameters)

    def commit(self) -> None:
        """Commit the transaction, or roll it back if that fails."""
        if self._queue:
            try:
                self.run(self.cursor(), "COMMIT")
            except psycopg.Error:
                # PostgreSQL has not reached the COMMIT. SQLAlchemy assumes that no transaction is open afterwards.
                if not self.closed:
                    self.rollback()
                raise
        super().commit()

    def rollback(self) -> None:
        """Roll the transaction back, without the statements that have not been sent."""
        self._queue.clear()
        super().rollback()

    @contextmanager
    def _sending_queue(self) -> Iterator[None]:
        """Send the statements in the queue in one round trip with those that the block executes."""
        first: BaseException | None = None
        try:
            with self.pipeline():
                try:
                    self._send_queue()
                    yield
                except BaseException as error:  # noqa: BLE001 (raised below)
                    # If psycopg knew of it, it would log that PostgreSQL skipped the statements that follow.
                    first = error
        except psycopg.Error as error:
            raise first or error from None
        if first is not None:
            raise first

    def _send_queue(self) -> None:
        queue, self._queue = self._queue, []
        for statement, rows in queue:
            if rows is None or len(rows) == 1:
                self.execute(statement, rows and rows[0])
            else:
                self.cursor().executemany(statement, rows)
