"""JSON lists and JSON lines, read one value at a time."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

from tasktimer.formats.reading import Item
from tasktimer.formats.source import MAX_LINE, Source

_SPACES = re.compile(r"[ \t\r\n]*")
_DECODER = JSONDecoder()


def list_values(source: Source, noun: str, pieces: Iterator[str] | None = None) -> Iterator[tuple[Item, Any]]:
    """Yield the values of a JSON list; their places are `noun` and their number, from 1 on.

    Pass `pieces` if the list is only a part of the file.

    Raises:
        InvalidValue: if the file is not a JSON list, or contains a value longer than MAX_LINE.
    """
    text = _Text(source, pieces)
    if text.take() != "[":
        raise source.error("it is not a JSON list")
    if text.peek() == "]":
        text.take()
    else:
        number, mark = 0, ","
        while mark == ",":
            number += 1
            raw, value = text.value(f"{noun} {number:,}")
            yield Item(f"{noun} {number:,}", raw), value
            mark = text.take()
        if mark != "]":
            raise source.error(f"the JSON list is not closed after {noun} {number:,}")
    if rest := text.peek():
        raise source.error(f"{rest!r} follows the JSON list")


def single_value(source: Source, noun: str) -> tuple[Item, Any]:
    """Return the only value of a file; its place is `noun`.

    Raises:
        InvalidValue: if the file does not contain exactly one value, or if it is longer than MAX_LINE.
    """
    text = _Text(source)
    raw, value = text.value(noun)
    if rest := text.peek():
        raise source.error(f"{rest!r} follows the {noun}")
    return Item(noun, raw), value


def line_values(source: Source) -> Iterator[tuple[Item, Any]]:
    """Yield the value of each line of JSON; skip blank lines.

    Raises:
        InvalidValue: if a line is not valid JSON.
    """
    for number, line in source.lines():
        if text := line.strip():
            try:
                value, end = _DECODER.raw_decode(text)  # takes four fifths of the time of `decode`
                if end < len(text):
                    raise JSONDecodeError("Extra data", text, end)
            except (ValueError, RecursionError) as error:
                raise source.error(f"line {number:,} is not valid JSON: {_reason(error)}") from None
            yield Item(f"line {number:,}", text), value


class _Text:
    """The text of a file, of which only the current value is in memory."""

    def __init__(self, source: Source, pieces: Iterator[str] | None = None) -> None:
        self._source = source
        self._pieces = source.pieces() if pieces is None else pieces
        self._text = ""
        self._position = 0

    def peek(self) -> str:
        """Return the next character that is not a space, or an empty string at the end."""
        while True:
            self._position = _SPACES.match(self._text, self._position).end()  # type: ignore[union-attr]  # may be empty
            if self._position < len(self._text):
                return self._text[self._position]
            if not self._read_more():
                return ""

    def take(self) -> str:
        """Return the next character that is not a space, and move past it."""
        character = self.peek()
        self._position += 1
        return character

    def value(self, place: str) -> tuple[str, Any]:
        """Return the text of the next value, and the value, and move past it."""
        self.peek()
        while True:
            reason = None
            try:
                value, end = _DECODER.raw_decode(self._text, self._position)
            except (ValueError, RecursionError) as error:
                value, end, reason = None, len(self._text), _reason(error)
            # At the end of the text, a number might continue.
            if end == len(self._text) and self._read_more():
                continue
            if reason is not None:
                raise self._source.error(f"{place} is not valid JSON: {reason}")
            raw = self._text[self._position : end]
            self._position = end
            return raw, value

    def _read_more(self) -> bool:
        """Append the next pieces to the text that has not been used yet; return whether there is one."""
        rest = self._text[self._position :]
        if len(rest) > MAX_LINE:
            raise self._source.error(f"a value is longer than {MAX_LINE:,} characters")
        added: list[str] = []
        length = 0
        for piece in self._pieces:
            added.append(piece)
            length += len(piece)
            # A long value is decoded again after each call: unless its text doubles, this takes quadratic time.
            if length > len(rest):
                break
        self._text, self._position = rest + "".join(added), 0
        return bool(added)


def _reason(error: ValueError | RecursionError) -> str:
    if not isinstance(error, JSONDecodeError):
        return str(error)
    # The position that follows these words is that within the value.
    return error.msg.lower().removesuffix(" starting at").removesuffix(" at")
