"""Options of a command line that the commands in its hints repeat."""

import re
from collections.abc import Sequence
from itertools import pairwise
from shlex import quote

from tasktimer.cli.lazy_group import COMMAND_NAMES

_COMMANDS_WITH_USER = (
    *("track", "switch", "stop", "resume", "cancel", "status", "times", "list", "report", "timeline", "gaps", "show"),
    *("edit", "split", "join", "move", "delete", "undo", "redo", "history", "projects", "tags", "import", "export"),
)


def repeat_options(hint: str, arguments: Sequence[str]) -> str:
    """Add the --database and --user options of a command line to the commands in a hint that has no such options."""
    return _repeat_database(_repeat_user(hint, arguments), arguments)


def find_database_option(arguments: Sequence[str]) -> slice:
    """Return the place of --database and its value before the command; return an empty slice if it is not given."""
    for place, word in enumerate(arguments):
        if word.startswith("--database"):
            return slice(place, place + (1 if "=" in word else 2))
        if word in COMMAND_NAMES:
            break
    return slice(0, 0)


def _repeat_database(hint: str, arguments: Sequence[str]) -> str:
    option = arguments[find_database_option(arguments)]
    if not option or "--database" in hint:
        return hint
    value = "=".join(option).removeprefix("--database=")
    shown = "URL" if "://" in value else quote(value)  # a URL may contain a password
    return re.sub(r"\btasktimer (?=[a-z])(?![a-z ]+ --help)", lambda _: f"tasktimer --database {shown} ", hint)


def _repeat_user(hint: str, arguments: Sequence[str]) -> str:
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    words = [part for word in options for part in (word.split("=") if word.startswith("--user=") else [word])]
    user = next((value for option, value in pairwise(words) if option == "--user"), "")
    if not user.isdecimal() or "--user" in hint:
        return hint
    return re.sub(rf"\btasktimer ({'|'.join(_COMMANDS_WITH_USER)})\b(?! --help)", rf"\g<0> --user {user}", hint)
