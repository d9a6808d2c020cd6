"""Users: a number and, if an administrator has added it, a name."""

import re
from typing import NamedTuple

from tasktimer.errors import InvalidValue, quote_value

MAX_NAME_LENGTH = 64

_NAME = re.compile(r"[^\W\d_][\w.@-]*")  # begins with a letter, so that no number is a name


class User(NamedTuple):
    """A user; `name` is None if the user has none."""

    id: int
    name: str | None


def validate_user_name(text: str) -> None:
    """Raise InvalidValue if a text cannot be the name of a user."""
    if not _NAME.fullmatch(text) or len(text) > MAX_NAME_LENGTH or text.casefold() == "all":
        raise InvalidValue(
            "invalid-user-name",
            f"invalid user name {quote_value(text)}",
            f"use at most {MAX_NAME_LENGTH} letters, digits, dots, hyphens, underscores or @, with a letter first",
        )
