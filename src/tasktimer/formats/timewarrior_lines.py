"""The lines of Timewarrior's data files: `inc START - END # TAG "TAG OF SEVERAL WORDS" # "ANNOTATION"`."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tasktimer.errors import quote_value
from tasktimer.formats.rows import Rejection

_TIME = "[0-9]{8}T[0-9]{6}Z"
_WHOLE_TIME = re.compile(_TIME)
# Timewarrior separates words by ASCII spaces only; a tag can contain a no-break space.
_SPACES = " \t\n\r\f\v"
_LINE = re.compile(rf"inc\s++({_TIME})(?:\s++-\s++({_TIME}))?(?:\s++#(?:\s++(.+))?)?", re.ASCII)
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|\'(?:[^\'\\]++|\\.)*+\'|\S+', re.ASCII)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|U\+([0-9a-fA-F]{4})|\\(.)")
_CONTROL_CHARACTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_CODE_POINT = re.compile(r"U\+(?=[0-9a-fA-F]{4})")
# Timewarrior puts tags with these characters in quotes. A line that differs from what it writes cannot be changed with
# `timew`, so that other quotes are used only if Timewarrior would read a tag incorrectly.
_QUOTED = re.compile(r"""["+\-/()<^!=~_%\s]|^'|^[0-9].*[*>]""", re.ASCII)


def split_line(line: str) -> tuple[datetime, datetime | None, str]:
    """Return the start, the end, and what follows the first `#`: tags and an annotation.

    Raises:
        Rejection: if the line is not an interval.
    """
    match = _LINE.fullmatch(line.strip(_SPACES))
    if match is None:
        raise Rejection(_find_problem(line))
    start, end, text = match.groups()
    return _to_instant(start), None if end is None else _to_instant(end), text or ""


def parse_time(text: str) -> datetime:
    """Return an instant such as `20240301T080000Z`; 24:00 is the next day's 0:00."""
    if _WHOLE_TIME.fullmatch(text) is None:
        raise Rejection(f"invalid time {quote_value(text)}")
    return _to_instant(text)


def split_labels(text: str) -> tuple[list[str], str | None]:
    """Return the tags of a line, and its annotation if it has one."""
    tokens = [_decode(token) if token[0] in "\"'" else token for token in _TOKEN.findall(text)]
    if "#" not in tokens:
        return tokens, None
    place = tokens.index("#")
    return tokens[:place], " ".join(tokens[place + 1 :])


def format_line(start: datetime, end: datetime | None, tags: Iterable[str], annotation: str | None) -> str:
    """Return a line with its line ending; times are in UTC."""
    return " ".join(_parts(start, end, sorted(set(tags)), annotation)) + "\n"


def _parts(start: datetime, end: datetime | None, tags: list[str], annotation: str | None) -> Iterator[str]:
    yield f"inc {_format_time(start)}"
    if end is not None:
        yield f"- {_format_time(end)}"
    if tags or annotation:
        yield "#"
    yield from (_quote(tag) if _QUOTED.search(tag) else tag for tag in tags)
    if annotation:
        yield f"# {_quote(annotation)}"


def _format_time(time: datetime) -> str:
    # strftime does not write years before 1000 with four digits on all systems.
    return time.replace(tzinfo=None).isoformat(timespec="seconds").replace("-", "").replace(":", "") + "Z"


def _quote(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + _CODE_POINT.sub(r"U\\+", text) + '"'


def _to_instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _parse_midnight(text)


def _parse_midnight(text: str) -> datetime:
    """Return the end of a day such as `20240301T240000Z`."""
    try:
        if text[9:] == "240000Z":
            return datetime.fromisoformat(f"{text[:8]}T000000Z") + timedelta(days=1)
    except (ValueError, OverflowError):
        pass
    raise Rejection(f"invalid time {quote_value(text)}")


def _decode(token: str) -> str:
    """Return the text of a token that starts with a quotation mark, without quotes and escapes."""
    if len(token) < 2 or token[-1] != token[0]:
        if token.startswith('"'):
            raise Rejection("a quotation mark is not closed")
        return token
    text = token[1:-1]
    return _ESCAPE.sub(_decode_escape, text) if "\\" in text or "U+" in text else text


def _decode_escape(match: re.Match[str]) -> str:
    if match[3] is None:
        return chr(int(match[1] or match[2], 16))
    return _CONTROL_CHARACTERS.get(match[3], match[3])


def _find_problem(line: str) -> str:
    """Return why a line is not an interval."""
    match line.split():
        case ["inc"] | ["inc", "#", *_]:
            return "the start is missing"
        case ["inc", start, *_] if not _WHOLE_TIME.fullmatch(start):
            return f"invalid time {quote_value(start)}"
        case ["inc", _, "-"] | ["inc", _, "-", "#", *_]:
            return "the end is missing"
        case ["inc", _, "-", end, *_] if not _WHOLE_TIME.fullmatch(end):
            return f"invalid time {quote_value(end)}"
    return "it is not an interval"
