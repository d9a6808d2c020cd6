"""A task, and what makes an id, a user, a description and a duration valid."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tasktimer.core.interval import Interval, Window, intersect
from tasktimer.errors import InvalidValue, quote_value

MAX_INTEGER = 2**63 - 1
MAX_DESCRIPTION_LENGTH = 10_000
MAX_DURATION = date.max - date.min

# Patterns are compiled when they are used, and kept by re: most commands need few of them, and start faster.
_INTEGER = r"[0-9]{1,19}"
_SURROGATE = r"[\ud800-\udfff]"
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all but tab and newline


@dataclass(frozen=True, slots=True)
class Task:
    """A stored record of work: instants are aware and in UTC; no end_time means that it is running."""

    id: int
    user_id: int
    description: str
    start_time: datetime
    end_time: datetime | None
    project: str | None = None
    tags: tuple[str, ...] = ()  # in order, none twice
    note: str | None = None

    @property
    def running(self) -> bool:
        """Whether it has no end yet."""
        return self.end_time is None

    def interval(self, now: datetime) -> Interval:
        """Its interval, a running one up to now; one that starts after now (a clock set back) is empty."""
        return Interval(self.start_time, max(now, self.start_time) if self.end_time is None else self.end_time)

    def time_spent(self, window: Window, now: datetime) -> timedelta:
        """How much of its interval lies in a window."""
        if self.end_time is not None and window.start <= self.start_time and self.end_time <= window.end:
            return self.end_time - self.start_time  # as of nearly all, thousands of them in a month
        part = intersect(self.interval(now), window)
        return timedelta() if part is None else part.duration


def parse_id(text: str) -> int:
    """Read the id of a task: an integer from 1 that fits 64 bits."""
    return parse_positive(text, noun="task id", code="invalid-id")


def parse_user_id(text: str) -> int:
    """Read the id of a user: an integer from 1 that fits 64 bits."""
    return parse_positive(text, noun="user", code="invalid-user")


def validate_description(text: str) -> None:
    """Refuse text that cannot be a description.

    Raises:
        InvalidValue: it is blank, too long, undecodable or has control characters other than tab and newline.
    """
    validate_text(text, "description", longest=MAX_DESCRIPTION_LENGTH)


def validate_duration(duration: timedelta) -> None:
    """Refuse a duration that no task can have.

    Raises:
        InvalidValue: it is negative, or longer than the calendar.
    """
    if timedelta() <= duration <= MAX_DURATION:
        return
    from tasktimer.core.timeformat import format_duration

    if duration < timedelta():
        message, hint = f"the duration -{format_duration(-duration)} is negative", "give one of zero or more"
    else:
        message, hint = f"the duration {format_duration(duration)} is too long", "give a shorter one"
    raise InvalidValue("invalid-duration", message, hint)


def validate_text(text: str, noun: str, *, longest: int) -> None:
    """Refuse text that cannot be shown; the noun says in the refusal what it was to be.

    Raises:
        InvalidValue: it is blank, too long, undecodable or has control characters other than tab and newline.
    """
    if len(text) > longest:
        raise InvalidValue(
            f"{noun}-too-long",
            f"the {noun} has {len(text):,} characters",
            f"{longest:,} are the most that it may have",
        )
    if found := re.search(_SURROGATE, text):
        raise InvalidValue(
            f"undecodable-{noun}",
            f"the {noun} holds something that is not text: {found[0]!r} at character {found.start() + 1}",
            "is it in the encoding of your locale (UTF-8 is best)?",
        )
    if found := re.search(_CONTROL, text):
        raise InvalidValue(
            "control-character",
            f"the {noun} holds a control character: {found[0]!r} at character {found.start() + 1}",
            "only tab and newline may stand in it",
        )
    if not any(character.isprintable() and not character.isspace() for character in text):
        hint = "say what you are working on" if noun == "description" else f"leave it out where there is no {noun}"
        raise InvalidValue(f"blank-{noun}", f"the {noun} is blank", hint)


def normalize_nfc(text: str) -> str:
    """The one of several ways to write the same characters that is kept and compared: é as one, not e and an accent.

    >>> normalize_nfc("cafe\u0301") == "caf\u00e9"
    True
    """
    if text.isascii():
        return text
    from unicodedata import normalize  # most text needs none of it

    return normalize("NFC", text)


def search_key(text: str) -> str:
    """Text as it is searched: without differences of case, nor of how its characters are written."""
    return normalize_nfc(text).casefold()


def parse_positive(text: str, *, noun: str, code: str) -> int:
    """Read an integer from 1 that fits 64 bits; noun and code are those of the refusal.

    Raises:
        InvalidValue: it is none.
    """
    if re.fullmatch(_INTEGER, text) and 1 <= (number := int(text)) <= MAX_INTEGER:
        return number
    is_integer = re.fullmatch(r"[+-]?[0-9]+", text) is not None
    hint = f"give an integer from 1 to {MAX_INTEGER}" if is_integer else "give an integer, such as 7"
    raise InvalidValue(code, f"{quote_value(text)} is not a {noun}", hint)
