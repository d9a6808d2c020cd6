"""Write results that can be too long for memory piece by piece."""

import gc
from collections.abc import Iterable, Iterator

from tasktimer.cli.streams import HISTORY_HINT, output_lost_message, write_result
from tasktimer.errors import TasktimerError, Unavailable

_LENGTH = 65_536  # characters written at once


def write_pieces(pieces: Iterable[str], *, done: str | None, utf8: bool = False) -> None:
    """Write a result like `write_result`; the pieces can be read from the store meanwhile.

    Raises:
        BrokenPipeError: if the reader closed the pipe.
        Unavailable: if the result cannot be written, or not be read from the store.
    """
    write_result(_gathered(_explained(pieces, done)), done=done, utf8=utf8)


def _explained(pieces: Iterable[str], done: str | None) -> Iterator[str]:
    """Yield the pieces; an error after a change reports the change."""
    try:
        yield from pieces
    except TasktimerError as error:
        if done is None:
            raise
        raise Unavailable("output-failed", output_lost_message(done, error.message), HISTORY_HINT) from error


def _gathered(pieces: Iterable[str]) -> Iterator[str]:
    gathered: list[str] = []
    length = 0
    for piece in pieces:
        gathered.append(piece)
        length += len(piece)
        if length > _LENGTH:
            gc.enable()  # disabled for short commands
            yield "".join(gathered)
            gathered, length = [], 0
    yield "".join(gathered)
