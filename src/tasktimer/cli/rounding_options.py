"""The options that round the time spent."""

from typing import Annotated

from tasktimer.cli.options import flag, option
from tasktimer.core.rounding import Rounding, parse_rounding_unit
from tasktimer.errors import InvalidValue

Round = Annotated[str | None, option("--round", "LENGTH", "Round daily project totals up, such as to 15m.")]
Nearest = Annotated[bool, flag("--nearest", "Round to the nearest multiple instead.")]
Down = Annotated[bool, flag("--down", "Round down instead.")]
Each = Annotated[bool, flag("--each", "Round the daily time of each task, not project.")]


def parse_rounding(length: str | None, *, nearest: bool, down: bool, each: bool) -> Rounding | None:
    """Parse the values of --round, --nearest, --down and --each."""
    if nearest and down:
        raise InvalidValue("report-options", "--nearest and --down cannot be used together", "omit one of them")
    if length is not None:
        return Rounding(parse_rounding_unit(length), "nearest" if nearest else "down" if down else "up", each)
    for option_name, given in (("--nearest", nearest), ("--down", down), ("--each", each)):
        if given:
            raise InvalidValue("report-options", f"{option_name} requires --round", "add a length: --round 15m")
    return None
