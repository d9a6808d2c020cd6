"""Results that may be too long for memory, written piece by piece."""

import gc
from collections.abc import Iterable, Iterator

from tasktimer.cli.streams import HISTORY_HINT, output_lost_message, write_result
from tasktimer.errors import TasktimerError, Unavailable

_LENGTH = 65_536  # of what is written at once


def write_pieces(pieces: Iterable[str], *, done: str | None, utf8: bool = False) -> None:
    """Write a result as `write_result` does; what it is made of may be read from the store meanwhile.

    Raises:
        BrokenPipeError: nobody reads it any more.
        Unavailable: it cannot be written, or not be read any more.
    """
    write_result(_gathered(_explained(pieces, done)), done=done, utf8=utf8)


def _explained(pieces: Iterable[str], done: str | None) -> Iterator[str]:
    """The same; where it is about what has been done already, an error says so."""
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
            gc.enable()  # a short command ends before garbage could matter; this one is not short
            yield "".join(gathered)
            gathered, length = [], 0
    yield "".join(gathered)
