"""Check whether a corrected command line is valid."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from tasktimer.cli.lazy_group import COMMAND_NAMES, build_command
from tasktimer.config.setting_names import validate_name
from tasktimer.config.settings import FORMATS, parse_format
from tasktimer.core.gaps import parse_hours
from tasktimer.core.labels import is_tag_word, parse_tags
from tasktimer.core.local_time import current_date
from tasktimer.core.task import parse_id, validate_not_future
from tasktimer.core.timeparse.date_ranges import parse_date_range, parse_range_bounds
from tasktimer.core.timeparse.dates import parse_date
from tasktimer.core.timeparse.datetimes import parse_datetime, split_time_range
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.errors import TasktimerError
from tasktimer.formats.registry import READABLE, WRITABLE, find_by_suffix
from tasktimer.services.task_times import parse_end

HELP = frozenset({"--help", "-h"})


def is_valid(words: Sequence[str], now: datetime) -> bool:
    """Return whether a command accepts these arguments, and can parse the IDs, dates and times among them."""
    if not words or not HELP.isdisjoint(words):  # the parser would print the help
        return words[-1:] == ["--help"] and set(words[:-1]) <= set(COMMAND_NAMES)
    name, *rest = words
    with suppress(typer.TyperException, TasktimerError):
        command: Any = build_command(name)
        while rest and rest[0] in getattr(command, "commands", ()):
            command = command.commands[rest.pop(0)]
        if rest and hasattr(command, "commands"):  # an unknown subcommand
            return False
        context = command.make_context(name, list(rest))
        given = context.params
        if _is_lossy(rest, command.params) or not (_is_complete(name, given) and _is_consistent(name, given)):
            return False
        for parameter in command.params:
            value = given.get(parameter.name)
            kind = "WHEN|WHEN-WHEN" if (parameter.metavar, parameter.name) == ("WHEN", "start") else parameter.metavar
            if (value or value == "") and kind in _PARSERS:
                _PARSERS[kind]([value] if isinstance(value, str) else value, now)
        return name != "track" or _has_ended(given, now)
    return False


def _is_lossy(words: Sequence[str], parameters: Sequence[Any]) -> bool:
    """Return whether options or hints such as :fill would become text, or a value would replace another one."""
    options = [parameter for parameter in parameters if parameter.param_type_name == "option"]
    typed = [word.partition("=")[0] for word in words if word.startswith("-")]
    names = {name for option in options for name in option.opts}
    has_foreign = any(word[:2] == "--" != word and word not in names for word in typed)
    has_hint = any(re.fullmatch(":[a-z]+", word) for word in words)  # of Timewarrior
    single = (option.opts for option in options if not option.multiple)
    return has_foreign or has_hint or any(sum(word in names for word in typed) > 1 for names in single)


def _is_consistent(name: str, given: Mapping[str, Any]) -> bool:
    """Return whether --end of a new task has a start or a duration, and no two options exclude each other."""
    has_start = any(map(given.get, ("start", "length", "no_gap")))
    lacks_start = name == "track" and given.get("end") and not has_start
    has_two_ranges = given.get("date_range") and (given.get("start") or given.get("end"))
    has_two_formats = given.get("as_json") and given.get("format_name")
    is_labeled = given.get("description") == ["-"] and any(map(given.get, ("project", "tags", "note")))
    return not (lacks_start or has_two_ranges or has_two_formats or is_labeled)


def _has_ended(given: Mapping[str, Any], now: datetime) -> bool:
    """Return whether a new task with a start and a duration ends in the past."""
    start, length = given["start"], given["length"]
    return not start or not length or parse_datetime(start, now) + parse_duration(length) <= now


def _is_complete(name: str, given: Mapping[str, Any]) -> bool:
    """Return whether a new task has a description, a split or move a time, an edit a change, and an export a format."""
    if name in ("import", "export"):
        return _is_transferable(name, given)
    if name in ("track", "switch"):
        return not all(map(is_tag_word, given["description"]))
    if name in ("split", "move"):
        return bool(given["when"] or given["at"])
    others = {field for field, value in given.items() if value} - {"words", "user", "yes", "as_json"}
    return name != "edit" or bool(others) or any(word.startswith("+") for word in given["words"] or ())


def _is_transferable(name: str, given: Mapping[str, Any]) -> bool:
    """Return whether the files of an import exist, or a new file of an export does not, and the format is known."""
    if name == "import":
        formats: Sequence[str] = READABLE
        chosen = given["format_name"] or READABLE[0]
        can_open = all(word == "-" or Path(word).exists() for word in given["files"])
    else:
        path = given["path"] or ""
        formats = tuple(WRITABLE)
        chosen = given["to"] or find_by_suffix(path) or ""
        can_open = path == "-" or not Path(path).is_file()
    return chosen.lower() in formats and can_open


def _parse_time(given: Any, now: datetime) -> None:
    validate_not_future("end", parse_datetime(given[0], now), now)


def _parse_times(given: Any, now: datetime) -> None:
    start, end = split_time_range(given[0]) or (given[0], None)
    _parse_time([start], now)
    if end is not None:
        validate_not_future("end", parse_end(end, parse_datetime(start, now), now), now)


def _parse_ids(given: Any, _now: datetime) -> None:
    for word in given:
        if word != "last" and not word.startswith("+"):
            parse_id(word)


# Functions that raise InvalidValue for an invalid value of a parameter, by its metavar.
_PARSERS: dict[str, Callable[[Any, datetime], object]] = {
    "WHEN": _parse_time,
    "WHEN|none": lambda given, now: None if given[0] == "none" else _parse_time(given, now),
    "WHEN|WHEN-WHEN": _parse_times,
    **dict.fromkeys(("ID", "[ID]", "[ID...]", "[ID...] [+TAG...]"), _parse_ids),
    "WHEN|RANGE": lambda given, now: parse_range_bounds(given[0], None, now),
    **dict.fromkeys(("DAY", "[DAY...]"), lambda given, now: parse_date(" ".join(given), current_date(now))),
    "TIME": lambda given, _now: parse_hours(given[0], None, UTC),
    "[WHEN...]": lambda given, now: parse_range_bounds(" ".join(given), None, now),
    "[RANGE]": lambda given, now: parse_date_range(" ".join(given), now),
    **dict.fromkeys(("SETTING", "[SETTING]"), lambda given, _now: validate_name(given[0])),
    "|".join(FORMATS): lambda given, _now: parse_format(given[0]),
    "TAG": lambda given, _now: parse_tags(given),
}
