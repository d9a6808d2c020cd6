"""A psycopg connection that takes fewer round trips, because it queues statements that return no rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Self

import psycopg

_MAX_QUEUED_ROWS = 1_000


class QueueingConnection(psycopg.Connection[Any]):
    """A connection that queues statements without results, and sends them with the next statement that has one.

    At the latest, the COMMIT sends them. The error of a queued statement is raised by the call that sends it: `run`,
    `commit`, or `queue` if the queue is full. Begin transactions with `begin`: psycopg would wait for the answer to its
    own BEGIN.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: list[tuple[str, Sequence[Mapping[str, Any]] | None]] = []

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        """Connect to a database with the arguments of psycopg."""
        return super().connect(*args, **kwargs, autocommit=True)

    def begin(self) -> None:
        """Queue a BEGIN with the connection's isolation level."""
        assert self.isolation_level is not None
        self._queue.append((f"BEGIN ISOLATION LEVEL {self.isolation_level.name.replace('_', ' ')}", None))

    def queue(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Queue a statement that returns no rows, to be run once for each item of `rows`; send a full queue."""
        self._queue.append((statement, rows))
        if sum(len(queued or ()) for _, queued in self._queue) > _MAX_QUEUED_ROWS:
            with self._sending_queue():
                pass

    def run(self, cursor: psycopg.Cursor[Any], statement: str, parameters: Any = None) -> None:
        """Execute a statement with a cursor, after the statements in the queue."""
        if self._queue:
            with self._sending_queue():
                cursor.execute(statement, parameters)
        else:
            cursor.execute(statement, parameters)

    def commit(self) -> None:
        """Commit the transaction, or roll it back if that fails."""
        if not self._queue:
            super().commit()
            return
        try:
            self.run(self.cursor(), "COMMIT")
        except psycopg.Error:
            # If a queued statement failed, the transaction is still open, but SQLAlchemy regards it as ended.
            if not self.closed:
                self.rollback()
            raise
        except BaseException:
            self.close()  # it is not known which statements were sent
            raise

    def rollback(self) -> None:
        """Roll the transaction back, and forget the statements that have not been sent."""
        self._queue.clear()
        super().rollback()

    @contextmanager
    def _sending_queue(self) -> Iterator[None]:
        """Send the statements in the queue in one round trip with those that the block executes."""
        first: BaseException | None = None
        try:
            # libpq has pipelines since PostgreSQL 14; without them, each statement takes a round trip.
            with self.pipeline() if psycopg.Pipeline.is_supported() else nullcontext():
                try:
                    self._send_queue()
                    yield
                except BaseException as error:  # noqa: BLE001 (raised below)
                    # Not raised in the pipeline: psycopg would log a warning for the errors that follow from this one.
                    first = error
        except psycopg.Error as error:
            if self.pgconn.pipeline_status:  # some results have not been read
                self.close()
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
