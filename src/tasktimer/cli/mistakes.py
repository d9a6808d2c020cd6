"""What to say to words that the parser refuses."""

import re
from collections.abc import Sequence

import typer

from tasktimer.cli.commands import NAMES


def explain(error: typer.TyperException, arguments: Sequence[str]) -> tuple[str, str]:
    """What is wrong with the words of a command, and what to do."""
    what = error.format_message().rstrip(".")
    name = next((word for word in arguments if word in NAMES), None)
    path = f"tasktimer {name}" if name else "tasktimer"
    if name in ("track", "switch") and type(error).__name__ == "NoSuchOption":
        return what, f"put -- before a description that begins with a dash; see {path} --help"
    if name == "list" and (number := _number_as_flag(error, arguments)):
        days = "yesterday" if number == "-1" else f"{number[1:]} days ago"
        return f"{number} is read as a flag", f"write tasktimer list {days}, or tasktimer list -- {number}"
    if name == "move" and type(error).__name__ == "NoSuchOption":
        word = next((word for word in arguments if word[:1] == "-" and word[1:2].isdigit()), None)
        if word is not None:  # it is not moved by so much
            hint = f"WHEN is the time of the start, such as 9:15 or '15m ago'; see {path} --help"
            return f"{word} is read as a flag", hint
    return what, f"see {path} --help"


def _number_as_flag(error: typer.TyperException, arguments: Sequence[str]) -> str | None:
    """The number after a dash that a mistake is about, as it was typed: the parser names its first digit alone."""
    flag = getattr(error, "option_name", "")
    numbers = (word for word in arguments if word.startswith(flag) and re.fullmatch("-[0-9]{1,6}", word))
    return next(numbers, None) if flag else None
