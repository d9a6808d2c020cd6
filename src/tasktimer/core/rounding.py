"""Rounding of the time spent to multiples of a unit, such as 15 minutes."""

from datetime import timedelta
from typing import Literal, NamedTuple, get_args

from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.errors import InvalidValue, quote_value

Direction = Literal["up", "nearest", "down"]

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_LONGEST = timedelta(hours=4)


class Rounding(NamedTuple):
    """How to round the time spent per day, project and user or, with `each`, per day and task.

    Reports add up the rounded times, so the rounded total of a span does not depend on how they are grouped.
    """

    unit: timedelta
    direction: Direction = "up"
    each: bool = False

    @property
    def addend(self) -> timedelta:
        """The time to add before rounding down to a multiple of the unit; half a unit is rounded up to the nearest."""
        return {"up": self.unit - timedelta.resolution, "nearest": self.unit / 2, "down": timedelta()}[self.direction]

    def apply(self, duration: timedelta) -> timedelta:
        """Round a duration.

        >>> unit, duration = timedelta(minutes=15), timedelta(minutes=20)
        >>> [str(Rounding(unit, direction).apply(duration)) for direction in ("up", "nearest", "down")]
        ['0:30:00', '0:15:00', '0:15:00']
        """
        return (duration + self.addend) // self.unit * self.unit


def parse_rounding_unit(text: str) -> timedelta:
    """Parse a unit for rounding: a whole number of minutes, up to 4 hours, that divides 24 hours evenly."""
    if text.isdecimal():
        in_minutes = f"{text}m"
        _validate_unit(parse_duration(in_minutes), text)
        raise _unit_error(text, "it has no unit", f"use {in_minutes}")
    return _validate_unit(parse_duration(text), text)


def validate_rounding(rounding: Rounding) -> Rounding:
    """Return a rounding; raise InvalidValue if its unit or direction is invalid."""
    if rounding.direction not in get_args(Direction):
        message = f"unknown direction {quote_value(rounding.direction)}"
        raise InvalidValue("invalid-rounding", message, f"use one of {', '.join(get_args(Direction))}")
    _validate_unit(rounding.unit, str(rounding.unit))
    return rounding


def _validate_unit(unit: timedelta, text: str) -> timedelta:
    if unit > _LONGEST:
        raise _unit_error(text, "it is longer than 4 hours", "use a shorter duration, such as 15m or 1h")
    if unit < _MINUTE or unit % _MINUTE:
        raise _unit_error(text, "it is not a whole number of minutes", "use a duration such as 15m or 1h")
    if _DAY % unit:
        near = (_nearest_unit(unit, step) for step in (-_MINUTE, _MINUTE))
        raise _unit_error(text, "it does not divide 24 hours evenly", f"use {' or '.join(near)}")
    return unit


def _nearest_unit(unit: timedelta, step: timedelta) -> str:
    while _DAY % unit:
        unit += step
    return f"{unit // _MINUTE}m"


def _unit_error(text: str, reason: str, hint: str) -> InvalidValue:
    return InvalidValue("invalid-rounding", f"cannot round to {quote_value(text)}: {reason}", hint)
