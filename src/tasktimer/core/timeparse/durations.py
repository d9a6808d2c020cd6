"""How long ago something may have been, in the units of a calendar."""

import re
from datetime import UTC, datetime, timedelta

from tasktimer.core.local_time import validate_date
from tasktimer.errors import InvalidValue, quote_value

_AGE = r"([0-9]{1,4})\s?(d|days?|w|weeks?|mo|months?|y|years?)"


def parse_age(text: str, now: datetime) -> datetime:
    """Read an age, and give the instant, in UTC, that long before now.

    Raises:
        InvalidValue: it cannot be read, or is out of range.

    >>> now = datetime(2024, 2, 29, tzinfo=UTC)
    >>> [str(parse_age(text, now).date()) for text in ("1y", "6mo", "2w", "90d")]
    ['2023-02-28', '2023-08-29', '2024-02-15', '2023-12-01']
    """
    found = re.fullmatch(_AGE, text.strip().lower())
    if found is None:
        raise InvalidValue(
            "invalid-age", f"cannot read the age {quote_value(text)}", "write it like 90d, 2w, 6mo or 1y"
        )
    number, unit = int(found[1]), found[2]
    instant = now.astimezone(UTC)
    try:
        if unit.startswith(("d", "w")):
            instant -= timedelta(days=number * (7 if unit.startswith("w") else 1))
        else:
            instant = _months_before(instant, number * (12 if unit.startswith("y") else 1))
    except (OverflowError, ValueError):
        raise InvalidValue(
            "invalid-age", f"the age {quote_value(text)} is out of range", "give a shorter one"
        ) from None
    validate_date(instant.date())
    return instant


def _months_before(instant: datetime, number: int) -> datetime:
    year, month = divmod(instant.year * 12 + instant.month - 1 - number, 12)
    moved = instant.replace(year=year, month=month + 1, day=1)
    # 31 days after the first of a month is a day of the next.
    length = ((moved + timedelta(days=31)).replace(day=1) - moved).days
    return moved.replace(day=min(instant.day, length))
